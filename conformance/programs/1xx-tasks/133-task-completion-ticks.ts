/** Pins: a task that awaits another resumes one iteration after the one in which that other finished. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const child = coroutine(function* () {
    yield* sleep(0);
    log('child ends', tick());
  });
  const main = coroutine(function* () {
    const task = createTask(child());
    log('main waits', tick());
    yield* task;
    log('main resumes', tick());
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const child = coroutine(async () => {
    await sleep(0);
    log('child ends', tick());
  });
  const main = coroutine(async () => {
    const task = createTask(child());
    log('main waits', tick());
    await task;
    log('main resumes', tick());
  });
  await run(main());
};
