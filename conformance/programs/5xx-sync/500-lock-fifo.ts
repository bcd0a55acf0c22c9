/** Pins: a lock is handed to waiters in FIFO order; release is synchronous, acquisition happens when the waiter runs. */
import { Lock, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const work = coroutine(function* (lock: Lock, n: number) {
    yield* lock.acquire();
    log('acquired', n, tick());
  });

  const main = coroutine(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    for (const n of [0, 1, 2]) createTask(work(lock, n));
    yield* sleep(0);
    for (let i = 0; i < 3; i++) {
      lock.release();
      log('released, locked:', lock.locked(), tick());
      yield* sleep(0);
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const work = coroutine(async (lock: Lock, n: number) => {
    await lock.acquire();
    log('acquired', n, tick());
  });

  const main = coroutine(async () => {
    const lock = new Lock();
    await lock.acquire();
    for (const n of [0, 1, 2]) createTask(work(lock, n));
    await sleep(0);
    for (let i = 0; i < 3; i++) {
      lock.release();
      log('released, locked:', lock.locked(), tick());
      await sleep(0);
    }
  });

  await run(main());
};
