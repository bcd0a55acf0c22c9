/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `@cotask/node`: what only Node can do. Blocking and computing functions in threads.
 * @module
 */
export { toThread } from './threads/to-thread.ts';
export { ThreadPool } from './threads/thread-pool.ts';
export type { ThreadPoolOptions, ThreadResourceLimits } from './threads/pool-options.ts';
export type { ThreadRunOptions } from './threads/run-options.ts';
export { ThreadModule, threadModule } from './threads/thread-module.ts';
export type { FunctionName, ThreadArguments, ThreadResult } from './threads/signatures.ts';
export {
  ThreadArgumentError,
  ThreadCallError,
  ThreadExitError,
  ThreadExportError,
  ThreadMemoryError,
  ThreadModuleError,
  ThreadPoolClosedError,
  ThreadQueueFullError,
  ThreadResultError,
} from './threads/errors.ts';
export type { ThreadCallFacts } from './threads/errors.ts';
