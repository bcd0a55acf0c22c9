/** Pins: on timeout wait_for cancels the awaitable and waits until it has really ended, so it can take longer than the timeout. */
import { TimeoutError, coroutine, createTask, sleep, waitFor } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const worker = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } catch (error) {
      log('cancelled', now());
      yield* sleep(3_000);
      log('cleaned up', now());
      throw error;
    }
  });
  const main = coroutine(function* () {
    const task = createTask(worker());
    try {
      yield* waitFor(task, 1_000);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log(error, now(), outcome(task), 'context', kind(error.cause));
    }
  });
  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const worker = coroutine(async () => {
    try {
      await sleep(100_000);
    } catch (error) {
      log('cancelled', now());
      await sleep(3_000);
      log('cleaned up', now());
      throw error;
    }
  });
  const main = coroutine(async () => {
    const task = createTask(worker());
    try {
      await waitFor(task, 1_000);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log(error, now(), outcome(task), 'context', kind(error.cause));
    }
  });
  await run(main());
};
