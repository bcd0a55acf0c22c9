import type { Socket } from 'node:net';

/** The connections of one server: how many there are, were and ever came, and a way to end them all. */
export class OpenSockets {
  /** The most that were open at once. */
  peak = 0;
  /** How many were ever accepted. */
  total = 0;
  readonly #numbers = new Map<Socket, number>();

  /** Open now. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Follows `socket` until it closes, and calls `changed` then. Gives its number: 1 for the first connection. */
  track(socket: Socket, changed: () => void): number {
    const number = ++this.total;
    this.#numbers.set(socket, number);
    this.peak = Math.max(this.peak, this.#numbers.size);
    socket.once('close', () => {
      this.#numbers.delete(socket);
      changed();
    });
    return number;
  }

  /** The number `track` gave to `socket`; 0 for one that is gone. */
  numberOf(socket: Socket): number {
    return this.#numbers.get(socket) ?? 0;
  }

  destroyAll(): void {
    for (const socket of this.#numbers.keys()) socket.destroy();
  }
}
