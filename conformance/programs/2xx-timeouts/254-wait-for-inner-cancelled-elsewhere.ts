/** Pins: if the awaited task is cancelled by somebody else wait_for raises CancelledError, not TimeoutError. */
import { coroutine, createTask, getRunningLoop, sleep, waitFor } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, now, run }) => {
  const main = coroutine(function* () {
    const task = createTask(sleep(100_000));
    getRunningLoop().callLater(1_000, () => task.cancel('elsewhere'));
    try {
      yield* waitFor(task, 10_000);
    } catch (error) {
      log(kind(error), now(), 'cancelling', me().cancelling());
    }
  });
  await run(main());
};

export const async: Program = async ({ log, me, now, run }) => {
  const main = coroutine(async () => {
    const task = createTask(sleep(100_000));
    getRunningLoop().callLater(1_000, () => task.cancel('elsewhere'));
    try {
      await waitFor(task, 10_000);
    } catch (error) {
      log(kind(error), now(), 'cancelling', me().cancelling());
    }
  });
  await run(main());
};
