/** Pins: after release, before the woken waiter has run, a newcomer cannot take the lock even though locked() is false. */
import { Lock, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* (lock: Lock, name: string) {
    using _guard = yield* lock.hold();
    log('has it:', name);
  });

  const main = coroutine(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const waiter = createTask(work(lock, 'waiter'));
    yield* sleep(0);
    lock.release();
    log('locked', lock.locked());
    yield* work(lock, 'newcomer');
    yield* waiter;
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async (lock: Lock, name: string) => {
    using _guard = await lock.hold();
    log('has it:', name);
  });

  const main = coroutine(async () => {
    const lock = new Lock();
    await lock.acquire();
    const waiter = createTask(work(lock, 'waiter'));
    await sleep(0);
    lock.release();
    log('locked', lock.locked());
    await work(lock, 'newcomer');
    await waiter;
  });

  await run(main());
};
