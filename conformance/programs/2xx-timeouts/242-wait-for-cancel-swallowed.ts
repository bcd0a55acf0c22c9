/** Pins: if the awaitable swallows the timeout's cancellation and returns, wait_for returns that value instead of raising. */
import { coroutine, createTask, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, run }) => {
  const worker = coroutine(function* () {
    try {
      yield* sleep(100_000);
      return 'in time';
    } catch {
      return 'value anyway';
    }
  });
  const main = coroutine(function* () {
    yield* attempt('coroutine', waitFor(worker(), 1_000));
    yield* attempt('task', waitFor(createTask(worker()), 1_000));
  });
  await run(main());
};

export const async: Program = async ({ attempt, run }) => {
  const worker = coroutine(async () => {
    try {
      await sleep(100_000);
      return 'in time';
    } catch {
      return 'value anyway';
    }
  });
  const main = coroutine(async () => {
    await attempt('coroutine', waitFor(worker(), 1_000));
    await attempt('task', waitFor(createTask(worker()), 1_000));
  });
  await run(main());
};
