/** Pins: a task that cancels itself (or is cancelled during its last step) and returns without suspending ends as cancelled. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(function* () {
    yield* sleep(0);
    me().cancel('late');
    return 'value is lost';
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    yield* attempt('w', task);
    log(task.cancelled());
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, run }) => {
  const worker = coroutine(async () => {
    await sleep(0);
    me().cancel('late');
    return 'value is lost';
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    await attempt('w', task);
    log(task.cancelled());
  });
  await run(main());
};
