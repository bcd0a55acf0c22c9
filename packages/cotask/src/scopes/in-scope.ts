/**
 * Opening a scope around a body. The body is resumed here, in the scope's own context, so that every wait of it belongs
 * to the scope, whichever gear it is written in and however deep it calls.
 */
import { CancelledError, MisuseError } from '../errors.ts';
import { refuseBadGrace, refuseUnknownOptions } from '../options.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { deliveredBy, endScope } from '../tasks/cancel.ts';
import { context, current, currentScope } from '../tasks/current.ts';
import { asyncGenerator, checkedBody, iteratorOf, throwInto } from '../tasks/gears/generator.ts';
import type { Wait } from '../tasks/park.ts';
import { requestCount } from '../tasks/scope.ts';
import type { CancelRequest, Scope } from '../tasks/scope.ts';
import type { Task } from '../tasks/task.ts';

/** Options of a scope. */
export interface ScopeOptions {
  /**
   * How long, in milliseconds, the body may go on after a cancel that it has swallowed; from then on every wait inside the
   * scope ends with the cancel. By default as the scope around it says, or the run; else for ever.
   */
  graceMs?: number;
}

/** Refuses options of a scope that it does not know, before anything begins. */
export function refuseBadScopeOptions(what: string, options: ScopeOptions, more: readonly string[] = []): void {
  refuseUnknownOptions(what, options, ['graceMs', ...more]);
  refuseBadGrace(what, options.graceMs);
}

/** What runs in a scope: an async function or a generator function that is given the scope's handle. */
export type ScopeBody<Handle, T> = (handle: Handle) => Body<T>;

/** A scope, as its body sees it. */
export interface ScopeHandle {
  /** Aborted when the scope is cancelled: for foreign code that takes a signal. Read it where it is needed. */
  readonly signal: AbortSignal;
}

/** Refuses what cannot be the body of a scope, before anything begins. */
export function refuseBadBody(what: string, body: unknown, right: string): asserts body is Function {
  if (typeof body !== 'function') {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `${what} takes an async function or a function* as its body, got ${typeof body}: write ${right}`,
    );
  }
  if (Object.prototype.toString.call(body) === '[object AsyncGeneratorFunction]') throw asyncGenerator();
}

/** Opens a scope of a kind inside the one that runs now. */
export function openInnerScope<S extends Scope>(what: string, make: (owner: Task<unknown>, around: Scope) => S): S {
  const around = currentScope();
  if (around === null)
    throw new MisuseError(
      'COTASK_NOT_IN_A_TASK',
      `${what} needs a task around it: call it in a coroutine, under run()`,
    );
  const scope = make(around.owner, around);
  scope.frame = context.captureWith(scope);
  return scope;
}

/** Resumes a body in a scope until it ends; each wait that it hands over is marked as this scope's. */
export function* runInScope<Handle, T>(scope: Scope, body: ScopeBody<Handle, T>, handle: Handle): GeneratorBody<T> {
  const frame = scope.frame ?? context.capture();
  const began: Body<T> = frame.runInAsyncScope(callBody<Handle, T>, undefined, body, handle);
  const iterator: Iterator<Wait, T, unknown> = frame.runInAsyncScope(iteratorOf<T>, undefined, began);
  let result: IteratorResult<Wait, T> = frame.runInAsyncScope(advance<T>, undefined, iterator);
  while (result.done !== true) {
    let thrown: { error: unknown } | null = null;
    try {
      current.yieldedFrom ??= scope;
      yield result.value;
    } catch (error) {
      thrown = { error };
    }
    result =
      thrown === null
        ? frame.runInAsyncScope(advance<T>, undefined, iterator)
        : frame.runInAsyncScope(throwInto<T>, undefined, iterator, thrown.error);
  }
  return result.value;
}

/** What becomes of a scope's own cancel. */
export interface Translation {
  /** Ends what could still cancel the scope. */
  end(): void;
  /** The error that stands for the scope's own cancel; `cause` is what the body threw, where it threw. */
  translated(cause: unknown): unknown;
}

/**
 * Runs a body in a scope and turns the scope's own cancel into another error; one from around it goes through. A body
 * that ends without an error after its cancel was delivered has been cancelled all the same.
 */
export function* runTranslated<Handle, T>(
  scope: Scope,
  body: ScopeBody<Handle, T>,
  handle: Handle,
  way: Translation,
): GeneratorBody<T> {
  let value: T;
  try {
    value = yield* runInScope(scope, body, handle);
  } catch (error) {
    const cancel = cancelOf(scope, error);
    leave(scope, way);
    if (cancel === null) throw error;
    if (!scope.delivered) throw cancel;
    throw requestedAround(scope) ? outerError(scope, cancel) : way.translated(error);
  }
  leave(scope, way);
  if (scope.delivered && !requestedAround(scope)) throw way.translated(undefined);
  return value;
}

function leave(scope: Scope, way: Translation): void {
  way.end();
  endScope(scope);
}

function callBody<Handle, T>(body: ScopeBody<Handle, T>, handle: Handle): Body<T> {
  const driver = current.driver;
  current.driver = null;
  try {
    return checkedBody(body(handle));
  } finally {
    current.driver = driver;
  }
}

function advance<T>(iterator: Iterator<Wait, T, unknown>): IteratorResult<Wait, T> {
  return iterator.next();
}

/** True when a scope around this one has had a request since this one was entered, and it was not taken back. */
export function requestedAround(scope: Scope): boolean {
  return scope.parent !== null && scope.entry !== null && requestCount(scope.parent) > scope.entry.countAround;
}

/** The cancel that `error` is: ours, or foreign code's answer to the signal of a request under way; null for other errors. */
export function cancelOf(scope: Scope, error: unknown): CancelledError | null {
  return error instanceof CancelledError ? error : deliveredBy(scope, error);
}

/**
 * The error of the first request that was made around a scope since it was entered; the scope's own goes along as `cause`.
 */
export function outerError(scope: Scope, own: CancelledError): CancelledError {
  const requests = requestsAround(scope);
  const [first] = requests;
  if (first === undefined || requests.some((request) => request.error === own)) return own;
  if (first.error.cause === undefined) first.error.cause = own;
  return first.error;
}

/** The requests that were made around a scope since it was entered and not taken back, in the order in which they came. */
export function requestsAround(scope: Scope): CancelRequest[] {
  const since = scope.entry?.newest ?? 0;
  const found: CancelRequest[] = [];
  for (let around = scope.parent; around !== null && around.shield === null; around = around.parent) {
    if (around.count === 0) continue;
    for (let request = around.last; request !== null && request.serial > since; request = request.earlier) {
      if (!request.withdrawn) found.push(request);
    }
  }
  return found.toSorted((a, b) => a.serial - b.serial);
}
