/** Pins: cancel the first waiter, then release in the same tick: exactly one of the others gets the lock. */
import { Lock, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const work = coroutine(function* (lock: Lock, name: string) {
    yield* lock.acquire();
    log('has it:', name);
  });

  const main = coroutine(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const tasks = ['a', 'b', 'c'].map((name) => createTask(work(lock, name)));
    yield* sleep(0);
    tasks[0]?.cancel();
    lock.release();
    yield* sleep(1_000);
    log(tasks.map(outcome), lock.locked());
    tasks[2]?.cancel();
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const work = coroutine(async (lock: Lock, name: string) => {
    await lock.acquire();
    log('has it:', name);
  });

  const main = coroutine(async () => {
    const lock = new Lock();
    await lock.acquire();
    const tasks = ['a', 'b', 'c'].map((name) => createTask(work(lock, name)));
    await sleep(0);
    tasks[0]?.cancel();
    lock.release();
    await sleep(1_000);
    log(tasks.map(outcome), lock.locked());
    tasks[2]?.cancel();
  });

  await run(main());
};
