/** Pins: a cancelled waiter drops out; the others keep their order. */
import { Lock, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const work = coroutine(function* (lock: Lock, name: string) {
    using _guard = yield* lock.hold();
    log('has it:', name);
  });

  const main = coroutine(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const tasks = ['a', 'b', 'c'].map((name) => createTask(work(lock, name)));
    yield* sleep(0);
    tasks[1]?.cancel();
    lock.release();
    yield* wait(tasks);
    log(tasks.map(outcome), lock.locked());
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const work = coroutine(async (lock: Lock, name: string) => {
    using _guard = await lock.hold();
    log('has it:', name);
  });

  const main = coroutine(async () => {
    const lock = new Lock();
    await lock.acquire();
    const tasks = ['a', 'b', 'c'].map((name) => createTask(work(lock, name)));
    await sleep(0);
    tasks[1]?.cancel();
    lock.release();
    await wait(tasks);
    log(tasks.map(outcome), lock.locked());
  });

  await run(main());
};
