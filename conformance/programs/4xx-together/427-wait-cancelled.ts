/** Pins: cancelling wait leaves its tasks running and removes its callbacks. */
import { coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, outcome, run }) => {
  const main = coroutine(function* () {
    const task = createTask(sleep(3_000, 'a'));
    const waiter = createTask(wait([task]));
    yield* sleep(1_000);
    waiter.cancel();
    yield* attempt('wait', waiter);
    log(outcome(task), yield* task, now());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, outcome, run }) => {
  const main = coroutine(async () => {
    const task = createTask(sleep(3_000, 'a'));
    const waiter = createTask(wait([task]));
    await sleep(1_000);
    waiter.cancel();
    await attempt('wait', waiter);
    log(outcome(task), await task, now());
  });

  await run(main());
};
