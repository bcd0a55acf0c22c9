/** Pins: a waiter that was granted the permit and cancelled before it ran gives the permit back. */
import { Semaphore, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const work = coroutine(function* (semaphore: Semaphore, name: string) {
    using _permit = yield* semaphore.hold();
    log('got', name);
  });

  const main = coroutine(function* () {
    const semaphore = new Semaphore(0);
    const [a, b] = [createTask(work(semaphore, 'a')), createTask(work(semaphore, 'b'))];
    yield* sleep(0);
    semaphore.release();
    a.cancel();
    yield* wait([a, b]);
    log(outcome(a), outcome(b), 'locked', semaphore.locked());
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const work = coroutine(async (semaphore: Semaphore, name: string) => {
    using _permit = await semaphore.hold();
    log('got', name);
  });

  const main = coroutine(async () => {
    const semaphore = new Semaphore(0);
    const [a, b] = [createTask(work(semaphore, 'a')), createTask(work(semaphore, 'b'))];
    await sleep(0);
    semaphore.release();
    a.cancel();
    await wait([a, b]);
    log(outcome(a), outcome(b), 'locked', semaphore.locked());
  });

  await run(main());
};
