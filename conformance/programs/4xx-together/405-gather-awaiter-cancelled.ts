/** Pins: cancelling the task that awaits a gather cancels the children through it. */
import { coroutine, createTask, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run, tick }) => {
  const work = coroutine(function* (n: number) {
    try {
      yield* sleep(100_000);
    } catch (error) {
      log('child cancelled', n);
      throw error;
    }
  });

  const outer = coroutine(function* () {
    yield* gather(work(1), work(2), work(3));
  });

  const main = coroutine(function* () {
    const task = createTask(outer());
    yield* sleep(1_000);
    task.cancel();
    yield* attempt('outer', task);
    log(task.cancelled(), tick());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run, tick }) => {
  const work = coroutine(async (n: number) => {
    try {
      await sleep(100_000);
    } catch (error) {
      log('child cancelled', n);
      throw error;
    }
  });

  const outer = coroutine(async () => {
    await gather(work(1), work(2), work(3));
  });

  const main = coroutine(async () => {
    const task = createTask(outer());
    await sleep(1_000);
    task.cancel();
    await attempt('outer', task);
    log(task.cancelled(), tick());
  });

  await run(main());
};
