/** The beginning and the end of a program (asyncio's `run`). */
import { MisuseError } from '../errors.ts';
import { exemptFromFilter } from '../host/stray-rejections.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { currentTask } from '../tasks/ensure-future.ts';
import { EventLoop } from '../tasks/event-loop.ts';
import type { EventLoopOptions } from '../tasks/event-loop.ts';
import type { Task } from '../tasks/task.ts';
import { watchLostCoroutines } from '../watch/lost-coroutines.ts';
import { cancelLeftovers } from './leftovers.ts';

/** Options of a run: those of its loop. */
export type RunOptions = EventLoopOptions;

/** A run under way. */
export interface Running<T> {
  readonly loop: EventLoop;
  readonly main: Task<T>;
  /** The result of the main task, once the leftovers have ended and the loop is closed. */
  readonly result: Promise<T>;
}

/** @internal Begins a run; `run` and `runMain` differ in who looks at its end. */
export function begin<T>(coro: Awaitable<T>, options: RunOptions): Running<T> {
  refuseBadRun(options);
  const loop = new EventLoop(options);
  const stopWatching = loop.getDebug() ? watchLostCoroutines(loop) : null;
  const main = loop.createTask(coro, { name: 'main' });
  const result = new Promise<T>((resolve, reject) => {
    const end = new RunEnd(loop, main, () => {
      stopWatching?.();
      end.settle(resolve, reject);
    });
    loop.start(() => end.stopped());
  });
  exemptFromFilter(result);
  return { loop, main, result };
}

/** What happens from the end of the main task to the end of the run. */
class RunEnd<T> {
  readonly #loop: EventLoop;
  readonly #main: Task<T>;
  readonly #closed: () => void;
  readonly #stopWatching: () => void;
  /** Why the run could not go on. */
  #failure: { error: unknown } | null = null;

  constructor(loop: EventLoop, main: Task<T>, closed: () => void) {
    this.#loop = loop;
    this.#main = main;
    this.#closed = closed;
    this.#stopWatching = loop.watchEnd((error) => this.#cannotGoOn(error));
    main.addWaiter({ looks: true, wake: () => loop.ready({ owner: null, run: () => this.#mainEnded() }) });
  }

  stopped(): void {
    this.#stopWatching();
    this.#loop.close();
    this.#closed();
  }

  settle(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (this.#failure !== null) {
      reject(this.#failure.error);
      return;
    }
    if (!this.#main.done()) {
      reject(new MisuseError('COTASK_LOOP_STOPPED', 'the event loop was stopped before the main task was done'));
      return;
    }
    let value: T;
    try {
      value = this.#main.outcome();
    } catch (error) {
      reject(error);
      return;
    }
    resolve(value);
  }

  #mainEnded(): boolean {
    cancelLeftovers(this.#loop, () => this.#loop.stop());
    return true;
  }

  /** Tasks that wait for ever even in their clean-up are left: the second time the run just ends. */
  #cannotGoOn(error: unknown): void {
    if (this.#failure === null) this.#failure = { error };
    else this.#loop.stop();
  }
}

function refuseBadRun(options: RunOptions): void {
  const task = currentTask();
  if (task !== null) {
    throw new MisuseError(
      'COTASK_RUN_IN_TASK',
      `run() was called inside ${task.label}: await the coroutine, or make a task of it`,
    );
  }
  refuseUnknownOptions('run()', options, ['host', 'policy', 'debug']);
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
