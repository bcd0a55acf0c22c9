/** Items in the order in which they came: a ring that doubles when it is full. */
import type { ItemStore } from './queue.ts';

/** A first-in-first-out store. */
export class Fifo<T> implements ItemStore<T> {
  #ring: ({ readonly item: T } | null)[] = Array.from<{ readonly item: T } | null>({ length: 16 }).fill(null);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = { item };
    this.#size += 1;
  }

  take(): { readonly item: T } | null {
    if (this.#size === 0) return null;
    const box = this.#ring[this.#head] ?? null;
    this.#ring[this.#head] = null;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size -= 1;
    return box;
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = [...old.slice(this.#head), ...old.slice(0, this.#head), ...old.map(() => null)];
    this.#head = 0;
  }
}
