/** Pins: a timeout around shield: TimeoutError on time, the shielded task goes on. */
import { TimeoutError, coroutine, createTask, shield, sleep, timeout } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const task = createTask(sleep(3_000, 'survived'));
    try {
      yield* timeout(1_000, function* () {
        yield* shield(task);
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('TimeoutError', now());
    }
    log(yield* task, now());
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const task = createTask(sleep(3_000, 'survived'));
    try {
      await timeout(1_000, async () => {
        await shield(task);
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('TimeoutError', now());
    }
    log(await task, now());
  });
  await run(main());
};
