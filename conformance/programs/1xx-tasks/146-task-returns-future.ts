/** Pins: a coroutine that returns a future yields that future object as its result; it is not flattened. */
import { coroutine, createTask, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<string>();
    const give = coroutine(function* () {
      return future;
    });
    const task = createTask(give());
    const result = yield* task;
    log(Object.is(result, future), outcome(future));
    future.cancel();
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<string>();
    const give = coroutine(async () => future);
    const task = createTask(give());
    // The engine awaits what an async function returns, so the future has to be done some day.
    getRunningLoop().callLater(1_000, () => future.setResult('its result'));
    const result = await task;
    log(Object.is(result, future), outcome(future));
    future.cancel();
  });
  await run(main());
};
