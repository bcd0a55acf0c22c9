/** Pins: a task outlives the task that created it: there is no parent-child bond outside TaskGroup. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const child = coroutine(function* () {
    yield* sleep(2_000);
    log('child done', now());
  });
  const parent = coroutine(function* () {
    createTask(child());
    log('parent returns');
  });
  const main = coroutine(function* () {
    yield* createTask(parent());
    yield* sleep(5_000);
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const child = coroutine(async () => {
    await sleep(2_000);
    log('child done', now());
  });
  const parent = coroutine(async () => {
    createTask(child());
    log('parent returns');
  });
  const main = coroutine(async () => {
    await createTask(parent());
    await sleep(5_000);
  });
  await run(main());
};
