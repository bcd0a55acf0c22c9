/** Pins: awaiting a future of another loop raises RuntimeError inside the task. */
import { coroutine, getRunningLoop } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop, run }) => {
  const main = coroutine(function* () {
    const other = makeLoop();
    const future = other.createFuture<string>();
    // A future of another loop wakes its waiter on the waiter's loop.
    getRunningLoop().callLater(1_000, () => future.setResult('accepted'));
    try {
      log(yield* future);
    } catch (error) {
      log(kind(error), String(error).includes('different loop'));
    }
    other.close();
  });
  await run(main());
};

export const async: Program = async ({ log, makeLoop, run }) => {
  const main = coroutine(async () => {
    const other = makeLoop();
    const future = other.createFuture<string>();
    // A future of another loop wakes its waiter on the waiter's loop.
    getRunningLoop().callLater(1_000, () => future.setResult('accepted'));
    try {
      log(await future);
    } catch (error) {
      log(kind(error), String(error).includes('different loop'));
    }
    other.close();
  });
  await run(main());
};
