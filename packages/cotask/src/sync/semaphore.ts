/** So many at once (asyncio's `Semaphore` and `BoundedSemaphore`). */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { runningTag } from '../tasks/current.ts';
import type { Future } from '../tasks/future.ts';
import { listed } from '../tasks/name-tag.ts';
import type { NameTag, WaitedFor } from '../tasks/name-tag.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import type { Guard } from './guard.ts';
import { Acquire, Hold } from './holding.ts';
import type { Holdable } from './holding.ts';

/** Options of a semaphore. */
export interface SemaphoreOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** So many holders are remembered. */
const mostHolders = 8;

/**
 * A number of permits: a task takes one or waits, first come, first served. A permit that is released goes to the first
 * waiter at once.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when the number is not a whole one of 0 and more.
 */
export class Semaphore implements Holdable, WaitedFor {
  readonly #queue: WaitQueue = new WaitQueue();
  readonly #name: string | null;
  #free: number;
  /** Who holds permits, as far as it is known: any task may release any permit. */
  readonly #holders: NameTag[] = [];

  constructor(permits = 1, options: SemaphoreOptions = {}) {
    if (!Number.isSafeInteger(permits) || permits < 0) {
      throw new MisuseError('COTASK_BAD_OPTION', `a semaphore takes a whole number of permits, got ${shown(permits)}`);
    }
    this.#free = permits;
    refuseUnknownOptions('Semaphore', options, ['name']);
    this.#name = options.name ?? null;
  }

  /** True when a task that wants a permit now would wait. */
  locked(): boolean {
    return this.#free === 0;
  }

  /** How many permits are free. */
  get free(): number {
    return this.#free;
  }

  /** Waits for a permit and takes it. */
  acquire(): Coroutine<true> {
    return new Acquire(this);
  }

  /** Takes a permit for the length of a block: `using permit = await semaphore.hold()`. */
  hold(): Coroutine<Guard> {
    return new Hold(this);
  }

  /** Gives a permit back, or adds one. */
  release(): void {
    if (this.#holders.length > 0) this.#released();
    if (!this.#queue.wakeOne()) this.#free += 1;
  }

  /** @internal */
  takeOrWait(): Future<void> | null {
    if (this.#free === 0) return this.#queue.wait(this);
    this.#free -= 1;
    return null;
  }

  /** @internal */
  takenBy(holder: NameTag | null): void {
    if (holder !== null && this.#holders.length < mostHolders) this.#holders.push(holder);
  }

  /** The permit of the task that releases; else, the one that was taken first. */
  #released(): void {
    const tag = runningTag();
    const at = tag === null ? -1 : this.#holders.lastIndexOf(tag);
    this.#holders.splice(Math.max(at, 0), 1);
  }

  /** @internal */
  get known(): string {
    return this.#holders.length === 0 ? '' : ` held by ${listed([...new Set(this.#holders)])}`;
  }

  /** @internal */
  get enders(): readonly NameTag[] {
    return this.#holders;
  }

  /** @internal */
  get label(): string {
    return this.#name === null ? 'a semaphore' : `semaphore "${this.#name}"`;
  }
}

/** A semaphore that refuses to be released more often than it was acquired. */
export class BoundedSemaphore extends Semaphore {
  readonly #permits: number;

  constructor(permits = 1, options: SemaphoreOptions = {}) {
    super(permits, options);
    this.#permits = permits;
  }

  /**
   * Gives a permit back.
   * @throws {MisuseError} `COTASK_RELEASED_TOO_OFTEN` when every permit is free already.
   */
  override release(): void {
    if (this.free >= this.#permits) {
      throw new MisuseError('COTASK_RELEASED_TOO_OFTEN', `${this.label} was released more often than it was acquired`);
    }
    super.release();
  }
}
