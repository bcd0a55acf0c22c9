/** Pins: several tasks cancelled in a row see their CancelledError in the order in which cancel() was called. */
import { coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const worker = coroutine(function* (number: number) {
    try {
      yield* sleep(100_000);
    } catch (error) {
      log('cancelled', number);
      throw error;
    }
  });
  const main = coroutine(function* () {
    const tasks = [0, 1, 2, 3].map((number) => createTask(worker(number)));
    yield* sleep(0);
    for (const number of [2, 0, 3, 1]) tasks[number]?.cancel();
    yield* wait(tasks);
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const worker = coroutine(async (number: number) => {
    try {
      await sleep(100_000);
    } catch (error) {
      log('cancelled', number);
      throw error;
    }
  });
  const main = coroutine(async () => {
    const tasks = [0, 1, 2, 3].map((number) => createTask(worker(number)));
    await sleep(0);
    for (const number of [2, 0, 3, 1]) tasks[number]?.cancel();
    await wait(tasks);
  });
  await run(main());
};
