/** Items in the order in which they came: a ring that doubles when it is full. */
import type { ItemStore } from './queue.ts';

/** A first-in-first-out store. */
export class Fifo<T> implements ItemStore<T> {
  #ring: (T | undefined)[] = Array.from<T | undefined>({ length: 16 });
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size += 1;
  }

  /** Whoever asks has seen that there is one, which may be `undefined`: the compiler cannot know. */
  take(): T {
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size -= 1;
    return item as T;
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = [...old.slice(this.#head), ...old.slice(0, this.#head), ...old.map(() => undefined)];
    this.#head = 0;
  }
}
