/** Several awaitables, each as soon as it is done (asyncio's `as_completed`). */
import { MisuseError, TimeoutError } from '../errors.ts';
import { shown } from '../options.ts';
import type { Awaitable, GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { toFuture } from '../tasks/ensure-future.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Future } from '../tasks/future.ts';
import type { Handle } from '../loop/handle.ts';
import type { Relay, Waiter } from '../tasks/park.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { readArguments, refuseNonAwaitables } from './read-arguments.ts';

/** Options of `asCompleted`. */
export interface AsCompletedOptions {
  /** After so many milliseconds what is still awaited throws a `TimeoutError`; nothing is cancelled. */
  timeout?: number;
}

/** A future that is done, in a box: a bare one would be waited for by `await` and by `for await`. */
export interface Completed<T> {
  /** The future, done. */
  readonly future: Future<T>;
}

/**
 * Iterated with `for await`, it gives the futures themselves, each in a box when it is done. Iterated with `for`, it gives
 * as many awaitables as there are: each gives the result of the next one that is done.
 */
export class AsCompleted<T> implements AsyncIterable<Completed<T>>, Iterable<Coroutine<T>>, Relay {
  readonly #done: Completed<T>[] = [];
  /** How many of them were taken. */
  #taken = 0;
  readonly #waiting: WaitQueue<Completed<T>> = new WaitQueue<Completed<T>>();
  readonly #count: number;
  #timer: Handle | null = null;
  #left: number;
  #timedOut = false;

  /** @internal */
  constructor(loop: EventLoop, futures: readonly Future<T>[], timeout: number | undefined) {
    this.#count = this.#left = futures.length;
    for (const future of futures) {
      const ended = { owner: null, run: () => this.#ended({ future }) };
      if (future.done()) loop.ready(ended);
      else future.addWaiter({ looks: false, relay: this, wake: () => loop.ready(ended) });
    }
    if (timeout !== undefined && this.#count > 0) this.#timer = loop.callLater(timeout, () => this.#pass());
  }

  /** As many awaitables as there are, each for the result of the next one that is done. */
  *[Symbol.iterator](): Generator<Coroutine<T>, void, undefined> {
    for (let i = 0; i < this.#count; i++) yield nextResult(this);
  }

  /** The futures themselves, each in a box, as they are done. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Completed<T>, void, undefined> {
    for (let i = 0; i < this.#count; i++) yield await nextBox(this);
  }

  /** @internal */
  get label(): string {
    return 'the next of several tasks';
  }

  /** @internal */
  waiterList(): readonly Waiter[] {
    return this.#waiting.waiterList();
  }

  /** @internal The next one that is done. */
  *next(): GeneratorBody<Completed<T>> {
    const box = this.#done[this.#taken];
    if (box !== undefined) {
      this.#taken += 1;
      return box;
    }
    if (this.#timedOut) throw tooLate();
    return yield* this.#waiting.wait(this);
  }

  #ended(box: Completed<T>): boolean {
    this.#left -= 1;
    if (this.#left === 0) this.#timer?.cancel();
    if (!this.#timedOut && !this.#waiting.wakeOne(box)) this.#done.push(box);
    return true;
  }

  #pass(): void {
    this.#timedOut = true;
    this.#waiting.failAll(tooLate());
  }
}

const nextBox = coroutine(function* next<T>(list: AsCompleted<T>): GeneratorBody<Completed<T>> {
  return yield* list.next();
});

const nextResult = coroutine(function* next<T>(list: AsCompleted<T>): GeneratorBody<T> {
  return (yield* list.next()).future.outcome();
});

function tooLate(): TimeoutError {
  return new TimeoutError('not all were done in time (asCompleted)');
}

/**
 * Gives several awaitables in the order in which they end. Coroutines become tasks at the call.
 *
 * @example
 * ```ts
 * import { asCompleted, coroutine, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   for await (const { future } of asCompleted([sleep(4, 'late'), sleep(1, 'soon')])) console.log(future.result());
 *   for (const next of asCompleted([sleep(4, 'late'), sleep(1, 'soon')])) console.log(await next);
 * });
 * await run(main()); // soon, late, soon, late
 * ```
 * @throws {MisuseError} `COTASK_BAD_TIME`, `COTASK_NOT_AWAITABLE`.
 */
export function asCompleted<T>(
  awaitables: Iterable<Awaitable<T> | PromiseLike<T>>,
  options?: AsCompletedOptions,
): AsCompleted<T>;
export function asCompleted<T>(...awaitables: readonly (Awaitable<T> | PromiseLike<T>)[]): AsCompleted<T>;
export function asCompleted(...args: readonly unknown[]): AsCompleted<unknown> {
  const { list, options } = readArguments<AsCompletedOptions>('asCompleted()', args, ['timeout'], {});
  const awaitables = refuseNonAwaitables('asCompleted()', list);
  const { timeout } = options;
  if (timeout !== undefined && (typeof timeout !== 'number' || Number.isNaN(timeout))) {
    throw new MisuseError('COTASK_BAD_TIME', `asCompleted() takes a timeout in milliseconds, got ${shown(timeout)}`);
  }
  const loop = getEventLoop();
  const futures = new Set(awaitables.map((awaitable) => toFuture(awaitable, loop)));
  return new AsCompleted(loop, [...futures], timeout);
}
