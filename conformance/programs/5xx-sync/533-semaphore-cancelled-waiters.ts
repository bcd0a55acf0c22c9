/** Pins: cancelled waiters are skipped and the permit reaches the first live one. */
import { Semaphore, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const work = coroutine(function* (semaphore: Semaphore, n: number) {
    yield* semaphore.acquire();
    log('got', n);
  });

  const main = coroutine(function* () {
    const semaphore = new Semaphore(0);
    const tasks = [0, 1, 2, 3].map((n) => createTask(work(semaphore, n)));
    yield* sleep(0);
    tasks[0]?.cancel();
    tasks[1]?.cancel();
    semaphore.release();
    yield* sleep(1_000);
    log(tasks.map((task) => task.done()));
    semaphore.release();
    yield* sleep(1_000);
    log(tasks.map(outcome));
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const work = coroutine(async (semaphore: Semaphore, n: number) => {
    await semaphore.acquire();
    log('got', n);
  });

  const main = coroutine(async () => {
    const semaphore = new Semaphore(0);
    const tasks = [0, 1, 2, 3].map((n) => createTask(work(semaphore, n)));
    await sleep(0);
    tasks[0]?.cancel();
    tasks[1]?.cancel();
    semaphore.release();
    await sleep(1_000);
    log(tasks.map((task) => task.done()));
    semaphore.release();
    await sleep(1_000);
    log(tasks.map(outcome));
  });

  await run(main());
};
