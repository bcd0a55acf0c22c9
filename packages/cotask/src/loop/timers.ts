/**
 * The timers that are not due yet, by deadline, equal deadlines in the order in which they were set. A cancelled timer
 * stays until it comes first, or until half of them are cancelled ones.
 */
import { KeyedHeap } from './keyed-heap.ts';
import type { Runnable } from './step.ts';

/** Something that becomes ready at its time. */
export interface Timer extends Runnable {
  /** Its deadline; asked once, when it is set. */
  when(): number;
  /** True when it was cancelled; it is then forgotten. */
  dropped(): boolean;
}

/** So few cancelled timers are not worth a clean-up. */
const few = 64;

/** The timers of a loop. */
export class Timers {
  readonly #heap: KeyedHeap<Timer> = new KeyedHeap<Timer>();
  #dropped = 0;

  /** True when no timer is set (cancelled ones may still count). */
  get empty(): boolean {
    return this.#heap.size === 0;
  }

  /** How many were ever set. */
  get count(): number {
    return this.#heap.added;
  }

  /** False for one that is never due: to keep it would hold the process for nothing. */
  add(timer: Timer): boolean {
    const when = timer.when();
    if (when === Infinity) return false;
    this.#heap.add(timer, when);
    return true;
  }

  /** Told of each cancelled timer, so that they cannot pile up. */
  noteDropped(): void {
    this.#dropped += 1;
    if (this.#heap.size < few || this.#dropped * 2 < this.#heap.size) return;
    this.#dropped = 0;
    this.#heap.keepOnly((timer) => !timer.dropped());
  }

  /** The next deadline, or null. */
  next(): number | null {
    for (let first = this.#heap.first(); first !== undefined; first = this.#heap.first()) {
      if (!first.dropped()) return this.#heap.firstKey();
      this.#heap.take();
    }
    return null;
  }

  /** Takes out the first timer that is due by `time`, or null. */
  takeDue(time: number): Timer | null {
    const next = this.next();
    return next === null || next > time ? null : (this.#heap.take() ?? null);
  }

  /** The timers that are still set, in no order. */
  pending(): Timer[] {
    return this.#heap.items().filter((timer) => !timer.dropped());
  }

  clear(): void {
    this.#heap.clear();
  }
}
