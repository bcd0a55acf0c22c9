/** Pins: a waiting getter takes the best item at the moment it resumes, not the one whose arrival woke it. */
import { PriorityQueue, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const queue = new PriorityQueue<number>();
    const getter = createTask(queue.get());
    yield* sleep(0);
    queue.putNowait(5);
    queue.putNowait(1);
    log(yield* getter, queue.qsize());
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const queue = new PriorityQueue<number>();
    const getter = createTask(queue.get());
    await sleep(0);
    queue.putNowait(5);
    queue.putNowait(1);
    log(await getter, queue.qsize());
  });

  await run(main());
};
