/** Pins: a task that raises CancelledError on its own ends as cancelled, with cancelling() 0. */
import { CancelledError, coroutine, createTask } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const worker = coroutine(function* () {
    throw new CancelledError('by hand');
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* attempt('w', task);
    log(task.cancelled(), task.cancelling());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const worker = coroutine(async () => {
    throw new CancelledError('by hand');
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await attempt('w', task);
    log(task.cancelled(), task.cancelling());
  });
  await run(main());
};
