/** Pins: current_task follows the running step through interleavings and is null between steps. */
import { coroutine, createTask, currentTask, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run }) => {
  const worker = coroutine(function* (name: string) {
    for (let round = 0; round < 2; round += 1) {
      log(name, me().getName());
      yield* sleep(0);
    }
  });
  const main = coroutine(function* () {
    getRunningLoop().callSoon(() => log('callback', currentTask()));
    const a = createTask(worker('a'), { name: 'A' });
    const b = createTask(worker('b'), { name: 'B' });
    yield* a;
    yield* b;
  });
  await run(main());
};

export const async: Program = async ({ log, me, run }) => {
  const worker = coroutine(async (name: string) => {
    for (let round = 0; round < 2; round += 1) {
      log(name, me().getName());
      await sleep(0);
    }
  });
  const main = coroutine(async () => {
    getRunningLoop().callSoon(() => log('callback', currentTask()));
    const a = createTask(worker('a'), { name: 'A' });
    const b = createTask(worker('b'), { name: 'B' });
    await a;
    await b;
  });
  await run(main());
};
