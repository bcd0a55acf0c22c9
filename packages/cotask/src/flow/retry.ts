/** Work that is tried again when it fails. */
import { CancelledError, MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import { timeout } from '../scopes/timeout.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { call } from '../tasks/call.ts';
import type { Returned } from '../tasks/call.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { currentScope } from '../tasks/current.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { requestCount } from '../tasks/scope.ts';
import { sleep } from '../tasks/sleep.ts';
import { exponentialBackoff } from './backoff.ts';
import type { Backoff } from './backoff.ts';

/** Options of `retry`. */
export interface RetryOptions {
  /** How often it is tried at most, the first time included: 3 by default; `Infinity` has no end of its own. */
  attempts?: number;
  /** The pause between two attempts, in milliseconds, or what computes it; `exponentialBackoff()` by default. */
  delay?: number | Backoff;
  /**
   * Whether this error is worth another attempt; by default all are but mistakes of the program (`MisuseError`). Cancels
   * never are, and are not asked about.
   */
  retryIf?: (error: unknown, attempt: number) => boolean;
  /** Milliseconds for all attempts and pauses together. */
  deadline?: number | null;
  /** Is told of each failure that another attempt follows, and of the pause before it. */
  onRetry?: (error: unknown, attempt: number, delay: number) => void;
}

type Attempt = (attempt: number) => unknown;

interface Plan {
  readonly fn: Attempt;
  readonly attempts: number;
  readonly delay: Backoff;
  readonly deadline: number | null;
  readonly retryIf: NonNullable<RetryOptions['retryIf']>;
  readonly onRetry: NonNullable<RetryOptions['onRetry']>;
}

const retryBody = coroutine(function* retry(plan: Plan): GeneratorBody<unknown> {
  const { deadline } = plan;
  if (deadline === null) return yield* attempts(plan, Infinity);
  const until = getEventLoop().time() + deadline;
  return yield* timeout(deadline, () => attempts(plan, until));
});

function* attempts(plan: Plan, until: number): GeneratorBody<unknown> {
  const before = requests();
  for (let attempt = 1; ; attempt += 1) {
    let pause: number;
    try {
      return yield* call(plan.fn, attempt);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      if (attempt >= plan.attempts || !plan.retryIf(error, attempt)) throw error;
      // A cancel that is still due comes here: it goes before the error of an attempt that was not to be the last.
      if (requests() > before) yield* sleep(0);
      if (requests() > before) throw error;
      pause = pauseAfter(plan, attempt, error);
      if (getEventLoop().time() + pause >= until) throw error;
      plan.onRetry(error, attempt, pause);
    }
    yield* sleep(pause);
  }
}

function pauseAfter({ delay }: Plan, attempt: number, error: unknown): number {
  const pause: unknown = delay(attempt, error);
  if (typeof pause === 'number' && !Number.isNaN(pause)) return pause;
  throw new MisuseError(
    'COTASK_BAD_TIME',
    `the "delay" of retry() gives milliseconds, after attempt ${attempt} it gave ${String(pause)}`,
    { cause: error },
  );
}

/** A task that was asked to end begins no other attempt, whatever the attempt made of that. */
function requests(): number {
  const scope = currentScope();
  return scope === null ? 0 : requestCount(scope);
}

/**
 * Calls `fn` until it succeeds, and gives its value. It is given the number of the attempt, from 1. A cancel ends it at
 * once, in an attempt or in a pause; a `timeout` around it holds for all attempts.
 *
 * **Details** The error of the last attempt comes out as it is: code that catches it need not know that it was retried.
 * `onRetry` hears of those before. So it does when the pause would last beyond `deadline`; an attempt that is under way
 * when the deadline passes is cancelled.
 *
 * @example
 * ```ts
 * import { coroutine, exponentialBackoff, retry, run } from 'cotask';
 *
 * const flaky = async (attempt: number) => {
 *   if (attempt < 3) throw new Error(`attempt ${attempt} failed`);
 *   return `attempt ${attempt} succeeded`;
 * };
 * const main = coroutine(async () => retry(flaky, { attempts: 5, delay: exponentialBackoff({ initial: 1 }) }));
 * console.log(await run(main())); // attempt 3 succeeded
 * ```
 * @throws the error of the last attempt; {@link TimeoutError} when the deadline passed in an attempt.
 * @throws {MisuseError} `COTASK_BAD_OPTION`, `COTASK_BAD_TIME` before anything is tried.
 */
export function retry<F>(fn: (attempt: number) => F, options?: RetryOptions): Coroutine<Returned<F>>;
export function retry(fn: Attempt, options: RetryOptions = {}): Coroutine<unknown> {
  refuseUnknownOptions('retry()', options, ['attempts', 'delay', 'retryIf', 'deadline', 'onRetry']);
  const { attempts: most = 3, delay = exponentialBackoff(), deadline = null } = options;
  const { retryIf = isNoMistake, onRetry = () => {} } = options;
  if (most !== Infinity && !(Number.isSafeInteger(most) && most > 0)) {
    throw bad(`"attempts" of 1 and more or Infinity, got ${shown(most)}`);
  }
  for (const [name, value] of Object.entries({ fn, retryIf, onRetry })) {
    if (typeof value !== 'function') throw bad(`a function as "${name}", got ${typeof value}`);
  }
  if (typeof delay !== 'function') refuseBadTime('delay', delay);
  if (deadline !== null) refuseBadTime('deadline', deadline);
  const backoff = typeof delay === 'function' ? delay : () => delay;
  return retryBody({ fn, attempts: most, delay: backoff, deadline, retryIf, onRetry });
}

function isNoMistake(error: unknown): boolean {
  return !(error instanceof MisuseError);
}

function bad(takes: string): MisuseError {
  return new MisuseError('COTASK_BAD_OPTION', `retry() takes ${takes}`);
}

function refuseBadTime(name: string, ms: unknown): void {
  if (typeof ms === 'number' && ms >= 0) return;
  throw new MisuseError('COTASK_BAD_TIME', `retry() takes milliseconds as "${name}", got ${shown(ms)}`);
}
