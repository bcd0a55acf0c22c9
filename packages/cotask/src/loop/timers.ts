/**
 * The timers that are not due yet: a binary heap by deadline, equal deadlines in the order in which they were set. A
 * cancelled timer stays until it reaches the head, or until half of the heap is cancelled ones.
 */
import type { Runnable } from './step.ts';

/** Something that becomes ready at its time. */
export interface Timer extends Runnable {
  when(): number;
  /** True when it was cancelled; it is then forgotten. */
  dropped(): boolean;
  /** The heap's own mark: the order of insertion. */
  serial: number;
}

/** Below this size cancelled timers are not worth a clean-up. */
const smallHeap = 64;

/** A heap of timers. */
export class Timers {
  #heap: Timer[] = [];
  #serial = 0;
  #dropped = 0;

  /** True when no timer is set (cancelled ones may still count). */
  get empty(): boolean {
    return this.#heap.length === 0;
  }

  add(timer: Timer): void {
    timer.serial = this.#serial++;
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
  }

  /** Told of each cancelled timer, so that they cannot pile up. */
  noteDropped(): void {
    this.#dropped += 1;
    if (this.#heap.length < smallHeap || this.#dropped * 2 < this.#heap.length) return;
    this.#dropped = 0;
    this.#heap = this.#heap.filter((timer) => !timer.dropped());
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** The next deadline, or null. */
  next(): number | null {
    for (let head = this.#heap[0]; head !== undefined; head = this.#heap[0]) {
      if (!head.dropped()) return head.when();
      this.#removeHead();
    }
    return null;
  }

  /** Takes out the first timer that is due by `time`, or null. */
  takeDue(time: number): Timer | null {
    const next = this.next();
    const head = this.#heap[0];
    if (next === null || head === undefined || next > time) return null;
    this.#removeHead();
    return head;
  }

  /** The timers that are still set, in no order. */
  pending(): Timer[] {
    return this.#heap.filter((timer) => !timer.dropped());
  }

  clear(): void {
    this.#heap = [];
  }

  #removeHead(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const timer = heap[from];
    if (timer === undefined) return;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !sooner(timer, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const timer = heap[from];
    if (timer === undefined) return;
    let at = from;
    for (;;) {
      const below = this.#smallerChild(at);
      const child = heap[below];
      if (child === undefined || !sooner(child, timer)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = timer;
  }

  #smallerChild(at: number): number {
    const left = 2 * at + 1;
    const a = this.#heap[left];
    const b = this.#heap[left + 1];
    return a !== undefined && b !== undefined && sooner(b, a) ? left + 1 : left;
  }
}

function sooner(a: Timer, b: Timer): boolean {
  const gap = a.when() - b.when();
  return gap < 0 || (gap === 0 && a.serial < b.serial);
}
