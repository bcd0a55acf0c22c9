/** The signals that a loop listens to. */
import { MisuseError } from '../errors.ts';
import type { SignalName } from '../host/host.ts';
import { pickProcessHost } from '../host/pick.ts';

/** Listens on behalf of one loop, until it is closed. While it does, the process waits for the signals. */
export class Signals {
  /** How to stop listening, and to what. */
  readonly #stops: Map<() => void, SignalName> = new Map();
  readonly #handlers: Map<SignalName, () => void> = new Map();

  /** How many times it listens. */
  get size(): number {
    return this.#stops.size;
  }

  has(name: SignalName): boolean {
    return [...this.#stops.values()].includes(name);
  }

  /** Calls back at each signal; returns how to stop. */
  listen(name: SignalName, listener: () => void): () => void {
    const host = pickProcessHost();
    if (!host.hasSignal(name)) {
      throw new MisuseError('COTASK_BAD_SIGNAL', `${String(name)} is no signal that can be caught on this platform`);
    }
    const stopListening = host.onSignal(name, listener, true);
    const stop = (): void => {
      if (this.#stops.delete(stop)) stopListening();
    };
    this.#stops.set(stop, name);
    return stop;
  }

  /** The same, in place of the handler that this signal had. */
  handle(name: SignalName, listener: () => void): void {
    const stop = this.listen(name, listener);
    this.remove(name);
    this.#handlers.set(name, stop);
  }

  /** False when the signal had no handler. */
  remove(name: SignalName): boolean {
    this.#handlers.get(name)?.();
    return this.#handlers.delete(name);
  }

  close(): void {
    for (const stop of this.#stops.keys()) stop();
    this.#handlers.clear();
  }
}
