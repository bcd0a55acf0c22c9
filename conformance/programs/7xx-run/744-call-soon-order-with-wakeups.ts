/** Pins: callbacks, task wake-ups and first steps share one FIFO queue. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';
import type { Future } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* (future: Future<void>) {
    yield* future;
    log('woken task');
  });

  const fresh = coroutine(function* () {
    log('fresh task');
  });

  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const future = loop.createFuture<void>();
    createTask(work(future));
    yield* sleep(0);
    loop.callSoon(log, 'callback 1');
    future.setResult();
    createTask(fresh());
    loop.callSoon(log, 'callback 2');
    yield* sleep(0);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async (future: Future<void>) => {
    await future;
    log('woken task');
  });

  const fresh = coroutine(async () => {
    log('fresh task');
  });

  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const future = loop.createFuture<void>();
    createTask(work(future));
    await sleep(0);
    loop.callSoon(log, 'callback 1');
    future.setResult();
    createTask(fresh());
    loop.callSoon(log, 'callback 2');
    await sleep(0);
  });

  await run(main());
};
