/** Pins: notify(n) wakes n waiters in FIFO order, one at a time because each must reacquire the lock. */
import { Condition, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const work = coroutine(function* (condition: Condition, n: number) {
    using _guard = yield* condition.hold();
    const value = yield* condition.wait();
    log('woke', n, value);
    yield* sleep(1_000);
    log('leaves', n, now());
  });

  const main = coroutine(function* () {
    const condition = new Condition();
    const tasks = [0, 1, 2].map((n) => createTask(work(condition, n)));
    yield* sleep(0);
    {
      using _guard = yield* condition.hold();
      condition.notify(2);
      log('notified; nobody runs until the lock is released');
      yield* sleep(1_000);
    }
    yield* sleep(5_000);
    log(tasks.map((task) => task.done()));
    tasks[2]?.cancel();
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const work = coroutine(async (condition: Condition, n: number) => {
    using _guard = await condition.hold();
    const value = await condition.wait();
    log('woke', n, value);
    await sleep(1_000);
    log('leaves', n, now());
  });

  const main = coroutine(async () => {
    const condition = new Condition();
    const tasks = [0, 1, 2].map((n) => createTask(work(condition, n)));
    await sleep(0);
    {
      using _guard = await condition.hold();
      condition.notify(2);
      log('notified; nobody runs until the lock is released');
      await sleep(1_000);
    }
    await sleep(5_000);
    log(tasks.map((task) => task.done()));
    tasks[2]?.cancel();
  });

  await run(main());
};
