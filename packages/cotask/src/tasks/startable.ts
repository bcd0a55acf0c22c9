/** What a task can be made of. */
import { MisuseError } from '../errors.ts';
import { isThenable } from './awaitable.ts';
import type { Awaitable } from './awaitable.ts';
import { Future } from './future.ts';
import { Startable } from './gears/gear.ts';
import type { Wait } from './park.ts';

/** A coroutine as it is; any other awaitable as a body that waits for it. */
export function startable<T>(coro: Awaitable<T>): Startable<T> {
  if (coro instanceof Startable) return coro;
  if (coro instanceof Future) {
    throw new MisuseError(
      'COTASK_NOT_A_COROUTINE',
      `a task is made of a coroutine, got ${coro.label}, which can be awaited as it is; ensureFuture() takes both`,
    );
  }
  if (typeof coro === 'object' && coro !== null && Symbol.iterator in coro && 'then' in coro)
    return new WaitingBody(coro);
  if (isThenable(coro)) {
    throw new MisuseError(
      'COTASK_NOT_A_COROUTINE',
      'a task is made of a coroutine, got a promise: use ensureFuture(promise), or fromPromise(promise)',
    );
  }
  const hint =
    typeof coro === 'function'
      ? 'call the coroutine function: createTask(work()), not createTask(work)'
      : 'wrap the function in coroutine()';
  throw new MisuseError('COTASK_NOT_A_COROUTINE', `a task is made of a coroutine, got ${typeof coro}: ${hint}`);
}

class WaitingBody<T> extends Startable<T> {
  readonly label = 'an awaitable';
  private readonly awaitable: Awaitable<T>;

  constructor(awaitable: Awaitable<T>) {
    super();
    this.awaitable = awaitable;
  }

  *start(): Generator<Wait, T, unknown> {
    return yield* this.awaitable;
  }
}
