/**
 * The one fair wait queue: locks, semaphores, conditions, queues and limits stand on it.
 *
 * Who comes first is served first; joining, being served and leaving cost the same however many wait. What is handed
 * over is the waiter's own from that moment: a cancel that comes later finds a wait with a value, which the task gets
 * before the cancel. So of the races that such queues are known for, none is left to its users:
 * 1. a waiter cancelled before it was served leaves at once, and takes nothing with it;
 * 2. a waiter cancelled after it was served keeps what it was given (nothing is lost, nothing is to be handed on);
 * 3. a newcomer cannot overtake a waiter that was served and has not run: what it was given is not free.
 */
import type { EventLoop } from './event-loop.ts';
import { getEventLoop } from './default-loop.ts';
import { Future } from './future.ts';
import type { WaitedFor } from './name-tag.ts';
import type { Waiter } from './park.ts';
import type { CancelRequest } from './scope.ts';
import { pending } from './state.ts';

class QueueWaiter<T> extends Future<T> {
  next: QueueWaiter<T> | null = null;
  previous: QueueWaiter<T> | null = null;
  readonly #queue: WaitQueue<T>;

  constructor(loop: EventLoop, label: string | WaitedFor, queue: WaitQueue<T>) {
    super({ loop, label });
    this.#queue = queue;
  }

  override cancel(reason?: string): boolean {
    return super.cancel(reason) && this.#queue.leave(this);
  }

  override cancelBy(request: CancelRequest): boolean {
    return super.cancelBy(request) && this.#queue.leave(this);
  }
}

/** A first-come queue of waiters. */
export class WaitQueue<T = void> {
  #first: QueueWaiter<T> | null = null;
  #last: QueueWaiter<T> | null = null;
  #size = 0;

  /** How many wait and were not served yet. */
  get size(): number {
    return this.#size;
  }

  /**
   * Joins the end of the queue now; wait for the future that it returns. A cancel leaves the queue. `what` is waited for,
   * in words, or as something that also knows who could end the wait: a deadlock names them.
   */
  wait(what: string | WaitedFor): Future<T> {
    const waiter = new QueueWaiter<T>(getEventLoop(), what, this);
    waiter.previous = this.#last;
    if (this.#last === null) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    this.#size += 1;
    return waiter;
  }

  /** Hands `value` to the first waiter; false when nobody waits. */
  wakeOne(value: T): boolean {
    const waiter = this.#shift();
    if (waiter === null) return false;
    waiter.setResult(value);
    return true;
  }

  /** Hands `value` to everybody who waits now; returns how many. */
  wakeAll(value: T): number {
    const count = this.#size;
    for (let i = 0; i < count; i++) this.wakeOne(value);
    return count;
  }

  /** Fails everybody who waits now; returns how many. */
  failAll(error: unknown): number {
    const count = this.#size;
    for (let waiter = this.#shift(); waiter !== null; waiter = this.#shift()) waiter.setException(error);
    return count;
  }

  /** @internal Who waits for those that wait in it. */
  waiterList(): Waiter[] {
    const waiters: Waiter[] = [];
    for (let waiter = this.#first; waiter !== null; waiter = waiter.next) {
      for (const each of waiter.waiterList()) waiters.push(each);
    }
    return waiters;
  }

  /** The waiter who is served next, or null: what `wait` returned to it. */
  first(): Future<T> | null {
    return this.#pending();
  }

  #shift(): QueueWaiter<T> | null {
    const first = this.#pending();
    if (first !== null) this.leave(first);
    return first;
  }

  /** The first waiter; one that somebody else has settled is none any more. */
  #pending(): QueueWaiter<T> | null {
    let first = this.#first;
    for (; first !== null && first.phase !== pending; first = this.#first) this.leave(first);
    return first;
  }

  /** @internal Takes a waiter out. */
  leave(waiter: QueueWaiter<T>): true {
    const { previous, next } = waiter;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    waiter.next = waiter.previous = null;
    this.#size -= 1;
    return true;
  }
}
