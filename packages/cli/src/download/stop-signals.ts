/**
 * Ctrl-C and `kill`: the first signal asks the download to stop, the second one ends the process at once. What a second
 * signal leaves in the folder is recognised and cleared by the next run.
 */

import { EXIT_BY_SIGNAL } from '../exit-codes.ts';

/** The signals that are listened to. */
export type StopSignal = keyof typeof EXIT_BY_SIGNAL;

/**
 * One Ctrl-C may arrive twice: the terminal sends it to every process of the group, and npm, which is one of them, hands it
 * on. A signal that comes within so many milliseconds of the first is the same one.
 */
const SAME_SIGNAL_MS = 300;

/** Listens to the signals of this process until it is closed. */
export class StopSignals {
  /** The first signal, once it has come. */
  received: StopSignal | null = null;
  #receivedAt = 0;
  readonly #controller = new AbortController();
  readonly #beforeEnd: () => void;
  readonly #onInterrupt = (): void => this.#take('SIGINT');
  readonly #onTerminate = (): void => this.#take('SIGTERM');

  /**
   * @param beforeEnd Called when a second signal ends the process.
   */
  constructor(beforeEnd: () => void) {
    this.#beforeEnd = beforeEnd;
    process.on('SIGINT', this.#onInterrupt);
    process.on('SIGTERM', this.#onTerminate);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  close(): void {
    process.off('SIGINT', this.#onInterrupt);
    process.off('SIGTERM', this.#onTerminate);
  }

  #take(name: StopSignal): void {
    if (this.received === null) {
      this.received = name;
      this.#receivedAt = performance.now();
      this.#controller.abort();
      return;
    }
    if (performance.now() - this.#receivedAt < SAME_SIGNAL_MS) return;
    this.#beforeEnd();
    process.exit(EXIT_BY_SIGNAL[name]);
  }
}
