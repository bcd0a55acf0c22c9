/** Pins: the first failing child cancels its siblings and the body; the error comes out in an ExceptionGroup. */
import { coroutine, currentTask, sleep, taskGroup } from 'cotask';
import type { Task } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const bad = coroutine(function* () {
    yield* sleep(1_000);
    throw new Boom('child');
  });

  const good = coroutine(function* () {
    try {
      yield* sleep(10_000);
    } catch (error) {
      log('sibling cancelled', now());
      throw error;
    }
  });

  const main = coroutine(function* () {
    let sibling: Task<void> | undefined;
    try {
      yield* taskGroup(function* (group) {
        group.createTask(bad());
        sibling = group.createTask(good());
        try {
          yield* sleep(50_000);
        } catch (error) {
          log('body cancelled', now());
          throw error;
        }
      });
    } catch (error) {
      log(error);
    }
    log(sibling?.cancelled(), 'cancelling', currentTask()?.cancelling());
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const bad = coroutine(async () => {
    await sleep(1_000);
    throw new Boom('child');
  });

  const good = coroutine(async () => {
    try {
      await sleep(10_000);
    } catch (error) {
      log('sibling cancelled', now());
      throw error;
    }
  });

  const main = coroutine(async () => {
    let sibling: Task<void> | undefined;
    try {
      await taskGroup(async (group) => {
        group.createTask(bad());
        sibling = group.createTask(good());
        try {
          await sleep(50_000);
        } catch (error) {
          log('body cancelled', now());
          throw error;
        }
      });
    } catch (error) {
      log(error);
    }
    log(sibling?.cancelled(), 'cancelling', currentTask()?.cancelling());
  });

  await run(main());
};
