/**
 * The bounds on requests in flight: `limit` in all and `limitPerHost` for each origin, first come, first served. A request
 * takes its origin's slot first and the session's second, so that one that waits for a busy origin holds up nobody else;
 * and it gives both back between the hops of a redirect, so that no two can wait for each other.
 */
import type { Future } from 'cotask';
import { WaitQueue } from 'cotask/lowlevel';

/** So many at once; 0 is no bound. */
class Slots {
  /** Taken now. */
  taken = 0;
  readonly #limit: number;
  readonly #waiting = new WaitQueue<void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get unused(): boolean {
    return this.taken === 0 && this.#waiting.size === 0;
  }

  /** Takes a slot if one is free. A slot is free only while nobody waits: `release` hands over. */
  take(): boolean {
    if (this.#limit > 0 && this.taken >= this.#limit) return false;
    this.taken += 1;
    return true;
  }

  /** A place in the queue; when the future is done, the slot is taken. */
  wait(label: string): Future<void> {
    return this.#waiting.wait(label);
  }

  release(): void {
    if (!this.#waiting.wakeOne(undefined)) this.taken -= 1;
  }

  failAll(error: unknown): void {
    this.#waiting.failAll(error);
  }
}

/** The slots of one session. */
export class SlotTable {
  readonly #all: Slots;
  readonly #perHost: number;
  readonly #ofHosts = new Map<string, Slots>();
  /** Requests in one of the queues. */
  waiting = 0;

  constructor(limit: number, limitPerHost: number) {
    this.#all = new Slots(limit);
    this.#perHost = limitPerHost;
  }

  /** Origins with a request in flight or in the queue. */
  get hosts(): number {
    return this.#ofHosts.size;
  }

  /** Takes both slots, or neither. */
  takeBoth(origin: string): boolean {
    if (this.#perHost === 0) return this.#all.take();
    const ofHost = this.#slotsOf(origin);
    if (!ofHost.take()) return false;
    if (this.#all.take()) return true;
    this.releaseOfHost(origin);
    return false;
  }

  /** Gives both back. */
  release(origin: string): void {
    this.#all.release();
    if (this.#perHost > 0) this.releaseOfHost(origin);
  }

  /** Takes the origin's slot, or gives the wait for it. */
  takeOfHost(origin: string, label: string): Future<void> | null {
    if (this.#perHost === 0) return null;
    const slots = this.#slotsOf(origin);
    return slots.take() ? null : slots.wait(label);
  }

  /** Takes one of the session's slots, or gives the wait for it. */
  takeOfAll(label: string): Future<void> | null {
    return this.#all.take() ? null : this.#all.wait(label);
  }

  releaseOfHost(origin: string): void {
    const slots = this.#ofHosts.get(origin);
    if (slots === undefined) return;
    slots.release();
    if (slots.unused) this.#ofHosts.delete(origin);
  }

  releaseOfAll(): void {
    this.#all.release();
  }

  #slotsOf(origin: string): Slots {
    let slots = this.#ofHosts.get(origin);
    if (slots === undefined) this.#ofHosts.set(origin, (slots = new Slots(this.#perHost)));
    return slots;
  }

  /** Ends every wait with `error`. */
  failAll(error: unknown): void {
    for (const slots of this.#ofHosts.values()) slots.failAll(error);
    this.#all.failAll(error);
  }
}
