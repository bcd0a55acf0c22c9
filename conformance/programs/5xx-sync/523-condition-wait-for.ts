/** Pins: wait_for re-evaluates the predicate after each wake-up and returns its value. */
import { Condition, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const condition = new Condition();
    let x = 0;

    const work = coroutine(function* () {
      using _guard = yield* condition.hold();
      const value = yield* condition.waitFor(() => (x >= 2 ? x : false));
      log('satisfied', value);
    });

    const task = createTask(work());
    for (let i = 0; i < 3; i++) {
      yield* sleep(1_000);
      {
        using _guard = yield* condition.hold();
        x += 1;
        condition.notify();
        log('x', x);
      }
      if (task.done()) break;
    }
    yield* task;
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const condition = new Condition();
    let x = 0;

    const work = coroutine(async () => {
      using _guard = await condition.hold();
      const value = await condition.waitFor(() => (x >= 2 ? x : false));
      log('satisfied', value);
    });

    const task = createTask(work());
    for (let i = 0; i < 3; i++) {
      await sleep(1_000);
      {
        using _guard = await condition.hold();
        x += 1;
        condition.notify();
        log('x', x);
      }
      if (task.done()) break;
    }
    await task;
  });

  await run(main());
};
