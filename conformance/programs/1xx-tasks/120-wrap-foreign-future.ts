/** Pins: wrap_future links a foreign promise: its result arrives one iteration later; cancelling the wrapper cancels the source. */
import { CancelledError, coroutine, createTask, ensureFuture, fromPromise, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, outcome, run }) => {
  // A promise cannot be cancelled: its source listens to the signal of the task that waits for it.
  const main = coroutine(function* () {
    const first = Promise.withResolvers<string>();
    const future = ensureFuture(first.promise);
    first.resolve('from outside');
    log(yield* future);
    let sourceCancelled = false;
    const fetching = coroutine(function* () {
      me().signal.addEventListener('abort', () => {
        sourceCancelled = true;
      });
      yield* fromPromise(Promise.withResolvers<void>().promise);
    });
    const task = createTask(fetching());
    yield* sleep(0);
    task.cancel();
    yield* sleep(0);
    log('source cancelled', sourceCancelled);
    const third = Promise.withResolvers<void>();
    const wrapper = ensureFuture(third.promise);
    third.reject(new CancelledError());
    yield* wait([wrapper]);
    log('wrapper', outcome(wrapper));
    log('future passes through', ensureFuture(wrapper) === wrapper);
  });
  await run(main());
};

export const async: Program = async ({ log, me, outcome, run }) => {
  // A promise cannot be cancelled: its source listens to the signal of the task that waits for it.
  const main = coroutine(async () => {
    const first = Promise.withResolvers<string>();
    const future = ensureFuture(first.promise);
    first.resolve('from outside');
    log(await future);
    let sourceCancelled = false;
    const fetching = coroutine(async () => {
      me().signal.addEventListener('abort', () => {
        sourceCancelled = true;
      });
      await fromPromise(Promise.withResolvers<void>().promise);
    });
    const task = createTask(fetching());
    await sleep(0);
    task.cancel();
    await sleep(0);
    log('source cancelled', sourceCancelled);
    const third = Promise.withResolvers<void>();
    const wrapper = ensureFuture(third.promise);
    third.reject(new CancelledError());
    await wait([wrapper]);
    log('wrapper', outcome(wrapper));
    log('future passes through', ensureFuture(wrapper) === wrapper);
  });
  await run(main());
};
