/** Pins: cancel() adds one to cancelling(), uncancel() takes one off and never goes below zero; swallowing does not change it. */
import { coroutine, createTask, isCancelled, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(function* () {
    const task = me();
    for (let round = 0; round < 2; round += 1) {
      try {
        yield* sleep(100_000);
      } catch (error) {
        if (!isCancelled(error)) throw error;
        log('caught', round, 'cancelling', task.cancelling());
      }
    }
    log('uncancel ->', task.uncancel(), task.uncancel(), task.uncancel());
    return 'ok';
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* sleep(0);
    task.cancel();
    log(task.cancelling());
    yield* sleep(0);
    task.cancel();
    log(task.cancelling());
    yield* attempt('w', task);
    log(task.cancelled(), task.cancelling());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(async () => {
    const task = me();
    for (let round = 0; round < 2; round += 1) {
      try {
        await sleep(100_000);
      } catch (error) {
        if (!isCancelled(error)) throw error;
        log('caught', round, 'cancelling', task.cancelling());
      }
    }
    log('uncancel ->', task.uncancel(), task.uncancel(), task.uncancel());
    return 'ok';
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await sleep(0);
    task.cancel();
    log(task.cancelling());
    await sleep(0);
    task.cancel();
    log(task.cancelling());
    await attempt('w', task);
    log(task.cancelled(), task.cancelling());
  });
  await run(main());
};
