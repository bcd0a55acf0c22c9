/**
 * Every error of the runtime: a stable `code`, words that say what happened, to whom, and what to do. Programs tell
 * errors apart by `code`; names and messages may be reworded.
 */

/** Options of an error: the error it comes from. */
export interface CotaskErrorOptions {
  /** The error it comes from. */
  cause?: unknown;
}

/** The base of every error of cotask and of the packages that stand on it. */
export class CotaskError extends Error {
  /** Stable, starts with `COTASK_`; compare this, not the name and not the message. */
  declare readonly code: string;

  constructor(code: string, message: string | undefined, options?: CotaskErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Who asked for a cancel: a call of `cancel()`, a deadline, a task group that aborts, the end of a run, an outer signal. */
export type CancelSource = 'cancel' | 'deadline' | 'group' | 'shutdown' | 'deadlock' | 'signal';

/**
 * Thrown at the wait of a task that was asked to end (asyncio's `CancelledError`). Clean up in `finally`, which may
 * wait again, and let the error go on; code that catches everything should rethrow it.
 */
export class CancelledError extends CotaskError {
  /** Who asked for it. */
  declare readonly source: CancelSource;
  /** The text given to `cancel()`, where one was given. */
  declare readonly reason: string | null;
  readonly #task: string | number | null;

  constructor(reason?: string | null, source?: CancelSource, task?: string | null);
  /** @internal A number is that of a task which was given no name. */
  constructor(reason: string | null, source: CancelSource, task: string | number | null);
  constructor(reason: string | null = null, source: CancelSource = 'cancel', task: string | number | null = null) {
    super('COTASK_CANCELLED', undefined);
    this.source = source;
    this.reason = reason;
    this.#task = task;
  }

  /** The name of the task that was asked to end, where one was. */
  get task(): string | null {
    return typeof this.#task === 'number' ? `Task-${this.#task}` : this.#task;
  }

  /** Put together only when it is read: nearly nobody reads it, and the words took longer than all else of a cancel. */
  static {
    Object.defineProperty(this.prototype, 'message', {
      configurable: true,
      get(this: CancelledError) {
        return this.reason ?? describeCancel(this.source, this.task);
      },
      set(this: CancelledError, value: unknown) {
        Object.defineProperty(this, 'message', { configurable: true, writable: true, value });
      },
    });
  }
}

function describeCancel(source: CancelSource, task: string | null): string {
  const who = task === null ? 'this wait' : `task "${task}"`;
  if (source === 'deadline') return `${who} was cancelled because a deadline passed`;
  if (source === 'group') return `${who} was cancelled because its task group aborts`;
  if (source === 'shutdown') return `${who} was cancelled because its run ends`;
  if (source === 'signal') return `${who} was cancelled because a signal was aborted`;
  if (source === 'deadlock') return `${who} was cancelled because nothing could wake it any more`;
  return `${who} was cancelled`;
}

/** V8 and JavaScriptCore read it; elsewhere it is a property that nobody looks at. */
const stacks: ErrorConstructor & { stackTraceLimit?: number | undefined } = Error;

/**
 * A `CancelledError` without a stack of its own: the place where a cancel was asked for says little, and a stack costs
 * more than the whole cancel (1.9 µs of 2.6).
 */
export function makeCancelledError(
  reason: string | null,
  source: CancelSource,
  task: string | number | null,
): CancelledError {
  const limit = stacks.stackTraceLimit;
  stacks.stackTraceLimit = 0;
  try {
    return new CancelledError(reason, source, task);
  } finally {
    stacks.stackTraceLimit = limit;
  }
}

/** True for a cancel of ours; the one check to use in a `catch` that lets cancels through. */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}

/** A signal ended the run (Python's `KeyboardInterrupt`); `cause` is the cancel by which the main task ended, if it did. */
export class Interrupted extends CotaskError {
  constructor(message: string, options?: CotaskErrorOptions) {
    super('COTASK_INTERRUPTED', message, options);
  }
}

/** A deadline passed before the work was done. */
export class TimeoutError extends CotaskError {
  constructor(message = 'the deadline passed', options?: CotaskErrorOptions) {
    super('COTASK_TIMEOUT', message, options);
  }
}

/** A future was asked for what its state does not allow: a result it does not have, a second result. */
export class InvalidStateError extends CotaskError {
  constructor(message: string, options?: CotaskErrorOptions) {
    super('COTASK_INVALID_STATE', message, options);
  }
}

/** The API was used in a way that cannot work; the message says what was meant. */
export class MisuseError extends CotaskError {}

/** `Queue.getNowait` found nothing. */
export class QueueEmpty extends CotaskError {
  constructor(message = 'the queue is empty; use get() to wait for an item') {
    super('COTASK_QUEUE_EMPTY', message);
  }
}

/** `Queue.putNowait` found no room. */
export class QueueFull extends CotaskError {
  constructor(message = 'the queue is full; use put() to wait for room') {
    super('COTASK_QUEUE_FULL', message);
  }
}

/** The queue was shut down: nothing more goes in, and what was in it has been taken. */
export class QueueShutDown extends CotaskError {
  constructor(message = 'the queue was shut down') {
    super('COTASK_QUEUE_SHUT_DOWN', message);
  }
}

/** Nothing comes out of the channel any more: every sender was closed, and what was sent has been received. */
export class ChannelClosed extends CotaskError {
  constructor(message = 'every sender of the channel was closed, and what was sent has been received') {
    super('COTASK_CHANNEL_CLOSED', message);
  }
}

/** Nobody will receive what is sent: every receiver of the channel was closed. */
export class ChannelBroken extends CotaskError {
  constructor(message = 'every receiver of the channel was closed') {
    super('COTASK_CHANNEL_BROKEN', message);
  }
}

/** The barrier was broken by `abort()`, or reset while this task waited at it. */
export class BrokenBarrierError extends CotaskError {
  constructor(message = 'the barrier is broken; call reset() before it is used again') {
    super('COTASK_BROKEN_BARRIER', message);
  }
}

/** Every task waits for something that only another waiting task could do; the message is the chain. */
export class DeadlockError extends CotaskError {
  constructor(message: string) {
    super('COTASK_DEADLOCK', message);
  }
}

/** Which errors are meant: those of a class, or those for which a function says so. */
export type ErrorFilter<E> = (abstract new (...args: never[]) => E) | ((error: unknown) => boolean);

/** The two parts of a group of errors; a part without an error is null. */
export interface SplitErrors<Rest> {
  /** The errors that are meant, nested as they were. */
  matched: TaskGroupError | null;
  /** All others, nested as they were. */
  rest: Rest | null;
}

/**
 * The failures of a task group, in the order in which they happened, the body's own last, each once (asyncio's
 * `ExceptionGroup`).
 * Groups nest, and so do their errors; {@link split} and {@link leaves} look into all of them.
 */
export class TaskGroupError extends AggregateError {
  /** Stable; compare this. */
  readonly code = 'COTASK_TASK_GROUP';

  constructor(errors: readonly unknown[], message?: string, options?: CotaskErrorOptions) {
    super(errors, message ?? describeGroup(errors), options);
    this.name = 'TaskGroupError';
  }

  /**
   * Parts it by class, or by what a function says of each error (PEP 654's `split`). The parts keep the nesting, the
   * message, the stack and the cause. A nested group for which the filter itself holds is not looked into.
   */
  split<E>(filter: ErrorFilter<E>): SplitErrors<TaskGroupError> {
    const means = testOf(filter);
    if (means(this)) return { matched: this, rest: null };
    const [matched, rest]: [unknown[], unknown[]] = [[], []];
    for (const error of this.errors as unknown[]) {
      const parts = partsOf(error, means);
      if (parts.matched !== null) matched.push(parts.matched.error);
      if (parts.rest !== null) rest.push(parts.rest.error);
    }
    return { matched: this.#part(matched), rest: matched.length === 0 ? this : this.#part(rest) };
  }

  /** The part of the errors that are meant, or null (PEP 654's `subgroup`). */
  subgroup<E>(filter: ErrorFilter<E>): TaskGroupError | null {
    return this.split(filter).matched;
  }

  /** All errors that are no groups themselves, in their order: of a class, where one is given. */
  leaves(): unknown[];
  leaves<E>(type: abstract new (...args: never[]) => E): E[];
  leaves(type?: abstract new (...args: never[]) => unknown): unknown[] {
    const all = (this.errors as unknown[]).flatMap((error) =>
      error instanceof TaskGroupError ? error.leaves() : [error],
    );
    return type === undefined ? all : all.filter((error) => error instanceof type);
  }

  #part(errors: readonly unknown[]): TaskGroupError | null {
    if (errors.length === 0) return null;
    const part = new TaskGroupError(errors, this.message, 'cause' in this ? { cause: this.cause } : {});
    if (this.stack !== undefined) part.stack = this.stack;
    return part;
  }
}

/**
 * What Python's `except*` does, for a `catch`: the errors that are meant, and what is to be thrown again. A single error
 * that is meant comes as a group of one; one that is not is the rest itself.
 *
 * @example
 * ```ts
 * import { TaskGroupError, splitErrors } from 'cotask';
 *
 * try {
 *   throw new TaskGroupError([new RangeError('too far'), new TypeError('no bread')]);
 * } catch (error) {
 *   const { matched, rest } = splitErrors(error, RangeError);
 *   for (const each of matched?.leaves(RangeError) ?? []) console.log(each.message); // too far
 *   console.log(rest instanceof TaskGroupError); // true: throw it, where it is not null
 * }
 * ```
 */
export function splitErrors<E>(error: unknown, filter: ErrorFilter<E>): SplitErrors<unknown> {
  if (error instanceof TaskGroupError) return error.split(filter);
  return testOf(filter)(error) ? { matched: new TaskGroupError([error]), rest: null } : { matched: null, rest: error };
}

type Part = { readonly error: unknown } | null;

/** The parts of one error of a group. */
function partsOf(error: unknown, means: (error: unknown) => boolean): { matched: Part; rest: Part } {
  if (error instanceof TaskGroupError) {
    const { matched, rest } = error.split(means);
    return { matched: matched && { error: matched }, rest: rest && { error: rest } };
  }
  return means(error) ? { matched: { error }, rest: null } : { matched: null, rest: { error } };
}

function testOf<E>(filter: ErrorFilter<E>): (error: unknown) => boolean {
  if (typeof filter !== 'function')
    throw new MisuseError('COTASK_BAD_OPTION', `errors are parted by a class or a function, got ${typeof filter}`);
  return isClass(filter) ? (error) => error instanceof filter : filter;
}

/** Classes of errors are classes: their prototype is an error's. */
function isClass<E>(filter: ErrorFilter<E>): filter is abstract new (...args: never[]) => E {
  return Object.is(filter, Error) || filter.prototype instanceof Error;
}

/** Everything that `any` waited for failed. */
export class AllFailedError extends AggregateError {
  /** Stable; compare this. */
  readonly code = 'COTASK_ALL_FAILED';

  constructor(errors: readonly unknown[]) {
    super(errors, `none of ${errors.length} gave a value, the first because of ${wordsOf(errors[0])}`);
    this.name = 'AllFailedError';
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function describeGroup(errors: readonly unknown[]): string {
  const words = wordsOf(errors[0]);
  return errors.length === 1
    ? `a task of the group failed: ${words}`
    : `${errors.length} tasks of the group failed, the first with ${words}`;
}
