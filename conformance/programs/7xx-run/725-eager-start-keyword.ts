/** Pins: eager_start=True/False per task. */
import { coroutine, createTask, eagerTaskFactory, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* (name: string) {
    log('start', name);
  });

  const main = coroutine(function* () {
    createTask(work('lazy'));
    createTask(work('eager'), { eager: true });
    log('created');
    yield* sleep(0);
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    createTask(work('lazy again'), { eager: false });
    log('created');
    yield* sleep(0);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async (name: string) => {
    log('start', name);
  });

  const main = coroutine(async () => {
    createTask(work('lazy'));
    createTask(work('eager'), { eager: true });
    log('created');
    await sleep(0);
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    createTask(work('lazy again'), { eager: false });
    log('created');
    await sleep(0);
  });

  await run(main());
};
