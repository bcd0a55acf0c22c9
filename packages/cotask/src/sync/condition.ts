/** Waiting, under a lock, until somebody says that things have changed (asyncio's `Condition`). */
import { MisuseError, isCancelled } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { runningTag } from '../tasks/current.ts';
import { Doers, soleDoer, told } from '../tasks/name-tag.ts';
import type { NameTag, WaitedFor } from '../tasks/name-tag.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import type { Guard } from './guard.ts';
import { Lock } from './lock.ts';

/** Options of a condition. */
export interface ConditionOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/**
 * A lock with a place to wait: `wait()` gives the lock up until somebody notifies, and has it again when it returns,
 * also when it was cancelled. A notification is handed over: a waiter that was notified and then cancelled has had it,
 * returns from `wait()`, and is cancelled at its next wait.
 */
export class Condition implements WaitedFor {
  readonly #lock: Lock;
  readonly #queue: WaitQueue = new WaitQueue();
  readonly #name: string | null;
  #notifiers: Doers | null = null;

  constructor(lock: Lock = new Lock(), options: ConditionOptions = {}) {
    if (!(lock instanceof Lock)) {
      throw new MisuseError(
        'COTASK_BAD_OPTION',
        `a condition is made of a Lock, got ${typeof lock}: new Condition(lock, { name })`,
      );
    }
    this.#lock = lock;
    refuseUnknownOptions('Condition', options, ['name']);
    this.#name = options.name ?? null;
  }

  /** True while a task holds its lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Waits for its lock and takes it. */
  acquire(): Coroutine<true> {
    return this.#lock.acquire();
  }

  /** Takes its lock for the length of a block: `using guard = await condition.hold()`. */
  hold(): Coroutine<Guard> {
    return this.#lock.hold();
  }

  /** Gives its lock up. */
  release(): void {
    this.#lock.release();
  }

  /**
   * Gives the lock up, waits to be notified, and takes the lock again.
   * @throws {MisuseError} `COTASK_NOT_LOCKED` without the lock.
   */
  wait(): Coroutine<true> {
    return wait(this);
  }

  /** Waits until `predicate` holds, which is looked at under the lock after each notification; gives its value. */
  waitFor<T>(predicate: () => T): Coroutine<T> {
    if (typeof predicate !== 'function')
      throw new MisuseError('COTASK_BAD_OPTION', 'Condition.waitFor() takes a function');
    return waitUntil(this, predicate);
  }

  /**
   * Wakes the first `count` waiters; they go on when they get the lock.
   * @throws {MisuseError} `COTASK_NOT_LOCKED` without the lock.
   */
  notify(count = 1): void {
    this.#refuseUnlocked('notify()');
    (this.#notifiers ??= new Doers()).note(runningTag());
    for (let i = 0; i < count && this.#queue.wakeOne(); i++);
  }

  /** Wakes everybody who waits. */
  notifyAll(): void {
    this.notify(this.#queue.size);
  }

  /** @internal */
  get label(): string {
    return this.#name === null ? 'a condition' : `condition "${this.#name}"`;
  }

  /** @internal */
  get known(): string {
    return told(this.#notifiers, 'notified');
  }

  /** @internal */
  get enders(): readonly NameTag[] {
    return soleDoer(this.#notifiers);
  }

  /** @internal */
  *untilNotified(): GeneratorBody<true> {
    this.#refuseUnlocked('wait()');
    this.#lock.release();
    let notified = false;
    try {
      yield* this.#queue.wait(this);
      notified = true;
    } finally {
      yield* this.#takeAgain(notified);
    }
    return true;
  }

  /**
   * The lock is taken even when another cancel comes meanwhile; that one is thrown afterwards, and a notification that
   * the task can make no use of then goes to the next waiter.
   */
  *#takeAgain(notified: boolean): GeneratorBody<void> {
    let cancelled: unknown = null;
    for (let held = false; !held;) {
      try {
        held = yield* this.#lock.acquire();
      } catch (error) {
        if (!isCancelled(error)) throw error;
        cancelled = error;
      }
    }
    if (cancelled === null) return;
    if (notified) this.#queue.wakeOne();
    throw cancelled;
  }

  #refuseUnlocked(what: string): void {
    if (!this.#lock.locked())
      throw new MisuseError('COTASK_NOT_LOCKED', `Condition.${what} needs the lock: acquire() it first`);
  }
}

const wait = coroutine(function wait(condition: Condition): GeneratorBody<true> {
  return condition.untilNotified();
});

const waitUntil = coroutine(function* waitFor<T>(condition: Condition, predicate: () => T): GeneratorBody<T> {
  let value = predicate();
  while (!value) {
    yield* condition.untilNotified();
    value = predicate();
  }
  return value;
});
