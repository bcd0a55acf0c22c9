/** A place where tasks meet (asyncio's `Barrier`). */
import { BrokenBarrierError, MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import type { WaitedFor } from '../tasks/name-tag.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';

/** Options of a barrier. */
export interface BarrierOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/**
 * Lets tasks through in groups of `parties`: the last one that arrives opens it for all. Each gets its index, 0 for the
 * first; a task that was cancelled while it waited has left, and its place is free. Who was let through stays so, whatever
 * happens to the barrier before it runs. The next round begins when all of them have gone: who comes before that stands
 * outside, and is counted then.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `parties` is not a whole number of 1 and more.
 */
export class Barrier implements WaitedFor {
  /** How many tasks it lets through together. */
  readonly parties: number;
  readonly #queue: WaitQueue<number> = new WaitQueue<number>();
  /** Those who came while a round was leaving. */
  readonly #outside: WaitQueue = new WaitQueue();
  readonly #name: string | null;
  /** How many of the round that was let through have not run yet. */
  #leaving = 0;
  #broken = false;

  constructor(parties: number, options: BarrierOptions = {}) {
    if (!Number.isSafeInteger(parties) || parties < 1) {
      throw new MisuseError('COTASK_BAD_OPTION', `a barrier takes a whole number of parties, got ${shown(parties)}`);
    }
    this.parties = parties;
    refuseUnknownOptions('Barrier', options, ['name']);
    this.#name = options.name ?? null;
  }

  /** How many tasks of this round wait at it. */
  get nWaiting(): number {
    return this.#queue.size;
  }

  /** True after `abort()`, until `reset()`. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Waits until `parties` tasks have arrived; gives this one's index among them.
   * @throws {BrokenBarrierError} when it is broken, or is broken or reset meanwhile.
   */
  wait(): Coroutine<number> {
    return wait(this);
  }

  /** Makes it new: those who wait get a {@link BrokenBarrierError}. */
  reset(): void {
    this.#queue.failAll(new BrokenBarrierError('the barrier was reset while this task waited at it'));
    this.#broken = false;
  }

  /** Breaks it: those who wait, and those who come, get a {@link BrokenBarrierError}. */
  abort(): void {
    this.#broken = true;
    this.#queue.failAll(new BrokenBarrierError());
    this.#outside.failAll(new BrokenBarrierError());
  }

  /** @internal */
  get label(): string {
    return this.#name === null ? 'a barrier' : `barrier "${this.#name}"`;
  }

  /** @internal */
  get known(): string {
    return `, where ${this.nWaiting} of ${this.parties} have arrived`;
  }

  /** @internal */
  *arrive(): GeneratorBody<number> {
    while (this.#leaving > 0 && !this.#broken) yield* this.#outside.wait(`the next round of ${this.label}`);
    if (this.#broken) throw new BrokenBarrierError();
    const index = this.#queue.size;
    if (index + 1 < this.parties) return yield* this.#letThrough();
    this.#leaving = index;
    for (let i = 0; i < index; i++) this.#queue.wakeOne(i);
    return index;
  }

  *#letThrough(): GeneratorBody<number> {
    const index = yield* this.#queue.wait(this);
    this.#leaving -= 1;
    if (this.#leaving === 0) this.#outside.wakeAll();
    return index;
  }
}

const wait = coroutine(function wait(barrier: Barrier): GeneratorBody<number> {
  return barrier.arrive();
});
