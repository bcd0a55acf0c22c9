/** Pins: a queue is FIFO; get on a non-empty and put on a non-full queue do not suspend. */
import { Queue, coroutine } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    const queue = new Queue<number>();
    log(queue.empty(), queue.qsize(), queue.full(), queue.maxsize);
    for (const item of [1, 3, 2]) yield* queue.put(item);
    const size = queue.qsize();
    log(size, [yield* queue.get(), yield* queue.get(), yield* queue.get()], queue.empty(), 'tick', tick());
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    const queue = new Queue<number>();
    log(queue.empty(), queue.qsize(), queue.full(), queue.maxsize);
    for (const item of [1, 3, 2]) await queue.put(item);
    const size = queue.qsize();
    log(size, [await queue.get(), await queue.get(), await queue.get()], queue.empty(), 'tick', tick());
  });

  await run(main());
};
