/** Pins: any other BaseException makes a BaseExceptionGroup together with the other errors. */
import { coroutine, sleep, taskGroup } from 'cotask';

import { BaseBoom, Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const crash = coroutine(function* () {
    yield* sleep(1_000);
    throw new BaseBoom('child');
  });

  const main = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        group.createTask(crash());
        try {
          yield* sleep(10_000);
        } catch {
          throw new Boom('body');
        }
      });
    } catch (error) {
      log(error);
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const crash = coroutine(async () => {
    await sleep(1_000);
    throw new BaseBoom('child');
  });

  const main = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        group.createTask(crash());
        try {
          await sleep(10_000);
        } catch {
          throw new Boom('body');
        }
      });
    } catch (error) {
      log(error);
    }
  });

  await run(main());
};
