/** Pins: a body that swallows the abort's CancelledError and goes on is not cancelled again; the group still fails at the exit. */
import { coroutine, currentTask, sleep, taskGroup } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const crash = coroutine(function* () {
    yield* sleep(1_000);
    throw new Boom('child');
  });

  const main = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        group.createTask(crash());
        try {
          yield* sleep(10_000);
        } catch {
          log('swallowed, cancelling', currentTask()?.cancelling());
        }
        yield* sleep(2_000);
        log('body completes', now());
      });
    } catch (error) {
      log(error, 'cancelling', currentTask()?.cancelling());
    }
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const crash = coroutine(async () => {
    await sleep(1_000);
    throw new Boom('child');
  });

  const main = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        group.createTask(crash());
        try {
          await sleep(10_000);
        } catch {
          log('swallowed, cancelling', currentTask()?.cancelling());
        }
        await sleep(2_000);
        log('body completes', now());
      });
    } catch (error) {
      log(error, 'cancelling', currentTask()?.cancelling());
    }
  });

  await run(main());
};
