/** Pins: two children that fail in the same tick are both in the group, in creation order. */
import { coroutine, sleep, taskGroup } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const crash = coroutine(function* (name: string) {
    yield* sleep(1_000);
    throw new Boom(name);
  });

  const main = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        for (const name of 'abc') group.createTask(crash(name));
      });
    } catch (error) {
      log(error);
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const crash = coroutine(async (name: string) => {
    await sleep(1_000);
    throw new Boom(name);
  });

  const main = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        for (const name of 'abc') group.createTask(crash(name));
      });
    } catch (error) {
      log(error);
    }
  });

  await run(main());
};
