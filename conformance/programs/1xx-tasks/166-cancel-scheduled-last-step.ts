/** Pins: a task whose final step is already queued can still be cancelled. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const worker = coroutine(function* () {
    yield* sleep(0);
    return 'finished';
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    // Then its last step is in the ready list.
    yield* sleep(0);
    log(task.cancel());
    yield* attempt('w', task);
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const worker = coroutine(async () => {
    await sleep(0);
    return 'finished';
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    // Then its last step is in the ready list.
    await sleep(0);
    log(task.cancel());
    await attempt('w', task);
  });
  await run(main());
};
