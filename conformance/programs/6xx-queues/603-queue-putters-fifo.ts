/** Pins: waiting putters get in, in FIFO order, one per item taken. */
import { Queue, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const put = coroutine(function* (queue: Queue<string>, item: string) {
    yield* queue.put(item);
    log('put', item, tick());
  });

  const main = coroutine(function* () {
    const queue = new Queue<string>(1);
    const tasks = ['a', 'b', 'c'].map((item) => createTask(put(queue, item)));
    yield* sleep(0);
    for (let i = 0; i < 3; i++) {
      log('get', yield* queue.get(), tick());
      yield* sleep(0);
    }
    log(tasks.map((task) => task.done()));
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const put = coroutine(async (queue: Queue<string>, item: string) => {
    await queue.put(item);
    log('put', item, tick());
  });

  const main = coroutine(async () => {
    const queue = new Queue<string>(1);
    const tasks = ['a', 'b', 'c'].map((item) => createTask(put(queue, item)));
    await sleep(0);
    for (let i = 0; i < 3; i++) {
      log('get', await queue.get(), tick());
      await sleep(0);
    }
    log(tasks.map((task) => task.done()));
  });

  await run(main());
};
