/** Several awaitables at once, results in order (asyncio's `gather`). */
import type { Awaitable } from '../tasks/awaitable.ts';
import type { Runnable } from '../loop/step.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { toFuture } from '../tasks/ensure-future.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { Future } from '../tasks/future.ts';
import type { Relay, Waiter } from '../tasks/park.ts';
import { hasError, hasValue, pending } from '../tasks/state.ts';
import { Composite } from './composite.ts';
import { readArguments, refuseNonAwaitables } from './read-arguments.ts';

/** What `gather` takes. */
export type Gatherable<T = unknown> = Awaitable<T> | PromiseLike<T>;

/** What an awaitable ends with. */
export type ResultOf<A> = A extends Awaitable<infer T> ? T : Awaited<A>;

/** The results of a list of awaitables, as a tuple where the list is one. */
export type ResultsOf<L extends readonly unknown[]> = { -readonly [K in keyof L]: ResultOf<L[K]> };

/** The results, or in their places the errors. */
export type OutcomesOf<L extends readonly unknown[]> = { -readonly [K in keyof L]: ResultOf<L[K]> | Error };

/** Options of `gather`; they come after an iterable. */
export interface GatherOptions {
  /** Give errors in the places of results instead of failing with the first. */
  returnExceptions?: boolean;
}

/** Waits for all its children itself, and is in the ready list once for many of them. */
class Gathered extends Composite<unknown[]> implements Waiter, Runnable {
  readonly #children: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  /** How many children have not ended. */
  #left: number;
  #isReady = false;

  constructor(loop: EventLoop, children: readonly Future<unknown>[], returnExceptions: boolean) {
    super({ loop, label: `all ${children.length} of a gather` });
    this.#children = children;
    this.#returnExceptions = returnExceptions;
    this.#left = children.length;
    for (const child of children) this.#watch(child);
    if (this.#left === 0 && this.phase === pending) this.#finish();
  }

  get owner(): null {
    return null;
  }

  get looks(): boolean {
    return false;
  }

  get relay(): Relay {
    return this;
  }

  parts(): Iterable<Future<unknown>> {
    return new Set(this.#children);
  }

  #watch(child: Future<unknown>): void {
    const isThereTwice = !child.done() && child.isLastWaiter(this);
    if (!child.done() && !isThereTwice) child.addWaiter(this);
    else this.#left -= 1;
    if (child.done()) this.#ended(child, false);
  }

  /** Each child is told of in an entry of its own only where that may settle this: the last, and one that fails. */
  wake(child: Future<unknown>): void {
    this.#left -= 1;
    const isLast = this.#left === 0;
    if (isLast || this.#failsWith(child)) this.loop.ready({ owner: null, run: () => this.#ended(child, isLast) });
    else this.#count(child);
  }

  /** The entry without effect makes the iteration that asyncio's callback would have made. */
  #count(child: Future<unknown>): void {
    child.markSeen();
    if (this.#isReady) return;
    this.#isReady = true;
    this.loop.ready(this);
  }

  run(): boolean {
    this.#isReady = false;
    return true;
  }

  #failsWith(child: Future<unknown>): boolean {
    return child.phase !== hasValue && !this.#returnExceptions && this.cancelError === null && this.phase === pending;
  }

  #ended(child: Future<unknown>, isLast: boolean): boolean {
    child.markSeen();
    if (this.#failsWith(child)) this.settle(hasError, child.held);
    else if (isLast && this.phase === pending) this.#finish();
    return true;
  }

  #finish(): void {
    if (this.cancelError !== null) this.settle(hasError, this.cancelError);
    else
      this.settle(
        hasValue,
        this.#children.map((child) => child.held),
      );
  }
}

/**
 * Waits for several awaitables at once and gives their results in order. Coroutines become tasks at the call. The first
 * error comes out at once, and the others run on: use `taskGroup` where they are to be cancelled. A cancel goes to all of
 * them, and the gather ends when all have ended.
 *
 * @example
 * ```ts
 * import { coroutine, gather, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const [a, b] = await gather(sleep(2, 'a'), sleep(1, 'b'));
 *   const many = await gather([1, 2, 3].map((n) => sleep(1, n)));
 *   console.log(a, b, many); // a b [ 1, 2, 3 ]
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_NOT_AWAITABLE` when one of them is nothing to wait for; nothing is begun then.
 */
export function gather<const L extends readonly Gatherable[]>(
  awaitables: L,
  options: GatherOptions & { returnExceptions: true },
): Future<OutcomesOf<L>>;
export function gather<const L extends readonly Gatherable[]>(
  awaitables: L,
  options?: GatherOptions,
): Future<ResultsOf<L>>;
export function gather<T>(
  awaitables: Iterable<Gatherable<T>>,
  options: GatherOptions & { returnExceptions: true },
): Future<(T | Error)[]>;
export function gather<T>(awaitables: Iterable<Gatherable<T>>, options?: GatherOptions): Future<T[]>;
export function gather<const L extends readonly Gatherable[]>(...awaitables: L): Future<ResultsOf<L>>;
export function gather(...args: readonly unknown[]): Future<unknown[]> {
  const { list, options } = readArguments<GatherOptions>('gather()', args, ['returnExceptions'], {});
  const loop = getEventLoop();
  return new Gathered(loop, toFutures(refuseNonAwaitables('gather()', list), loop), options.returnExceptions ?? false);
}

/** @internal A coroutine that is there twice runs once. */
export function toFutures(awaitables: readonly PromiseLike<unknown>[], loop: EventLoop): Future<unknown>[] {
  const made = new Map<PromiseLike<unknown>, Future<unknown>>();
  return awaitables.map((awaitable) => {
    if (awaitable instanceof Future) return awaitable;
    const future = made.get(awaitable) ?? toFuture(awaitable, loop);
    made.set(awaitable, future);
    return future;
  });
}
