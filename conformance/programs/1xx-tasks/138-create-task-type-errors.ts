/** Pins: create_task takes a coroutine only: a function, a future or a plain value is a TypeError. */
import { coroutine, createTask, getRunningLoop } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const coro = coroutine(function* () {});
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const wrong: unknown[] = [coro, 1, loop.createFuture<void>(), null];
    for (const bad of wrong) {
      try {
        // @ts-expect-error: not a coroutine.
        createTask(bad);
        log('accepted');
      } catch (error) {
        log(kind(error));
      }
    }
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const coro = coroutine(async () => {});
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const wrong: unknown[] = [coro, 1, loop.createFuture<void>(), null];
    for (const bad of wrong) {
      try {
        // @ts-expect-error: not a coroutine.
        createTask(bad);
        log('accepted');
      } catch (error) {
        log(kind(error));
      }
    }
  });
  await run(main());
};
