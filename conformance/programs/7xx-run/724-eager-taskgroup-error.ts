/** Pins: TaskGroup and an eager child that fails at once: does the body go on to its next suspension. */
import { coroutine, eagerTaskFactory, getRunningLoop, sleep, taskGroup } from 'cotask';

import { kind } from '../../harness/kind.ts';
import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const bad = coroutine(function* () {
    throw new Boom('at once');
  });

  const work = coroutine(function* () {
    try {
      yield* sleep(10_000);
    } finally {
      log('sibling cancelled');
    }
  });

  const main = coroutine(function* () {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    try {
      yield* taskGroup(function* (group) {
        group.createTask(work());
        group.createTask(bad());
        log('body goes on');
        try {
          group.createTask(work());
          log('another child accepted');
        } catch (error) {
          log(kind(error));
        }
        yield* sleep(1_000);
        log('not reached');
      });
    } catch (error) {
      log(error);
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const bad = coroutine(async () => {
    throw new Boom('at once');
  });

  const work = coroutine(async () => {
    try {
      await sleep(10_000);
    } finally {
      log('sibling cancelled');
    }
  });

  const main = coroutine(async () => {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    try {
      await taskGroup(async (group) => {
        group.createTask(work());
        group.createTask(bad());
        log('body goes on');
        try {
          group.createTask(work());
          log('another child accepted');
        } catch (error) {
          log(kind(error));
        }
        await sleep(1_000);
        log('not reached');
      });
    } catch (error) {
      log(error);
    }
  });

  await run(main());
};
