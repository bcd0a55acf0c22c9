import { Fifo } from './fifo.ts';
import { PackedQueue } from './packed-queue.ts';

/** How a line is written down and read again. The text is Latin-1 without line breaks. */
export interface LineCodec<T> {
  pack(line: T): string;
  /** @param host The host of the line, which need not be written down. */
  unpack(text: string, host: string): T;
}

/** Lines held as they are; those behind them are packed. */
const NEAR = 128;

/** The lines that wait for one host, first in, first out. */
export class HostBacklog<T> {
  readonly #host: string;
  readonly #codec: LineCodec<T>;
  readonly #near: Fifo<T> = new Fifo();
  #far: PackedQueue | null = null;

  constructor(host: string, codec: LineCodec<T>) {
    this.#host = host;
    this.#codec = codec;
  }

  get size(): number {
    return this.#near.size + (this.#far?.size ?? 0);
  }

  /** Forgets its lines. */
  clear(): void {
    while (this.#near.shift() !== undefined);
    this.#far = null;
  }

  push(line: T): void {
    if (this.#far === null && this.#near.size < NEAR) this.#near.push(line);
    else (this.#far ??= new PackedQueue()).push(this.#codec.pack(line));
  }

  shift(): T | undefined {
    if (this.#near.size === 0) this.#fetchNear();
    return this.#near.shift();
  }

  #fetchNear(): void {
    if (this.#far === null) return;
    while (this.#near.size < NEAR) {
      const text = this.#far.shift();
      if (text === undefined) break;
      this.#near.push(this.#codec.unpack(text, this.#host));
    }
    if (this.#far.size === 0) this.#far = null;
  }
}
