/** Pins: waiters are served in FIFO order, and a task that releases and reacquires goes to the back. */
import { Semaphore, coroutine, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* (semaphore: Semaphore, name: string, order: string[]) {
    for (let i = 0; i < 2; i++) {
      yield* semaphore.acquire();
      order.push(`${name}${i}`);
      yield* sleep(1_000);
      semaphore.release();
    }
  });

  const main = coroutine(function* () {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    yield* gather(['a', 'b', 'c'].map((name) => work(semaphore, name, order)));
    log(order);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async (semaphore: Semaphore, name: string, order: string[]) => {
    for (let i = 0; i < 2; i++) {
      await semaphore.acquire();
      order.push(`${name}${i}`);
      await sleep(1_000);
      semaphore.release();
    }
  });

  const main = coroutine(async () => {
    const semaphore = new Semaphore(1);
    const order: string[] = [];
    await gather(['a', 'b', 'c'].map((name) => work(semaphore, name, order)));
    log(order);
  });

  await run(main());
};
