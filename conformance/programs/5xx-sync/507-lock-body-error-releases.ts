/** Pins: the context manager releases on error and on cancellation. */
import { Lock, coroutine, createTask, sleep } from 'cotask';

import { boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const main = coroutine(function* () {
    const lock = new Lock();
    try {
      using _guard = yield* lock.hold();
      boom();
    } catch {
      log('after error', lock.locked());
    }
    const work = coroutine(function* () {
      using _guard = yield* lock.hold();
      yield* sleep(10_000);
    });
    const task = createTask(work());
    yield* sleep(0);
    log('held', lock.locked());
    task.cancel();
    yield* attempt('w', task);
    log('after cancel', lock.locked());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const main = coroutine(async () => {
    const lock = new Lock();
    try {
      using _guard = await lock.hold();
      boom();
    } catch {
      log('after error', lock.locked());
    }
    const work = coroutine(async () => {
      using _guard = await lock.hold();
      await sleep(10_000);
    });
    const task = createTask(work());
    await sleep(0);
    log('held', lock.locked());
    task.cancel();
    await attempt('w', task);
    log('after cancel', lock.locked());
  });

  await run(main());
};
