/** Pins: current_task inside the eager part is the new task, and is restored afterwards. */
import { coroutine, createTask, currentTask, eagerTaskFactory, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* () {
    const name = currentTask()?.getName();
    log('inside: not main:', name !== 'main', 'named already:', name === 'child');
  });

  const main = coroutine(function* () {
    currentTask()?.setName('main');
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    createTask(work(), { name: 'child' });
    log('after:', currentTask()?.getName());
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async () => {
    const name = currentTask()?.getName();
    log('inside: not main:', name !== 'main', 'named already:', name === 'child');
  });

  const main = coroutine(async () => {
    currentTask()?.setName('main');
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    createTask(work(), { name: 'child' });
    log('after:', currentTask()?.getName());
  });

  await run(main());
};
