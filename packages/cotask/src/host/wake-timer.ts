/** The one timer of a platform's that a loop keeps: it is set for the loop's next deadline. */
import type { IdleAnswer } from './host.ts';

/** Sets a timeout of the platform's; returns how to clear it. */
export type SetTimeout = (wake: () => void, ms: number) => () => void;

/** Platforms fire a longer timeout at once, so a long wait is made of several. */
export const longestTimeout: number = 2 ** 31 - 1;

/** Calls back at a deadline of a clock. */
export class WakeTimer {
  readonly #now: () => number;
  readonly #resolution: number;
  readonly #set: SetTimeout;
  #clear: (() => void) | null = null;
  #armedFor = Infinity;

  constructor(now: () => number, resolution: number, set: SetTimeout) {
    this.#now = now;
    this.#resolution = resolution;
    this.#set = set;
  }

  /** Arms it for `deadline` in place of an earlier one; null: there is nothing to wait for. */
  idle(deadline: number | null, wake: () => void): IdleAnswer {
    if (deadline === null) this.release();
    else if (deadline <= this.#now() + this.#resolution) return 'now';
    else if (this.#clear === null || deadline !== this.#armedFor) this.#arm(deadline, wake);
    return 'armed';
  }

  release(): void {
    this.#clear?.();
    this.#clear = null;
  }

  #arm(deadline: number, wake: () => void): void {
    this.release();
    this.#armedFor = deadline;
    const ms = Math.min(Math.max(1, Math.ceil(deadline - this.#now())), longestTimeout);
    this.#clear = this.#set(() => {
      this.#clear = null;
      wake();
    }, ms);
  }
}
