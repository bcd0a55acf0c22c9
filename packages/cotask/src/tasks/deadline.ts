/** What a scope does at a time of the loop's clock: its deadline, its grace, the limit of its shield. */
import type { Runnable } from '../loop/step.ts';
import type { Timer } from '../loop/timers.ts';
import type { EventLoop } from './event-loop.ts';

/** A due timer that is also an entry of the ready list: a deadline that has passed already is called soon. */
export class Deadline implements Timer, Runnable {
  readonly owner = null;
  serial = 0;
  readonly #loop: EventLoop;
  readonly #when: number;
  #passed: (() => void) | null;

  constructor(loop: EventLoop, when: number, passed: () => void) {
    this.#loop = loop;
    this.#when = when;
    this.#passed = passed;
    if (when <= loop.time()) loop.ready(this);
    else loop.addTimer(this);
  }

  when(): number {
    return this.#when;
  }

  dropped(): boolean {
    return this.#passed === null;
  }

  /** It is not to be called any more. */
  drop(): void {
    if (this.#passed === null) return;
    this.#passed = null;
    this.#loop.timerDropped();
  }

  run(): boolean {
    const passed = this.#passed;
    this.#passed = null;
    passed?.();
    return true;
  }
}
