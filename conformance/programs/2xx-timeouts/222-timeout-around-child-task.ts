/** Pins: a timeout around `await task` cancels that task and waits for its clean-up before raising. */
import { TimeoutError, coroutine, createTask, sleep, timeout } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const child = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      yield* sleep(2_000);
      log('child cleaned up', now());
    }
  });
  const main = coroutine(function* () {
    const task = createTask(child());
    try {
      yield* timeout(1_000, function* () {
        yield* task;
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('TimeoutError', now(), outcome(task));
    }
  });
  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const child = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(2_000);
      log('child cleaned up', now());
    }
  });
  const main = coroutine(async () => {
    const task = createTask(child());
    try {
      await timeout(1_000, async () => {
        await task;
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('TimeoutError', now(), outcome(task));
    }
  });
  await run(main());
};
