/**
 * Eager tasks: the first step runs inside `createTask`, as the new task's and in its context, up to where it waits. Under
 * `yield*` a body that never waits is done when `createTask` returns. An async body runs up to its first `await` of
 * anything, and its promise settles a microtask later: so no async body is done at once.
 *
 * Tasks that begin one another without an end would overflow the stack: so many deep, they wait for their turn.
 */
import { refuseNoFunction } from '../options.ts';
import type { Awaitable } from './awaitable.ts';
import { context, current } from './current.ts';
import type { EventLoop } from './event-loop.ts';
import type { Scope } from './scope.ts';
import { waitIdle } from './state.ts';
import { Task } from './task.ts';
import type { TaskOptions } from './task.ts';

/** Makes the tasks of a loop: what it returns is what `createTask` returns. */
export type TaskFactory = <T>(loop: EventLoop, coro: Awaitable<T>, options: TaskOptions) => Task<T>;

/** A class of tasks. */
export type TaskClass = new <T>(loop: EventLoop, coro: Awaitable<T>, options: TaskOptions) => Task<T>;

/**
 * A task factory whose tasks begin at once, unless they are made with `eager: false` (asyncio's `eager_task_factory`).
 *
 * @example
 * ```ts
 * import { coroutine, createTask, eagerTaskFactory, getRunningLoop, run } from 'cotask';
 *
 * const cached = coroutine(function* () {
 *   return 'a value that is there';
 * });
 * const main = coroutine(function* () {
 *   getRunningLoop().setTaskFactory(eagerTaskFactory);
 *   console.log(createTask(cached()).done()); // true
 * });
 * await run(main());
 * ```
 */
export const eagerTaskFactory: TaskFactory = (loop, coro, options) => new Task(loop, coro, { eager: true, ...options });

/** A task factory whose tasks begin at once and are of a class of one's own (asyncio's `create_eager_task_factory`). */
export function createEagerTaskFactory(taskClass: TaskClass): TaskFactory {
  refuseNoFunction('createEagerTaskFactory()', taskClass);
  return (loop, coro, options) => new taskClass(loop, coro, { eager: true, ...options });
}

/** How many eager tasks may begin inside one another, each a few frames of the stack; one deeper waits for its turn. */
const deepest = 100;
const nesting: { depth: number } = { depth: 0 };

/** @internal Runs the first step of a task that was made to begin eagerly; without effect on one that has begun. */
export function beginNow(task: Task<unknown>): void {
  const driver = task.driver();
  if (driver === null || driver.source === null || driver.state !== waitIdle) return;
  if (nesting.depth >= deepest) {
    driver.makeReady();
    return;
  }
  const { driver: outer } = current;
  const around = context.get();
  current.driver = null;
  nesting.depth += 1;
  if (!context.carried) void Promise.resolve().then(() => context.assume(task.scope));
  try {
    driver.runNow();
  } finally {
    nesting.depth -= 1;
    current.driver = outer;
    if (!context.carried) restore(task.scope, around);
  }
}

/** Where no context is carried: what an async body awaits first is asked for in a microtask, and must find its own scope. */
function restore(own: Scope, around: Scope | undefined): void {
  context.assume(around);
  void Promise.resolve().then(() => {
    if (context.get() === own) context.assume(around);
  });
}
