/** Pins: shutdown(): puts raise at once, gets drain what is left and then raise QueueShutDown. */
import { Queue, coroutine } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const main = coroutine(function* () {
    const queue = new Queue<number>();
    queue.putNowait(1);
    queue.putNowait(2);
    queue.shutdown();
    yield* attempt('op', queue.put(3));
    for (let i = 0; i < 3; i++) yield* attempt('op', queue.get());
    for (const operation of [() => queue.putNowait(3), () => queue.getNowait()]) {
      try {
        operation();
      } catch (error) {
        log(kind(error));
      }
    }
    queue.taskDone();
    queue.taskDone();
    yield* queue.join();
    log('joined');
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const main = coroutine(async () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    queue.putNowait(2);
    queue.shutdown();
    await attempt('op', queue.put(3));
    for (let i = 0; i < 3; i++) await attempt('op', queue.get());
    for (const operation of [() => queue.putNowait(3), () => queue.getNowait()]) {
      try {
        operation();
      } catch (error) {
        log(kind(error));
      }
    }
    queue.taskDone();
    queue.taskDone();
    await queue.join();
    log('joined');
  });

  await run(main());
};
