/** Pins: Ctrl-C: the first SIGINT cancels the main task; after its clean-up run raises KeyboardInterrupt. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const ownProcess = true;

export const generator: Program = async ({ log, runReal }) => {
  const main = coroutine(function* () {
    getRunningLoop().callLater(10, () => process.kill(process.pid, 'SIGINT'));
    try {
      yield* sleep(10_000);
    } catch (error) {
      log('main cancelled; cleaning up');
      yield* sleep(10);
      throw error;
    }
  });

  try {
    await runReal(main(), { handleSignals: true });
  } catch (error) {
    log(kind(error));
  }
};

export const async: Program = async ({ log, runReal }) => {
  const main = coroutine(async () => {
    getRunningLoop().callLater(10, () => process.kill(process.pid, 'SIGINT'));
    try {
      await sleep(10_000);
    } catch (error) {
      log('main cancelled; cleaning up');
      await sleep(10);
      throw error;
    }
  });

  try {
    await runReal(main(), { handleSignals: true });
  } catch (error) {
    log(kind(error));
  }
};
