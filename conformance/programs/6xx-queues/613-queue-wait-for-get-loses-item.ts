/** Pins: wait_for(queue.get(), t) with item and deadline in the same tick: is the item delivered, kept or lost. */
import { Queue, coroutine, createTask, getRunningLoop, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    for (const order of ['item first', 'deadline first']) {
      const queue = new Queue<string>();
      if (order === 'item first') loop.callLater(1_000, () => queue.putNowait('item'));
      const task = createTask(waitFor(queue.get(), 1_000));
      yield* sleep(0);
      if (order === 'deadline first') loop.callLater(1_000, () => queue.putNowait('item'));
      yield* attempt(order, task);
      log('left in the queue', queue.qsize());
    }
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    for (const order of ['item first', 'deadline first']) {
      const queue = new Queue<string>();
      if (order === 'item first') loop.callLater(1_000, () => queue.putNowait('item'));
      const task = createTask(waitFor(queue.get(), 1_000));
      await sleep(0);
      if (order === 'deadline first') loop.callLater(1_000, () => queue.putNowait('item'));
      await attempt(order, task);
      log('left in the queue', queue.qsize());
    }
  });

  await run(main());
};
