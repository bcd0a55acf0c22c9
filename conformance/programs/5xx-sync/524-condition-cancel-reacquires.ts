/** Pins: a cancelled wait reacquires the lock before CancelledError comes out. */
import { Condition, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const main = coroutine(function* () {
    const condition = new Condition();

    const work = coroutine(function* () {
      using _guard = yield* condition.hold();
      try {
        yield* condition.wait();
      } catch (error) {
        log('cancelled, locked by us:', condition.locked(), now());
        throw error;
      }
    });

    const task = createTask(work());
    yield* sleep(0);
    {
      using _guard = yield* condition.hold();
      task.cancel();
      yield* sleep(2_000);
      log('we release', now());
    }
    yield* attempt('w', task);
    log(condition.locked());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const main = coroutine(async () => {
    const condition = new Condition();

    const work = coroutine(async () => {
      using _guard = await condition.hold();
      try {
        await condition.wait();
      } catch (error) {
        log('cancelled, locked by us:', condition.locked(), now());
        throw error;
      }
    });

    const task = createTask(work());
    await sleep(0);
    {
      using _guard = await condition.hold();
      task.cancel();
      await sleep(2_000);
      log('we release', now());
    }
    await attempt('w', task);
    log(condition.locked());
  });

  await run(main());
};
