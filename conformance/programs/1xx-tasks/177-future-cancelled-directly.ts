/** Pins: cancelling the future (not the task) also raises CancelledError in the waiting task, which may carry on. */
import { coroutine, createTask, getRunningLoop, isCancelled, sleep } from 'cotask';
import type { Future } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run }) => {
  const waiter = coroutine(function* (future: Future<string>) {
    try {
      return yield* future;
    } catch (error) {
      if (!isCancelled(error)) throw error;
      log('caught, cancelling()', me().cancelling());
      return 'carried on';
    }
  });
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<string>();
    const task = createTask(waiter(future));
    yield* sleep(0);
    future.cancel();
    log(yield* task);
  });
  await run(main());
};

export const async: Program = async ({ log, me, run }) => {
  const waiter = coroutine(async (future: Future<string>) => {
    try {
      return await future;
    } catch (error) {
      if (!isCancelled(error)) throw error;
      log('caught, cancelling()', me().cancelling());
      return 'carried on';
    }
  });
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<string>();
    const task = createTask(waiter(future));
    await sleep(0);
    future.cancel();
    log(await task);
  });
  await run(main());
};
