/** A pool of threads with bounds of its own, and an end. */
import { coroutine, fromPromise } from 'cotask';
import type { Coroutine, GeneratorBody } from 'cotask';
import { callInThread } from './call-in-thread.ts';
import { PoolCore } from './pool-core.ts';
import { settingsOf, type ThreadPoolOptions } from './pool-options.ts';
import { checkCall, checkRunOptions, type ThreadRunOptions } from './run-options.ts';
import type { FunctionName, ThreadArguments, ThreadResult } from './signatures.ts';
import { checkedUrl, type ThreadModule } from './thread-module.ts';

const closePool = coroutine(function* close(core: PoolCore): GeneratorBody<void> {
  yield* fromPromise(core.end());
});

/**
 * Threads of one's own (`concurrent.futures.ThreadPoolExecutor` is the nearest of Python's), where the bounds of
 * {@link toThread}'s shared ones do not fit.
 *
 * A call that finds no free thread waits for one, in the order in which calls came. Threads are started as calls need them,
 * and end after a while without one; an idle thread does not keep the process alive, a running call does. What a call may
 * take and give is said at {@link toThread}.
 *
 * @example
 * ```ts
 * import { coroutine, gather, run } from 'cotask';
 * import { ThreadPool, threadModule } from '@cotask/node';
 *
 * const crypto = threadModule<typeof import('node:crypto')>('node:crypto');
 *
 * const main = coroutine(async () => {
 *   await using pool = new ThreadPool({ name: 'keys', maxThreads: 2 });
 *   const keys = await gather(['a', 'b', 'c'].map((word) => pool.run(crypto, 'scryptSync', [word, 'salt', 32])));
 *   console.log(keys.map((key) => key.length)); // [ 32, 32, 32 ]
 * });
 * await run(main());
 * ```
 */
export class ThreadPool implements AsyncDisposable {
  readonly #core: PoolCore;

  /** @throws {MisuseError} `COTASK_BAD_OPTION` for an option that does not exist or cannot be. */
  constructor(options: ThreadPoolOptions = {}) {
    this.#core = new PoolCore(settingsOf(options), options);
  }

  /** True after `close()` was called. */
  get closed(): boolean {
    return this.#core.closed;
  }

  /** How many threads there are. */
  get threads(): number {
    return this.#core.threads;
  }

  /** How many calls have a thread, those included that were cancelled and have not ended there. */
  get running(): number {
    return this.#core.slots.taken;
  }

  /** How many calls wait for a thread. */
  get waiting(): number {
    return this.#core.slots.waiting;
  }

  /** {@link toThread} in this pool, for a module without types: the arguments as a list, and options. */
  run<T = unknown>(
    module: URL | string,
    exportName: string,
    args?: readonly unknown[],
    options?: ThreadRunOptions,
  ): Coroutine<T>;
  /** {@link toThread} in this pool: the arguments as a list, and options. */
  run<M extends object, K extends FunctionName<M>>(
    module: ThreadModule<M> | URL | string,
    exportName: K,
    args: ThreadArguments<M, K>,
    options?: ThreadRunOptions,
  ): Coroutine<ThreadResult<M, K>>;
  run(
    module: ThreadModule<object> | URL | string,
    exportName: string,
    args: readonly unknown[] = [],
    options: ThreadRunOptions = {},
  ): Coroutine<unknown> {
    checkCall('ThreadPool.run()', module, exportName, args);
    checkRunOptions(options);
    const { transfer = [], graceMs = this.#core.graceMs } = options;
    return callInThread(this.#core, { module: checkedUrl(module), exportName, args, transfer, graceMs });
  }

  /**
   * Ends it: calls that wait or run throw {@link ThreadPoolClosedError}, threads are ended. Done when the last has ended. For
   * calls to end by themselves, wait for them first.
   */
  close(): Coroutine<void> {
    return closePool(this.#core);
  }

  /** `close()`. */
  [Symbol.asyncDispose](): Coroutine<void> {
    return this.close();
  }
}
