/** A foreign promise as a wait of ours. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import { isThenable } from './awaitable.ts';
import type { Awaitable } from './awaitable.ts';
import { getEventLoop } from './default-loop.ts';
import type { EventLoop } from './event-loop.ts';
import { parkForeign } from './foreign.ts';
import { Future } from './future.ts';
import { WrappedFuture } from './wrapped-future.ts';

/**
 * Waits for a promise that is not the loop's own: under `yield*` the only way to, under `await` the way to have a cancel
 * delivered at it at once. A cancel ends the wait, not what the promise stands for; what that ends with later is dropped.
 * @throws {MisuseError} `COTASK_NOT_A_PROMISE` when there is no promise to wait for.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Awaitable<T> {
  refuseNoPromise('fromPromise()', promise);
  return parkForeign<T>('a foreign promise', ({ resolve, reject }) => void promise.then(resolve, reject));
}

/** Options of `wrapFuture`. */
export interface WrapFutureOptions {
  /** The loop of the future; the running one by default. */
  loop?: EventLoop;
  /** Aborted when the future is cancelled, with the `CancelledError` as the reason: hand its signal to the foreign code. */
  controller?: AbortController;
}

/**
 * A foreign promise as a future, which ends as the promise does; a future as it is (asyncio's `wrap_future`). Unlike
 * {@link fromPromise} it can be asked whether it is done, and take callbacks.
 * @throws {MisuseError} `COTASK_NOT_A_PROMISE` when there is no promise to wait for.
 */
export function wrapFuture<T>(promise: PromiseLike<T>, options: WrapFutureOptions = {}): Future<T> {
  refuseUnknownOptions('wrapFuture()', options, ['loop', 'controller']);
  if (promise instanceof Future) return promise;
  refuseNoPromise('wrapFuture()', promise);
  return new WrappedFuture(options.loop ?? getEventLoop(), promise, options.controller ?? null);
}

function refuseNoPromise(what: string, promise: unknown): void {
  if (isThenable(promise)) return;
  throw new MisuseError('COTASK_NOT_A_PROMISE', `${what} takes a promise, got ${typeof promise}`);
}
