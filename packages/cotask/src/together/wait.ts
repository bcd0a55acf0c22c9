/** Waits until some or all of several tasks are done, and cancels none (asyncio's `wait`). */
import { MisuseError } from '../errors.ts';
import { shown } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { Future } from '../tasks/future.ts';
import type { Relay, Waiter } from '../tasks/park.ts';
import { hasError } from '../tasks/state.ts';
import { readArguments } from './read-arguments.ts';

/** When `wait` returns. A cancelled task is no failed one. */
export type ReturnWhen = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION';
/** Wait until all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED';
/** Wait until one is done. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** Wait until one has failed, or all are done. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';

/** Options of `wait`. */
export interface WaitOptions {
  /** Return after so many milliseconds at the latest; nothing is cancelled and nothing thrown. */
  timeout?: number;
  /** `'ALL_COMPLETED'` by default. */
  returnWhen?: ReturnWhen;
}

/** What `wait` gives: the futures that are done and the others, each in the order of the call. */
export interface WaitResult<F> {
  /** Those that are done. */
  done: Set<F>;
  /** Those that are not. */
  pending: Set<F>;
}

const waitBody = coroutine(function* wait<F extends Future<unknown>>(
  futures: readonly F[],
  options: WaitOptions,
): GeneratorBody<WaitResult<F>> {
  const loop = getEventLoop();
  const enough = new Future<void>({ loop, label: `${describe(options.returnWhen)} of ${futures.length} tasks` });
  const release = (): boolean => {
    if (!enough.done()) enough.setResult();
    return true;
  };
  let left = futures.length;
  const ended = (future: F): boolean => {
    left -= 1;
    return left === 0 ||
      options.returnWhen === 'FIRST_COMPLETED' ||
      (options.returnWhen === 'FIRST_EXCEPTION' && future.phase === hasError)
      ? release()
      : true;
  };
  const relay: Relay = { label: enough.label, passesErrors: false, waiterList: () => enough.waiterList() };
  const watchers = futures.map((future) => watch(loop, relay, future, () => ended(future)));
  const timer = options.timeout === undefined ? null : loop.callLater(options.timeout, release);
  try {
    yield* enough;
  } finally {
    timer?.cancel();
    futures.forEach((future, i) => forget(future, watchers[i]));
  }
  const isDone = (future: F): boolean => future.done();
  return { done: new Set(futures.filter(isDone)), pending: new Set(futures.filter((future) => !isDone(future))) };
});

function watch(loop: EventLoop, relay: Relay, future: Future<unknown>, ended: () => boolean): Waiter {
  const waiter: Waiter = { looks: false, relay, wake: () => loop.ready({ owner: null, run: ended }) };
  if (future.done()) waiter.wake(future);
  else future.addWaiter(waiter);
  return waiter;
}

function forget(future: Future<unknown>, waiter: Waiter | undefined): void {
  if (waiter !== undefined && !future.done()) future.removeWaiter(waiter);
}

function describe(returnWhen: ReturnWhen | undefined): string {
  if (returnWhen === 'FIRST_COMPLETED') return 'the first';
  return returnWhen === 'FIRST_EXCEPTION' ? 'the first failure' : 'all';
}

/**
 * Waits until all of `futures` are done, or the first, or the first that failed. It never cancels, and a timeout is no
 * error. Takes tasks and futures: a coroutine is refused, because what became of it could not be told afterwards.
 * @throws {MisuseError} `COTASK_BAD_OPTION` for an empty list, anything but futures, an unknown option.
 */
export function wait<F extends Future<unknown>>(futures: Iterable<F>, options?: WaitOptions): Coroutine<WaitResult<F>>;
export function wait<F extends Future<unknown>>(...futures: readonly F[]): Coroutine<WaitResult<F>>;
export function wait<F extends Future<unknown>>(...args: readonly unknown[]): Coroutine<WaitResult<F>> {
  const { list, options } = readArguments<WaitOptions>('wait()', args, ['timeout', 'returnWhen'], {});
  const futures = [...new Set(list)];
  if (futures.length === 0) throw new MisuseError('COTASK_BAD_OPTION', 'wait() needs at least one task');
  refuseBadOptions(options);
  return waitBody<F>(futures.map(asFuture<F>), options);
}

function asFuture<F extends Future<unknown>>(item: unknown): F {
  if (item instanceof Future) return item as F;
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    'wait() takes tasks and futures: make tasks of coroutines first, with createTask()',
  );
}

function refuseBadOptions(options: WaitOptions): void {
  const { timeout, returnWhen = 'ALL_COMPLETED' } = options;
  if (timeout !== undefined && (typeof timeout !== 'number' || Number.isNaN(timeout))) {
    throw new MisuseError('COTASK_BAD_TIME', `wait() takes a timeout in milliseconds, got ${shown(timeout)}`);
  }
  const known: readonly ReturnWhen[] = [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION];
  if (!known.includes(returnWhen)) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `wait() does not know returnWhen: ${String(returnWhen)}; it is one of ${known.join(', ')}`,
    );
  }
}
