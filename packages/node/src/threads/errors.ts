/** Every error of calls in threads. What a function throws there is thrown here as it is (`thrown.ts`). */
import { CotaskError } from 'cotask';
import type { CotaskErrorOptions } from 'cotask';

/** Which function of which module was called. */
export interface ThreadCallFacts {
  /** The URL of the module; of a `data:` URL the beginning. */
  readonly module: string;
  /** The name of its export. */
  readonly exportName: string;
}

const shownLength = 60;

/** A `data:` URL is the module's whole text: its beginning is enough. */
function shortened(module: string): string {
  return module.startsWith('data:') && module.length > shownLength ? `${module.slice(0, shownLength)}…` : module;
}

/** A call in words: `digest of file:///srv/hash.ts`. */
export function describeCall({ module, exportName }: ThreadCallFacts): string {
  return `${exportName} of ${shortened(module)}`;
}

/** The base of what can go wrong with a call in a thread, beside what the function itself throws. */
export class ThreadCallError extends CotaskError implements ThreadCallFacts {
  readonly module: string;
  readonly exportName: string;

  constructor(code: string, call: ThreadCallFacts, message: string, options?: CotaskErrorOptions) {
    super(code, `${describeCall(call)}: ${message}`, options);
    this.module = shortened(call.module);
    this.exportName = call.exportName;
  }
}

/** An argument cannot be copied into a thread: it is, or holds, a function, a promise or the like. No thread was asked. */
export class ThreadArgumentError extends ThreadCallError {
  constructor(call: ThreadCallFacts, found: string, options?: CotaskErrorOptions) {
    const words = `${found}, which cannot be copied into a thread; pass data, and name the function that works on it`;
    super('COTASK_THREAD_ARGUMENT', call, words, options);
  }
}

/** What the function returned cannot be copied out of its thread. The function has run. */
export class ThreadResultError extends ThreadCallError {
  constructor(call: ThreadCallFacts, found: string, options?: CotaskErrorOptions) {
    super('COTASK_THREAD_RESULT', call, `${found}, which cannot be copied out of a thread; return data`, options);
  }
}

/** The module could not be loaded in the thread: it is not there, does not parse, or failed as it ran; `cause` says why. */
export class ThreadModuleError extends ThreadCallError {
  constructor(call: ThreadCallFacts, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super('COTASK_THREAD_MODULE', call, `the module could not be loaded in a thread: ${why}`, { cause });
  }
}

/** The module has no export of that name, or one that is no function. */
export class ThreadExportError extends ThreadCallError {
  constructor(call: ThreadCallFacts, found: string) {
    super('COTASK_THREAD_EXPORT', call, found);
  }
}

/** The thread ended before the function did: by `process.exit`, or by an error that nobody caught, the `cause`. */
export class ThreadExitError extends ThreadCallError {
  /** The thread's exit code, where it ended by one. */
  readonly exitCode: number | null;

  constructor(call: ThreadCallFacts, exitCode: number | null, options?: CotaskErrorOptions) {
    const how = exitCode === null ? 'an error that nobody caught' : `process.exit(${exitCode})`;
    super('COTASK_THREAD_EXIT', call, `the thread ended, by ${how}, before the function did`, options);
    this.exitCode = exitCode;
  }
}

/** The thread used more memory than its `resourceLimits` allow, and was ended. */
export class ThreadMemoryError extends ThreadCallError {
  constructor(call: ThreadCallFacts, cause: unknown) {
    const words =
      'the thread ran out of memory and was ended; raise maxOldGenerationSizeMb in resourceLimits, or pass less at once';
    super('COTASK_THREAD_MEMORY', call, words, { cause });
  }
}

/** The pool was closed before the call, or while it waited or ran. */
export class ThreadPoolClosedError extends ThreadCallError {
  constructor(call: ThreadCallFacts) {
    super('COTASK_THREAD_POOL_CLOSED', call, 'the thread pool is closed');
  }
}

/** As many calls as `maxWaiting` allows wait for a thread already. */
export class ThreadQueueFullError extends ThreadCallError {
  constructor(call: ThreadCallFacts, limit: number) {
    const words = `${limit} calls wait for a thread already, as many as maxWaiting allows; begin fewer at once`;
    super('COTASK_THREAD_QUEUE_FULL', call, words);
  }
}
