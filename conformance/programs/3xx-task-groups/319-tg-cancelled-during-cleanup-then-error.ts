/** Pins: parent cancelled, still cleaning up in the body when a child fails: the child's error wins. */
import { coroutine, createTask, sleep, taskGroup } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const crash = coroutine(function* () {
    yield* sleep(3_000);
    throw new Boom('child');
  });

  const parent = coroutine(function* () {
    yield* taskGroup(function* (group) {
      group.createTask(crash());
      try {
        yield* sleep(10_000);
      } catch (error) {
        yield* sleep(5_000);
        log('body cleanup done', now());
        throw error;
      }
    });
  });

  const main = coroutine(function* () {
    const task = createTask(parent());
    yield* sleep(1_000);
    task.cancel();
    yield* attempt('parent', task);
    log(now());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const crash = coroutine(async () => {
    await sleep(3_000);
    throw new Boom('child');
  });

  const parent = coroutine(async () => {
    await taskGroup(async (group) => {
      group.createTask(crash());
      try {
        await sleep(10_000);
      } catch (error) {
        await sleep(5_000);
        log('body cleanup done', now());
        throw error;
      }
    });
  });

  const main = coroutine(async () => {
    const task = createTask(parent());
    await sleep(1_000);
    task.cancel();
    await attempt('parent', task);
    log(now());
  });

  await run(main());
};
