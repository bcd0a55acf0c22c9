/** Pins: a cancelled putter does not put its item; a woken and cancelled one wakes the next putter. */
import { Queue, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const main = coroutine(function* () {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    const [b, c, d] = [createTask(queue.put('b')), createTask(queue.put('c')), createTask(queue.put('d'))];
    yield* sleep(0);
    c.cancel();
    log('get', queue.getNowait());
    b.cancel();
    // The timeout is for a runtime that lets b keep its place: there is none for d then.
    yield* wait([b, c, d], { timeout: 1_000 });
    const items = Array.from({ length: queue.qsize() }, () => queue.getNowait());
    log(outcome(b), outcome(c), outcome(d), items);
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const main = coroutine(async () => {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    const [b, c, d] = [createTask(queue.put('b')), createTask(queue.put('c')), createTask(queue.put('d'))];
    await sleep(0);
    c.cancel();
    log('get', queue.getNowait());
    b.cancel();
    // The timeout is for a runtime that lets b keep its place: there is none for d then.
    await wait([b, c, d], { timeout: 1_000 });
    const items = Array.from({ length: queue.qsize() }, () => queue.getNowait());
    log(outcome(b), outcome(c), outcome(d), items);
  });

  await run(main());
};
