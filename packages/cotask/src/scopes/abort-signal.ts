/** Scopes and the platform's signals, both ways: a scope that a signal ends, and the signal of a scope. */
import { CotaskError, MisuseError } from '../errors.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { requestCancel, signalOf } from '../tasks/cancel.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { currentScope } from '../tasks/current.ts';
import { InnerScope } from '../tasks/scope.ts';
import { openInnerScope, refuseBadBody, refuseBadScopeOptions, runTranslated } from './in-scope.ts';
import type { ScopeHandle, ScopeOptions } from './in-scope.ts';
import { listen } from './listen.ts';

/** An `AbortSignal`, or what is like one. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Calls `call` when the signal is aborted, and returns how to stop that. However many watch one signal, it has one listener.
 * It is not called for a signal that is aborted already.
 */
export function onAbort(signal: AbortSignalLike, call: () => void): () => void {
  return listen(signal, 'abort', () => call());
}

/** What work that a signal has ended throws: the signal's reason, or where that is no error, `COTASK_ABORTED` with it as cause. */
export function abortError(signal: AbortSignalLike): Error {
  const { reason } = signal;
  return reason instanceof Error
    ? reason
    : new CotaskError('COTASK_ABORTED', 'the signal was aborted', { cause: reason });
}

const signalScope = coroutine(function* abortSignal<T>(
  signal: AbortSignalLike,
  body: (scope: ScopeHandle) => Body<T>,
  { graceMs }: ScopeOptions,
): GeneratorBody<T> {
  if (signal.aborted) throw abortError(signal);
  const scope = openInnerScope('abortSignal()', (owner, around) => new InnerScope(owner, around, graceMs));
  const end = onAbort(signal, () => void requestCancel(scope, 'signal', null));
  const handle = {
    get signal() {
      return signalOf(scope);
    },
  };
  return yield* runTranslated(scope, body, handle, { end, translated: () => abortError(signal) });
});

/**
 * The signal of the innermost scope that the caller is in, for foreign code: aborted when that scope, one around it or the
 * task is cancelled. Read it where it is needed: after a delivery the next read gives a fresh one.
 * @throws {MisuseError} `COTASK_NOT_IN_A_TASK` outside any task.
 */
export function abortSignal(): AbortSignal;
/**
 * Runs `body` and cancels it when `signal` is aborted; then throws the signal's reason, or where that is no error, a
 * `CotaskError` with it as `cause`. A signal that is aborted already begins nothing.
 *
 * **Details** A value that is there when the signal is aborted wins. A body that was cancelled by the signal and ends
 * without an error was aborted all the same. Any number of scopes may hang on one signal: they share one listener.
 *
 * @example
 * ```ts
 * import { abortSignal, coroutine, run, sleep } from 'cotask';
 *
 * const controller = new AbortController();
 * const main = coroutine(async () => {
 *   await abortSignal(controller.signal, () => sleep(60_000));
 * });
 * const running = run(main());
 * controller.abort(new Error('the user has left'));
 * await running.catch((error) => console.log(error.message)); // the user has left
 * ```
 * @throws the reason of the signal; `COTASK_ABORTED` where that is no error.
 * @throws {MisuseError} `COTASK_BAD_OPTION` before anything runs.
 */
export function abortSignal<T>(
  signal: AbortSignalLike,
  body: (scope: ScopeHandle) => GeneratorBody<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function abortSignal<T>(
  signal: AbortSignalLike,
  body: (scope: ScopeHandle) => PromiseLike<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function abortSignal<T>(
  signal: AbortSignalLike,
  body: (scope: ScopeHandle) => Body<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function abortSignal<T>(
  signal?: AbortSignalLike,
  body?: (scope: ScopeHandle) => Body<T>,
  options: ScopeOptions = {},
): AbortSignal | Coroutine<T> {
  if (signal === undefined && body === undefined) return signalOfCaller();
  refuseBadSignal('abortSignal()', signal);
  refuseBadScopeOptions('abortSignal()', options);
  refuseBadBody('abortSignal()', body, 'abortSignal(signal, async () => { … })');
  return signalScope(signal, body, options);
}

function signalOfCaller(): AbortSignal {
  const scope = currentScope();
  if (scope === null)
    throw new MisuseError('COTASK_NOT_IN_A_TASK', 'abortSignal() is the signal of a task: call it in a coroutine');
  return signalOf(scope);
}

/** @internal */
export function refuseBadSignal(what: string, signal: unknown): asserts signal is AbortSignalLike {
  if (typeof signal === 'object' && signal !== null && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new MisuseError('COTASK_BAD_OPTION', `${what} takes an AbortSignal, got ${typeof signal}`);
}
