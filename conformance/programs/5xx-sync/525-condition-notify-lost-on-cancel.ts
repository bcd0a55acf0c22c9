/** Pins: a waiter that has been notified is cancelled before it runs: does the notification pass to another waiter. */
import { Condition, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, outcome, run }) => {
  const work = coroutine(function* (condition: Condition, name: string) {
    using _guard = yield* condition.hold();
    yield* condition.wait();
    log('woke', name);
  });

  const main = coroutine(function* () {
    const condition = new Condition();
    const [a, b] = [createTask(work(condition, 'a')), createTask(work(condition, 'b'))];
    yield* sleep(0);
    {
      using _guard = yield* condition.hold();
      condition.notify();
      a.cancel();
    }
    yield* attempt('a', a);
    yield* sleep(1_000);
    log('b', outcome(b));
    b.cancel();
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, outcome, run }) => {
  const work = coroutine(async (condition: Condition, name: string) => {
    using _guard = await condition.hold();
    await condition.wait();
    log('woke', name);
  });

  const main = coroutine(async () => {
    const condition = new Condition();
    const [a, b] = [createTask(work(condition, 'a')), createTask(work(condition, 'b'))];
    await sleep(0);
    {
      using _guard = await condition.hold();
      condition.notify();
      a.cancel();
    }
    await attempt('a', a);
    await sleep(1_000);
    log('b', outcome(b));
    b.cancel();
  });

  await run(main());
};
