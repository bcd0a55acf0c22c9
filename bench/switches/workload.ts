/** What each contestant of `switches` brings, and the clock that measures it. */

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

/** Runs the scenarios on one scheduler. */
export interface Workload {
  /** `tasks` tasks that give way `rounds` times each, all at once; they tell the stopwatch where they stand. */
  switches(tasks: number, rounds: number, stopwatch: Stopwatch): Promise<void>;
  /** Starts `tasks` tasks that return their number, waits for all, and gives the sum. */
  spawn(tasks: number): Promise<number>;
}

/**
 * Measures from the moment when all tasks have begun to the moment when the last has ended: a task gives way once before
 * it calls `taskBegan`, so when the first comes back, all of them have begun. A scheduler that lets one task run ahead of
 * the others does not do what is measured, and is refused.
 */
export class Stopwatch {
  /** What was measured; null until the last task has ended. */
  spent: Spent | null = null;
  #began: Spent | null = null;
  #toBegin: number;
  #toEnd: number;

  constructor(tasks: number) {
    this.#toBegin = this.#toEnd = tasks;
  }

  taskBegan(): void {
    this.#began ??= readClocks();
    this.#toBegin -= 1;
  }

  taskEnded(): void {
    if (this.#toBegin > 0 || this.#began === null)
      throw new Error('a task ended before the others had begun: these are no task switches');
    this.#toEnd -= 1;
    if (this.#toEnd === 0) this.spent = spentSince(this.#began);
  }
}
