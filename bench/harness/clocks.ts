/** The two clocks of every measurement. */

/** Time that passed, and processor time of all threads of the process, garbage collection included; milliseconds. */
export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Both clocks as they stand now. */
export function readClocks(): Spent {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1_000 };
}

/** What was spent since an earlier reading. */
export function spentSince(earlier: Spent): Spent {
  const { wallMs, cpuMs } = readClocks();
  return { wallMs: wallMs - earlier.wallMs, cpuMs: cpuMs - earlier.cpuMs };
}

/** What one operation cost, in nanoseconds. */
export interface Cost {
  readonly ns: number;
  readonly cpuNs: number;
}

/** What one of so many operations cost. */
export function perOperation({ wallMs, cpuMs }: Spent, operations: number): Cost {
  return { ns: (wallMs * 1e6) / operations, cpuNs: (cpuMs * 1e6) / operations };
}

/** Whether a process has reported a cost. */
export function isCost(report: unknown): report is Cost {
  return (
    typeof report === 'object' &&
    report !== null &&
    'ns' in report &&
    typeof report.ns === 'number' &&
    'cpuNs' in report &&
    typeof report.cpuNs === 'number'
  );
}
