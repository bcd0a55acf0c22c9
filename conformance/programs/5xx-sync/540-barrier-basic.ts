/** Pins: the barrier opens when the last party arrives; wait returns a different index 0..n-1 to each, the last arrival runs on first. */
import { Barrier, coroutine, createTask, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const work = coroutine(function* (barrier: Barrier, ms: number) {
    yield* sleep(ms);
    const index = yield* barrier.wait();
    log('passed', ms / 1_000, 'index', index, now());
  });

  const main = coroutine(function* () {
    const barrier = new Barrier(3);
    const tasks = [3_000, 1_000, 2_000].map((ms) => createTask(work(barrier, ms)));
    yield* sleep(2_500);
    log('waiting', barrier.nWaiting, 'of', barrier.parties, 'broken', barrier.broken);
    yield* gather(tasks);
    log(barrier.nWaiting);
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const work = coroutine(async (barrier: Barrier, ms: number) => {
    await sleep(ms);
    const index = await barrier.wait();
    log('passed', ms / 1_000, 'index', index, now());
  });

  const main = coroutine(async () => {
    const barrier = new Barrier(3);
    const tasks = [3_000, 1_000, 2_000].map((ms) => createTask(work(barrier, ms)));
    await sleep(2_500);
    log('waiting', barrier.nWaiting, 'of', barrier.parties, 'broken', barrier.broken);
    await gather(tasks);
    log(barrier.nWaiting);
  });

  await run(main());
};
