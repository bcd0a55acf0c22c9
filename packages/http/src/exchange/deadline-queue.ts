/**
 * Deadlines of equal length, in the order in which they end, on one timer of the loop. A client with a default of 300 s
 * would else set and drop a timer of the platform for every request (Node keeps its own timers in such lists).
 */
import type { EventLoop, TimerHandle } from 'cotask';

/** Something with a deadline; a link of its queue's list, so that starting one takes no memory. */
export abstract class DeadlineEntry {
  /** When it ends, by the loop's clock; set by the queue. */
  when = 0;
  /** The neighbours in the queue; its own for one that is in none. @internal */
  before: DeadlineEntry = this;
  /** @internal */
  after: DeadlineEntry = this;

  /** Called by the queue when the time is over. */
  abstract expire(): void;

  /** @internal */
  get queued(): boolean {
    return this.after !== this;
  }

  /** @internal */
  unlink(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this.after = this;
  }

  /** @internal */
  linkBefore(next: DeadlineEntry): void {
    this.before = next.before;
    this.after = next;
    this.before.after = next.before = this;
  }
}

/** Where a queue's ring begins and ends. */
class Ends extends DeadlineEntry {
  expire(): void {}
}

/** The deadlines of one length on one loop. */
export class DeadlineQueue {
  readonly #loop: EventLoop;
  readonly #span: number;
  /** A ring in order of `when`: every entry gets the same span, and the clock never goes back. */
  readonly #ends = new Ends();
  #timer: TimerHandle | null = null;

  constructor(loop: EventLoop, span: number) {
    this.#loop = loop;
    this.#span = span;
  }

  /** Ends `entry` one span from now, unless it is deleted; an entry that is queued already starts anew. */
  start(entry: DeadlineEntry): void {
    // A response may outlive the loop that it was asked for on, and its deadlines with it.
    if (this.#loop.isClosed()) return;
    entry.when = this.#loop.time() + this.#span;
    if (entry.queued) entry.unlink();
    entry.linkBefore(this.#ends);
    this.#timer ??= this.#loop.callAt(entry.when, this.#fire);
  }

  delete(entry: DeadlineEntry): void {
    if (!entry.queued) return;
    entry.unlink();
    if (this.#ends.queued) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The timer may come early: the entry that it was set for may be gone or may have started anew. */
  readonly #fire = (): void => {
    this.#timer = null;
    const now = this.#loop.time();
    for (let next = this.#ends.after; next !== this.#ends && next.when <= now; next = this.#ends.after) {
      next.unlink();
      next.expire();
    }
    if (this.#ends.queued) this.#timer ??= this.#loop.callAt(this.#ends.after.when, this.#fire);
  };
}

const queues = new WeakMap<EventLoop, Map<number, DeadlineQueue>>();
/** Lengths that are computed anew for each request must not pile up. */
const mostSpans = 1000;

/** The loop's queue for deadlines of `span` milliseconds. */
export function deadlineQueue(loop: EventLoop, span: number): DeadlineQueue {
  let ofLoop = queues.get(loop);
  if (ofLoop === undefined) queues.set(loop, (ofLoop = new Map()));
  let queue = ofLoop.get(span);
  if (queue !== undefined) return queue;
  queue = new DeadlineQueue(loop, span);
  // A queue that is forgotten here still serves those who hold it.
  if (ofLoop.size >= mostSpans) ofLoop.clear();
  ofLoop.set(span, queue);
  return queue;
}
