/** Pins: errors of a nested context manager's exit and of a child are both in the group, and cancelling() is back to 0. */
import { coroutine, currentTask, sleep, taskGroup } from 'cotask';
import type { Awaitable } from 'cotask';

import { Bang, Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const database = coroutine(function* (body: () => Awaitable<void>) {
    try {
      yield* body();
    } catch {
      throw new Bang('db exit');
    }
  });

  const crash = coroutine(function* () {
    throw new Boom('child');
  });

  const main = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        yield* database(() => {
          group.createTask(crash());
          return sleep(1_000);
        });
      });
    } catch (error) {
      log(error, currentTask()?.cancelling());
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const database = coroutine(async (body: () => Awaitable<void>) => {
    try {
      await body();
    } catch {
      throw new Bang('db exit');
    }
  });

  const crash = coroutine(async () => {
    throw new Boom('child');
  });

  const main = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        await database(() => {
          group.createTask(crash());
          return sleep(1_000);
        });
      });
    } catch (error) {
      log(error, currentTask()?.cancelling());
    }
  });

  await run(main());
};
