/** Pins: if main ends as cancelled, run raises CancelledError. */
import { coroutine, currentTask, sleep } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    currentTask()?.cancel('self');
    yield* sleep(1_000);
  });

  try {
    await run(main());
  } catch (error) {
    log(kind(error));
  }
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    currentTask()?.cancel('self');
    await sleep(1_000);
  });

  try {
    await run(main());
  } catch (error) {
    log(kind(error));
  }
};
