/** What a contestant of `http` reports about itself. */
import type { Cost } from '../harness/clocks.ts';
import { isCost } from '../harness/clocks.ts';

/** What a request cost, and how long the requests took. */
export interface Report extends Cost {
  /** The same of the first job, while the program is new to its engine. */
  readonly firstCpuNs: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** The most memory that the process has held, in bytes. */
  readonly peakBytes: number;
}

/** Whether a process has reported. */
export function isReport(value: unknown): value is Report {
  return isCost(value) && 'firstCpuNs' in value && 'p50' in value && 'p99' in value && 'peakBytes' in value;
}
