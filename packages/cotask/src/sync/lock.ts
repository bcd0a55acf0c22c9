/** Mutual exclusion between tasks (asyncio's `Lock`). */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import type { Future } from '../tasks/future.ts';
import type { NameTag, WaitedFor } from '../tasks/name-tag.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import type { Guard } from './guard.ts';
import { Acquire, Hold } from './holding.ts';
import type { Holdable } from './holding.ts';

/** Options of a lock. */
export interface LockOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/**
 * Only one task holds it; the others wait, first come, first served. Between two waits a task is alone anyway: a lock is
 * for a stretch of work that waits in the middle.
 *
 * **Gotchas** A released lock goes to its first waiter at once, even before that has run. Any task may release it. It is
 * not reentrant: a task that acquires it twice waits for itself.
 *
 * @example
 * ```ts
 * import { Lock, coroutine, run, sleep } from 'cotask';
 *
 * const lock = new Lock({ name: 'db' });
 * const main = coroutine(async () => {
 *   using guard = await lock.hold();
 *   await sleep(1); // nobody else is in here
 * });
 * await run(main());
 * ```
 */
export class Lock implements Holdable, WaitedFor {
  readonly #queue: WaitQueue = new WaitQueue();
  readonly #name: string | null;
  #locked = false;
  #holder: NameTag | null = null;

  constructor(options: LockOptions = {}) {
    refuseUnknownOptions('Lock', options, ['name']);
    this.#name = options.name ?? null;
  }

  /** True while a task holds it. */
  locked(): boolean {
    return this.#locked;
  }

  /** Waits until it is free and takes it. */
  acquire(): Coroutine<true> {
    return new Acquire(this);
  }

  /** Takes it for the length of a block: `using guard = await lock.hold()`. */
  hold(): Coroutine<Guard> {
    return new Hold(this);
  }

  /**
   * Gives it to its first waiter, or frees it.
   * @throws {MisuseError} `COTASK_NOT_LOCKED` when nobody holds it.
   */
  release(): void {
    if (!this.#locked)
      throw new MisuseError('COTASK_NOT_LOCKED', `${this.#words} is not locked; it cannot be released`);
    this.#holder = null;
    if (!this.#queue.wakeOne()) this.#locked = false;
  }

  /** @internal */
  takeOrWait(): Future<void> | null {
    if (this.#locked) return this.#queue.wait(this);
    this.#locked = true;
    return null;
  }

  /** @internal */
  takenBy(holder: NameTag | null): void {
    this.#holder = holder;
  }

  /** @internal */
  get label(): string {
    return this.#holder === null ? this.#words : `${this.#words} held by ${this.#holder.words()}`;
  }

  /** @internal */
  get enders(): readonly NameTag[] {
    return this.#holder === null ? [] : [this.#holder];
  }

  get #words(): string {
    return this.#name === null ? 'a lock' : `lock "${this.#name}"`;
  }
}
