/** Calls in threads that all share. */
import type { Coroutine } from 'cotask';
import { callInThread } from './call-in-thread.ts';
import { PoolCore } from './pool-core.ts';
import { settingsOf } from './pool-options.ts';
import { checkCall } from './run-options.ts';
import type { FunctionName, ThreadArguments, ThreadResult } from './signatures.ts';
import { checkedUrl, type ThreadModule } from './thread-module.ts';

let shared: PoolCore | null = null;

/** Made by the first call; its threads end by themselves when they are idle. */
function sharedCore(): PoolCore {
  return (shared ??= new PoolCore({ ...settingsOf({}), label: 'toThread' }, {}));
}

/** {@link toThread} for a module without types. */
export function toThread<T = unknown>(module: URL | string, exportName: string, ...args: unknown[]): Coroutine<T>;
/**
 * Calls a function in a thread and waits for its result, while this thread's loop goes on (asyncio's `to_thread`). For
 * functions that block or compute: parsers, hashes, compression, synchronous libraries.
 *
 * Threads share no objects, so the function is named, by the URL of its module (`new URL('./hash.ts', import.meta.url)`,
 * `import.meta.resolve('a-package')`, `'node:zlib'`) and its export; the arguments and the result are copied, as by
 * `structuredClone`. The module is loaded once in each thread. An async function is awaited there. With a
 * {@link threadModule}, or `toThread<typeof import('./hash.ts'), 'digest'>(…)`, the compiler knows the export.
 *
 * **Details** The threads are shared by all calls: as many as there are processors, 2 at least. A call that finds none
 * free waits, first come, first served. A cancel withdraws a call that waits; the thread of one that runs is ended, and
 * another takes its place. Neither waits for anything. {@link ThreadPool} has other bounds, transfers and a grace for
 * functions that can end by themselves.
 *
 * @example
 * ```ts
 * import { coroutine, run, timeout } from 'cotask';
 * import { threadModule, toThread } from '@cotask/node';
 *
 * const crypto = threadModule<typeof import('node:crypto')>('node:crypto');
 *
 * const main = coroutine(async () => {
 *   const key = await timeout(10_000, async () => await toThread(crypto, 'pbkdf2Sync', 'secret', 'salt', 1000, 32, 'sha256'));
 *   console.log(key.length); // 32
 * });
 * await run(main());
 * ```
 * @throws what the function throws: with its name, message, code, cause and stack, but of a class of the language's own.
 * @throws {MisuseError} `COTASK_THREAD_URL` at once, for a relative path or the name of a package.
 * @throws {ThreadArgumentError} for an argument that cannot be copied, as a function; no thread was asked.
 * @throws {ThreadModuleError}, {@link ThreadExportError}, {@link ThreadResultError}, {@link ThreadExitError},
 * {@link ThreadMemoryError}.
 */
export function toThread<M extends object, K extends FunctionName<M>>(
  module: ThreadModule<M> | URL | string,
  exportName: K,
  ...args: ThreadArguments<M, K>
): Coroutine<ThreadResult<M, K>>;
export function toThread(
  module: ThreadModule<object> | URL | string,
  exportName: string,
  ...args: unknown[]
): Coroutine<unknown> {
  checkCall('toThread()', module, exportName, args);
  return callInThread(sharedCore(), { module: checkedUrl(module), exportName, args, transfer: [], graceMs: 0 });
}
