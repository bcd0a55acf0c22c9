/**
 * What is ready to run, first come first served: a chain of short arrays. One array that doubles would be copied, and an
 * old large array that points to new objects is what collections are slowest with.
 */
import type { Runnable } from './step.ts';

/** How many entries lie in one array. */
const room = 256;

class Stretch {
  readonly entries: (Runnable | null)[] = Array<Runnable | null>(room).fill(null);
  next: Stretch | null = null;
}

/** A first-in-first-out list; adding and taking cost the same however long it is. */
export class ReadyList {
  #first = new Stretch();
  #last: Stretch = this.#first;
  /** Emptied, for the next that is needed. */
  #spare: Stretch | null = null;
  /** Where the next entry is taken from the first stretch, and where one is put into the last. */
  #taken = 0;
  #put = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: Runnable): void {
    if (this.#put === room) this.#extend();
    this.#last.entries[this.#put] = item;
    this.#put += 1;
    this.#size += 1;
  }

  shift(): Runnable | null {
    if (this.#size === 0) return null;
    if (this.#taken === room) this.#advance();
    const { entries } = this.#first;
    const item = entries[this.#taken] ?? null;
    entries[this.#taken] = null;
    this.#taken += 1;
    this.#size -= 1;
    return item;
  }

  peek(): Runnable | null {
    if (this.#size === 0) return null;
    if (this.#taken === room) this.#advance();
    return this.#first.entries[this.#taken] ?? null;
  }

  /** What is in it, in order. */
  items(): Runnable[] {
    const items: Runnable[] = [];
    for (let stretch: Stretch | null = this.#first; stretch !== null; stretch = stretch.next)
      for (const item of stretch.entries) if (item !== null) items.push(item);
    return items;
  }

  clear(): void {
    this.#first = this.#last = new Stretch();
    this.#spare = null;
    this.#taken = this.#put = this.#size = 0;
  }

  #extend(): void {
    const added = this.#spare ?? new Stretch();
    this.#spare = null;
    this.#last.next = added;
    this.#last = added;
    this.#put = 0;
  }

  /** The first stretch is used up, and there is another. */
  #advance(): void {
    const used = this.#first;
    this.#first = used.next ?? used;
    used.next = null;
    this.#spare = used;
    this.#taken = 0;
  }
}
