/** Pins: join is about a moment: items put after the count reached zero do not hold those already released. */
import { Queue, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const queue = new Queue<number>();
    queue.putNowait(1);
    const joiner = createTask(queue.join());
    yield* sleep(0);
    queue.getNowait();
    queue.taskDone();
    queue.putNowait(2);
    yield* joiner;
    log('joined with', queue.qsize(), 'item unfinished');
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    const joiner = createTask(queue.join());
    await sleep(0);
    queue.getNowait();
    queue.taskDone();
    queue.putNowait(2);
    await joiner;
    log('joined with', queue.qsize(), 'item unfinished');
  });

  await run(main());
};
