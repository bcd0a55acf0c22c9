/** Pins: cancelling wait_for cancels the awaitable and waits for its clean-up. */
import { coroutine, createTask, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, outcome, run }) => {
  const worker = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      yield* sleep(2_000);
      log('inner cleaned up', now());
    }
  });
  const main = coroutine(function* () {
    for (const ms of [null, 50_000]) {
      const inner = createTask(worker());
      const task = createTask(waitFor(inner, ms));
      yield* sleep(1_000);
      task.cancel();
      yield* attempt('wait_for', task);
      log('inner', outcome(inner), now());
    }
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, now, outcome, run }) => {
  const worker = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(2_000);
      log('inner cleaned up', now());
    }
  });
  const main = coroutine(async () => {
    for (const ms of [null, 50_000]) {
      const inner = createTask(worker());
      const task = createTask(waitFor(inner, ms));
      await sleep(1_000);
      task.cancel();
      await attempt('wait_for', task);
      log('inner', outcome(inner), now());
    }
  });
  await run(main());
};
