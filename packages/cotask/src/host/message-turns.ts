/**
 * Turns of the platform's event loop by way of a message, which is not clamped to 4 ms as nested timeouts are. Each wake
 * has a message of its own, and so the microtasks of one have run before the next.
 */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  /** Where there are processes: keeps this one alive, or not. */
  ref?(): void;
  unref?(): void;
}

declare const MessageChannel: new () => { readonly port1: Port; readonly port2: Port };

class MessageTurns {
  readonly #channel = new MessageChannel();
  readonly #wakes: (() => void)[] = [];

  constructor() {
    this.#channel.port1.onmessage = () => this.#next();
  }

  add(wake: () => void): void {
    if (this.#wakes.push(wake) === 1) this.#channel.port1.ref?.();
    this.#channel.port2.postMessage(null);
  }

  #next(): void {
    const wake = this.#wakes.shift();
    if (this.#wakes.length === 0) this.#channel.port1.unref?.();
    wake?.();
  }
}

let turns: MessageTurns | undefined;

/** Calls `wake` in a turn of its own. */
export function turn(wake: () => void): void {
  turns ??= new MessageTurns();
  turns.add(wake);
}
