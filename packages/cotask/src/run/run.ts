/** The beginning and the end of a program (asyncio's `run`). */
import { exemptFromFilter } from '../host/stray-rejections.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { Runner, refuseBadRunOptions, refuseInTask } from './runner.ts';
import type { RunOptions, Running } from './runner.ts';

/** @internal Begins a run that ends with the closing of its loop; `run` and `runMain` differ in who looks at its end. */
export function begin<T>(coro: Awaitable<T>, options: RunOptions): Running<T> & { readonly loop: EventLoop } {
  refuseInTask('run()');
  refuseBadRunOptions('run()', options);
  const runner = new Runner(options);
  try {
    const { main, result } = runner.begin(coro);
    const closed = closeAfter(runner, result);
    exemptFromFilter(closed);
    return { loop: main.loop, main, result: closed };
  } catch (error) {
    void runner.close();
    throw error;
  }
}

/** A failure of the main task goes before one of what it left. */
async function closeAfter<T>(runner: Runner, result: Promise<T>): Promise<T> {
  let value: T;
  try {
    value = await result;
  } catch (error) {
    await runner.close().catch(() => {});
    throw error;
  }
  await runner.close();
  return value;
}

/**
 * Runs a coroutine on a fresh loop and gives its result. When it has ended, tasks that are left are cancelled and waited
 * for, and the loop is closed. Separate runs may overlap, each on its own loop.
 *
 * @example
 * ```ts
 * import { coroutine, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   await sleep(1);
 *   return 'done';
 * });
 * console.log(await run(main())); // done
 * ```
 * @throws {MisuseError} `COTASK_RUN_IN_TASK` inside a task; `COTASK_NOT_A_COROUTINE`.
 * @throws {DeadlockError} when every task waits and nothing can wake any of them.
 */
export function run<T>(coro: Awaitable<T>, options: RunOptions = {}): Promise<T> {
  try {
    return begin(coro, options).result;
  } catch (error) {
    return Promise.reject(error);
  }
}
