/** Pins: create_task never runs the coroutine synchronously: first steps run in the next iteration, in creation order. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const child = coroutine(function* (name: string) {
    log('start', name, tick());
  });
  const main = coroutine(function* () {
    createTask(child('a'));
    getRunningLoop().callSoon(() => log('callback', tick()));
    createTask(child('b'));
    log('created', tick());
    yield* sleep(0);
    log('main', tick());
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const child = coroutine(async (name: string) => {
    log('start', name, tick());
  });
  const main = coroutine(async () => {
    createTask(child('a'));
    getRunningLoop().callSoon(() => log('callback', tick()));
    createTask(child('b'));
    log('created', tick());
    await sleep(0);
    log('main', tick());
  });
  await run(main());
};
