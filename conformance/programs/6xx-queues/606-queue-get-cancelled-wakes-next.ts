/** Pins: a woken and cancelled getter wakes the next waiting one. */
import { Queue, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const get = coroutine(function* (queue: Queue<number>, name: string) {
    log(name, 'got', yield* queue.get());
  });

  const main = coroutine(function* () {
    const queue = new Queue<number>();
    const [a, b, c] = [createTask(get(queue, 'a')), createTask(get(queue, 'b')), createTask(get(queue, 'c'))];
    yield* sleep(0);
    queue.putNowait(1);
    queue.putNowait(2);
    a.cancel();
    // The timeout is for a runtime that lets a keep its item: nothing is left for c then.
    yield* wait([a, b, c], { timeout: 1_000 });
    log(outcome(a), outcome(b), outcome(c), queue.qsize());
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const get = coroutine(async (queue: Queue<number>, name: string) => {
    log(name, 'got', await queue.get());
  });

  const main = coroutine(async () => {
    const queue = new Queue<number>();
    const [a, b, c] = [createTask(get(queue, 'a')), createTask(get(queue, 'b')), createTask(get(queue, 'c'))];
    await sleep(0);
    queue.putNowait(1);
    queue.putNowait(2);
    a.cancel();
    // The timeout is for a runtime that lets a keep its item: nothing is left for c then.
    await wait([a, b, c], { timeout: 1_000 });
    log(outcome(a), outcome(b), outcome(c), queue.qsize());
  });

  await run(main());
};
