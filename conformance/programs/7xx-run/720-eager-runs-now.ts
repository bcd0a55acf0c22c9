/** Pins: an eager task runs up to its first suspension inside create_task, before create_task returns. */
import { coroutine, createTask, eagerTaskFactory, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const work = coroutine(function* (name: string) {
    log('start', name);
    yield* sleep(0);
    log('resume', name, tick());
    return name;
  });

  const main = coroutine(function* () {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    const a = createTask(work('a'));
    log('created a, done:', a.done());
    const b = createTask(work('b'));
    log(yield* a, yield* b);
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const work = coroutine(async (name: string) => {
    log('start', name);
    await sleep(0);
    log('resume', name, tick());
    return name;
  });

  const main = coroutine(async () => {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    const a = createTask(work('a'));
    log('created a, done:', a.done());
    const b = createTask(work('b'));
    log(await a, await b);
  });

  await run(main());
};
