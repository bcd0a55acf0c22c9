/** A deadline around one awaitable (asyncio's `wait_for`). */
import { MisuseError, TimeoutError } from '../errors.ts';
import { shown } from '../options.ts';
import type { Awaitable, GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { toAwaitable } from '../tasks/ensure-future.ts';
import { Future } from '../tasks/future.ts';
import { timeout } from './timeout.ts';

const waitForBody = coroutine(function* waitFor<T>(awaitable: Awaitable<T>, ms: number | null): GeneratorBody<T> {
  if (ms === null) return yield* awaitable;
  return yield* ms > 0 ? within(ms, awaitable) : atOnce(awaitable);
});

/** No time at all: a result that is there, or a cancel; a coroutine is not begun. */
function* atOnce<T>(awaitable: Awaitable<T>): GeneratorBody<T> {
  if (!(awaitable instanceof Future))
    throw new TimeoutError('there was no time to begin in (waitFor with 0 ms or less)');
  if (awaitable.done()) return awaitable.result();
  return yield* within(0, awaitable);
}

function within<T>(ms: number, awaitable: Awaitable<T>): Awaitable<T> {
  return timeout(ms, function* () {
    return yield* awaitable;
  });
}

/**
 * Waits for one awaitable, and cancels it when `ms` milliseconds have passed; `null` waits for ever. With 0 and less a
 * future that is done gives its result, and anything else is cancelled.
 * @throws {TimeoutError} when the time was over first.
 */
export function waitFor<T>(awaitable: Awaitable<T> | PromiseLike<T>, ms: number | null): Coroutine<T> {
  if (ms !== null && (typeof ms !== 'number' || Number.isNaN(ms))) {
    throw new MisuseError('COTASK_BAD_TIME', `waitFor() takes milliseconds or null, got ${shown(ms)}`);
  }
  return waitForBody(toAwaitable('waitFor()', awaitable), ms);
}
