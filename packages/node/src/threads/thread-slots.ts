/** Who may use a thread: so many at once, and the others wait in the order in which they came. */
import type { Future } from 'cotask';
import { WaitQueue } from 'cotask/lowlevel';

/** As many slots as a pool may have threads. */
export class ThreadSlots {
  readonly #limit: number;
  readonly #queue = new WaitQueue<boolean>();
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Calls that have a thread. */
  get taken(): number {
    return this.#taken;
  }

  /** Calls that wait for one. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Takes a slot if one is free. None is while somebody waits: `release` hands over. */
  take(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken += 1;
    return true;
  }

  /** A place in the queue. Its future gives true when the slot is taken, false when there will be none. */
  wait(label: string): Future<boolean> {
    return this.#queue.wait(label);
  }

  /** Hands a slot to the first who waits, or frees it. */
  release(): void {
    if (!this.#queue.wakeOne(true)) this.#taken -= 1;
  }

  /** Tells everybody who waits that there will be none. */
  refuseAll(): void {
    this.#queue.wakeAll(false);
  }
}
