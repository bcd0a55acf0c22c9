/** Pins: a release with waiters reserves the permit for them: a newcomer cannot take it even though no waiter has run yet. */
import { Semaphore, coroutine, createTask, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* (semaphore: Semaphore, name: string) {
    yield* semaphore.acquire();
    log('got', name);
  });

  const main = coroutine(function* () {
    const semaphore = new Semaphore(1);
    yield* semaphore.acquire();
    const waiter = createTask(work(semaphore, 'waiter'));
    yield* sleep(0);
    semaphore.release();
    log('locked for newcomers', semaphore.locked());
    const newcomer = createTask(work(semaphore, 'newcomer'));
    yield* sleep(1_000);
    semaphore.release();
    yield* gather(waiter, newcomer);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async (semaphore: Semaphore, name: string) => {
    await semaphore.acquire();
    log('got', name);
  });

  const main = coroutine(async () => {
    const semaphore = new Semaphore(1);
    await semaphore.acquire();
    const waiter = createTask(work(semaphore, 'waiter'));
    await sleep(0);
    semaphore.release();
    log('locked for newcomers', semaphore.locked());
    const newcomer = createTask(work(semaphore, 'newcomer'));
    await sleep(1_000);
    semaphore.release();
    await gather(waiter, newcomer);
  });

  await run(main());
};
