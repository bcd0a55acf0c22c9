/** Pins: wait_for returns the result when it arrives in time and leaves no timer behind. */
import { coroutine, createTask, getRunningLoop, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const worker = coroutine(function* () {
    yield* sleep(1_000);
    return 'r';
  });
  const main = coroutine(function* () {
    log(yield* waitFor(worker(), 5_000), now());
    const task = createTask(worker());
    log(yield* waitFor(task, 5_000), now());
    const future = getRunningLoop().createFuture<string>();
    getRunningLoop().callLater(1_000, () => future.setResult('f'));
    log(yield* waitFor(future, 5_000), now());
    yield* sleep(10_000);
    log(now());
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const worker = coroutine(async () => {
    await sleep(1_000);
    return 'r';
  });
  const main = coroutine(async () => {
    log(await waitFor(worker(), 5_000), now());
    const task = createTask(worker());
    log(await waitFor(task, 5_000), now());
    const future = getRunningLoop().createFuture<string>();
    getRunningLoop().callLater(1_000, () => future.setResult('f'));
    log(await waitFor(future, 5_000), now());
    await sleep(10_000);
    log(now());
  });
  await run(main());
};
