/** Pins: a second SIGINT raises KeyboardInterrupt at once, wherever the program is. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const ownProcess = true;

export const generator: Program = async ({ log, runReal }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.callLater(10, () => process.kill(process.pid, 'SIGINT'));
    try {
      yield* sleep(10_000);
    } catch {
      log('first');
      loop.callLater(10, () => process.kill(process.pid, 'SIGINT'));
      yield* sleep(10_000);
      log('not reached');
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
    const loop = getRunningLoop();
    loop.callLater(10, () => process.kill(process.pid, 'SIGINT'));
    try {
      await sleep(10_000);
    } catch {
      log('first');
      loop.callLater(10, () => process.kill(process.pid, 'SIGINT'));
      await sleep(10_000);
      log('not reached');
    }
  });

  try {
    await runReal(main(), { handleSignals: true });
  } catch (error) {
    log(kind(error));
  }
};
