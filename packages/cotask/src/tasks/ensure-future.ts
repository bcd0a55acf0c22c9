/** Anything that can be waited for, as a future. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import { isThenable } from './awaitable.ts';
import type { Awaitable } from './awaitable.ts';
import { getEventLoop } from './default-loop.ts';
import type { EventLoop } from './event-loop.ts';
import { Future } from './future.ts';
import { fromPromise } from './from-promise.ts';
import { shown } from './name-tag.ts';
import { noTaskOptions } from './task.ts';
import type { Task } from './task.ts';
import type { TaskOptions } from './task.ts';
import { currentScope } from './current.ts';

/** Options of `ensureFuture`. */
export interface EnsureFutureOptions {
  /** The loop of a new task; the running one by default. */
  loop?: EventLoop;
}

/**
 * A future or task as it is; a coroutine or another awaitable as a new task; a foreign promise as a task that waits for
 * it.
 * @throws {MisuseError} `COTASK_NOT_AWAITABLE` for anything else, `COTASK_WRONG_LOOP` for a future of another loop than
 * the one that is asked for.
 */
export function ensureFuture<T>(awaitable: Task<T>, options?: EnsureFutureOptions): Task<T>;
export function ensureFuture<T>(awaitable: Awaitable<T> | PromiseLike<T>, options?: EnsureFutureOptions): Future<T>;
export function ensureFuture<T>(
  awaitable: Awaitable<T> | PromiseLike<T>,
  options: EnsureFutureOptions = {},
): Future<T> {
  refuseUnknownOptions('ensureFuture()', options, ['loop']);
  const { loop } = options;
  if (loop !== undefined && awaitable instanceof Future && awaitable.loop !== loop) {
    throw new MisuseError(
      'COTASK_WRONG_LOOP',
      `${awaitable.label} belongs to another event loop than the one asked for`,
    );
  }
  return toFuture(awaitable, loop ?? getEventLoop());
}

/** @internal The same on a given loop. */
export function toFuture<T>(awaitable: Awaitable<T> | PromiseLike<T>, loop: EventLoop): Future<T> {
  return awaitable instanceof Future ? awaitable : loop.createTask(toAwaitable('a wait', awaitable));
}

/** @internal An awaitable of ours as it is, a foreign promise as a wait for it. */
export function toAwaitable<T>(what: string, awaitable: Awaitable<T> | PromiseLike<T>): Awaitable<T> {
  if (isAwaitable(awaitable)) return awaitable;
  if (isThenable(awaitable)) return fromPromise(awaitable);
  const hint = typeof awaitable === 'function' ? 'call the coroutine function' : 'a coroutine, a task, a promise';
  throw new MisuseError(
    'COTASK_NOT_AWAITABLE',
    `${what} takes something to wait for, got ${typeof awaitable}: ${hint}`,
  );
}

/** @internal True for what works under `yield*` as well: ours. */
export function isAwaitable<T>(value: Awaitable<T> | PromiseLike<T>): value is Awaitable<T> {
  return isThenable(value) && Symbol.iterator in value;
}

/**
 * Makes a task of a coroutine on the running loop (outside any, on the default loop).
 * @throws {MisuseError} `COTASK_NOT_A_COROUTINE` for what cannot be awaited, and for a task or future.
 */
export function createTask<T>(coro: Awaitable<T>, options: TaskOptions = noTaskOptions): Task<T> {
  return getEventLoop().createTask(coro, options);
}

/** The task whose body runs now, or null: outside any task, in a callback of the loop, and in a task of another loop. */
export function currentTask(loop?: EventLoop): Task<unknown> | null {
  const task = currentScope()?.owner;
  if (task === undefined || task.done() || task.anonymous) return null;
  return loop === undefined || task.loop === loop ? shown(task) : null;
}

/** The tasks of the running loop that have not ended, in the order in which they were made. */
export function allTasks(loop: EventLoop = getEventLoop()): Task<unknown>[] {
  return loop.tasks.all();
}
