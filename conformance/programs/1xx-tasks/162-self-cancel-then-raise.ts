/** Pins: a task that cancels itself and then raises an error ends with that error. */
import { coroutine, createTask } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(function* () {
    me().cancel();
    throw new Boom('wins');
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* attempt('w', task);
    log(task.cancelled(), task.cancelling());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(async () => {
    me().cancel();
    throw new Boom('wins');
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await attempt('w', task);
    log(task.cancelled(), task.cancelling());
  });
  await run(main());
};
