/** What is ready to run, first come first served: a ring that doubles when it is full. */
import type { Runnable } from './step.ts';

/** A first-in-first-out list; adding and taking cost the same however long it is. */
export class ReadyList {
  #ring: (Runnable | null)[] = Array.from<Runnable | null>({ length: 64 }).fill(null);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: Runnable): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size += 1;
  }

  shift(): Runnable | null {
    if (this.#size === 0) return null;
    const item = this.#ring[this.#head] ?? null;
    this.#ring[this.#head] = null;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size -= 1;
    return item;
  }

  peek(): Runnable | null {
    return this.#size === 0 ? null : (this.#ring[this.#head] ?? null);
  }

  /** What is in it, in order. */
  items(): Runnable[] {
    const items: Runnable[] = [];
    for (let i = 0; i < this.#size; i++) {
      const item = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
      if (item !== null && item !== undefined) items.push(item);
    }
    return items;
  }

  clear(): void {
    this.#ring.fill(null);
    this.#head = 0;
    this.#size = 0;
  }

  #grow(): void {
    const old = this.#ring;
    const ring = Array.from<Runnable | null>({ length: old.length * 2 }).fill(null);
    for (let i = 0; i < this.#size; i++) ring[i] = old[(this.#head + i) & (old.length - 1)] ?? null;
    this.#ring = ring;
    this.#head = 0;
  }
}
