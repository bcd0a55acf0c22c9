/** What each contestant of `switches` brings, and the clock that measures it. */

import { readClocks, spentSince } from '../harness/clocks.ts';
import type { Spent } from '../harness/clocks.ts';

/** `tasks` tasks give way `rounds` times each, all at once; they tell the stopwatch where they stand. */
export type Switches = (tasks: number, rounds: number, stopwatch: Stopwatch) => Promise<void>;

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
