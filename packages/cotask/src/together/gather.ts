/** Several awaitables at once, results in order (asyncio's `gather`). */
import { makeCancelledError } from '../errors.ts';
import type { CancelledError } from '../errors.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import type { Runnable } from '../loop/step.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { toFuture } from '../tasks/ensure-future.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { Future } from '../tasks/future.ts';
import type { Relay, Waiter } from '../tasks/park.ts';
import { CancelRequest } from '../tasks/scope.ts';
import { hasError, hasValue, pending } from '../tasks/state.ts';
import { Task } from '../tasks/task.ts';
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

/** Waits for one child, and is the entry of the ready list that tells of its end: 270 bytes less than closures. */
class Child implements Waiter, Runnable {
  readonly owner = null;
  readonly looks = false;
  readonly #gathered: Gathered;
  readonly #future: Future<unknown>;

  constructor(gathered: Gathered, future: Future<unknown>) {
    this.#gathered = gathered;
    this.#future = future;
  }

  get relay(): Relay {
    return this.#gathered;
  }

  wake(): void {
    this.#gathered.loop.ready(this);
  }

  run(): boolean {
    this.#gathered.ended(this.#future);
    return true;
  }
}

class Gathered extends Future<unknown[]> {
  readonly #children: readonly Future<unknown>[];
  readonly #returnExceptions: boolean;
  #left: number;
  /** The first cancel that was passed on to the children. */
  #cancelled: CancelledError | null = null;

  constructor(loop: EventLoop, children: readonly Future<unknown>[], returnExceptions: boolean) {
    super({ loop, label: `all ${children.length} of a gather` });
    this.#children = children;
    this.#returnExceptions = returnExceptions;
    const distinct = new Set(children);
    this.#left = distinct.size;
    for (const child of distinct) this.#watch(child);
    if (this.#left === 0 && this.phase === pending) this.#finish();
  }

  override get endsWhenCancelled(): boolean {
    return false;
  }

  override awaitedTasks(): readonly Task<unknown>[] {
    return this.#children
      .filter((child) => child instanceof Task && !child.done())
      .map((child) => child as Task<unknown>);
  }

  override cancel(reason?: string): boolean {
    return this.cancelBy(new CancelRequest(null, makeCancelledError(reason ?? null, 'cancel', null), null));
  }

  /** Goes to every child; the gather ends when all of them have. Cancels that come before it has ended are one. */
  override cancelBy(request: CancelRequest): boolean {
    if (this.phase !== pending) return false;
    let accepted = false;
    for (const child of new Set(this.#children)) accepted = child.cancelBy(request) || accepted;
    if (accepted) this.#cancelled ??= request.error;
    return this.#cancelled !== null;
  }

  #watch(child: Future<unknown>): void {
    if (child.done()) this.ended(child);
    else child.addWaiter(new Child(this, child));
  }

  ended(child: Future<unknown>): void {
    this.#left -= 1;
    if (child.phase !== hasValue) child.markSeen();
    if (this.phase !== pending) return;
    const failsNow = child.phase !== hasValue && !this.#returnExceptions && this.#cancelled === null;
    if (failsNow) this.settle(hasError, child.held);
    else if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    if (this.#cancelled !== null) this.settle(hasError, this.#cancelled);
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
    const future = made.get(awaitable) ?? toFuture(awaitable, loop);
    made.set(awaitable, future);
    return future;
  });
}
