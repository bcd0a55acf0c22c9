/** Pins: wait_for(shield(task)) times out without cancelling the task. */
import { coroutine, createTask, shield, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, outcome, run }) => {
  const work = coroutine(function* () {
    yield* sleep(3_000);
    return 'finished';
  });
  const main = coroutine(function* () {
    const task = createTask(work());
    yield* attempt('wait_for', waitFor(shield(task), 1_000));
    log(now(), outcome(task));
    log(yield* task, now());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, now, outcome, run }) => {
  const work = coroutine(async () => {
    await sleep(3_000);
    return 'finished';
  });
  const main = coroutine(async () => {
    const task = createTask(work());
    await attempt('wait_for', waitFor(shield(task), 1_000));
    log(now(), outcome(task));
    log(await task, now());
  });
  await run(main());
};
