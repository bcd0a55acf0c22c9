/** Pins: cancellation is only ever delivered at a suspension point: a loop without await cannot be cancelled. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ advance, attempt, log, now, run }) => {
  const worker = coroutine(function* () {
    yield* sleep(0);
    for (let round = 0; round < 3; round += 1) {
      advance(10_000);
      log('busy', round);
    }
    return 'done';
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    getRunningLoop().callLater(5_000, () => log('cancel', task.cancel()));
    yield* attempt('w', task);
    log(now());
  });
  await run(main());
};

export const async: Program = async ({ advance, attempt, log, now, run }) => {
  const worker = coroutine(async () => {
    await sleep(0);
    for (let round = 0; round < 3; round += 1) {
      advance(10_000);
      log('busy', round);
    }
    return 'done';
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    getRunningLoop().callLater(5_000, () => log('cancel', task.cancel()));
    await attempt('w', task);
    log(now());
  });
  await run(main());
};
