/** Pins: cancelling a sleep cancels its timer, so the clock does not move to the old deadline. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const main = coroutine(function* () {
    const task = createTask(sleep(100_000));
    yield* sleep(1_000);
    task.cancel();
    yield* attempt('sleep', task);
    log(now());
    yield* sleep(1_000);
    log(now());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const main = coroutine(async () => {
    const task = createTask(sleep(100_000));
    await sleep(1_000);
    task.cancel();
    await attempt('sleep', task);
    log(now());
    await sleep(1_000);
    log(now());
  });
  await run(main());
};
