/** Pins: the eager part already runs in the task's own copy of the context. */
import { coroutine, createTask, eagerTaskFactory, getRunningLoop, taskLocal } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const v = taskLocal<string>({ name: 'v', default: 'main' });

  const work = coroutine(function* () {
    v.set('child');
  });

  const main = coroutine(function* () {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    createTask(work());
    log(v.get());
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const v = taskLocal<string>({ name: 'v', default: 'main' });

  const work = coroutine(async () => {
    v.set('child');
  });

  const main = coroutine(async () => {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    createTask(work());
    log(v.get());
  });

  await run(main());
};
