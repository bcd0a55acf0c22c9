/** A foreign promise as a wait of ours. */
import { MisuseError } from '../errors.ts';
import { isThenable } from './awaitable.ts';
import type { Awaitable } from './awaitable.ts';
import { getEventLoop } from './default-loop.ts';
import { park } from './parked.ts';

/**
 * Waits for a promise that is not the loop's own: under `yield*` the only way to, under `await` the way to have a cancel
 * delivered at it at once. A cancel ends the wait, not what the promise stands for; what that ends with later is dropped.
 * @throws {MisuseError} `COTASK_NOT_A_PROMISE` when there is no promise to wait for.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Awaitable<T> {
  if (!isThenable(promise)) {
    throw new MisuseError('COTASK_NOT_A_PROMISE', `fromPromise() takes a promise, got ${typeof promise}`);
  }
  return park<T>('a foreign promise', (settle) => {
    const loop = getEventLoop();
    let waiting = true;
    const over = (): void => {
      if (waiting) loop.foreignWaits -= 1;
      waiting = false;
    };
    loop.foreignWaits += 1;
    promise.then(
      (value) => {
        over();
        settle.resolve(value);
      },
      (error: unknown) => {
        over();
        settle.reject(error);
      },
    );
    return over;
  });
}
