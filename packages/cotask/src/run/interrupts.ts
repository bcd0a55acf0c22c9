/** SIGINT during a run, as in asyncio: the first cancels the main task, the second ends the run at once. */
import { Interrupted, isCancelled } from '../errors.ts';
import { pickProcessHost } from '../host/pick.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Task } from '../tasks/task.ts';

/** Listens to SIGINT for one main task, until it is closed. */
export class Interrupts {
  readonly #loop: EventLoop;
  readonly #main: Task<unknown>;
  readonly #stopListening: () => void;
  #count = 0;

  constructor(loop: EventLoop, main: Task<unknown>) {
    this.#loop = loop;
    this.#main = main;
    this.#stopListening = pickProcessHost().onSignal('SIGINT', () => this.#interrupted(), false);
  }

  close(): void {
    this.#stopListening();
  }

  /** What a run fails with that ended with `error`: a cancel that only a signal asked for is an interrupt. */
  translate(error: unknown): unknown {
    const second = this.#count > 1;
    const first = this.#count === 1 && isCancelled(error) && this.#main.uncancel() === 0;
    if (!first && !second) return error;
    return new Interrupted(
      second ? 'SIGINT came twice: the run was ended at once' : 'SIGINT came: the main task was cancelled',
      isCancelled(error) ? { cause: error } : {},
    );
  }

  #interrupted(): void {
    if (this.#loop.signals.has('SIGINT')) return;
    this.#count += 1;
    if (this.#count > 1 || !this.#main.cancel('SIGINT')) this.#loop.stop();
  }
}
