/** Pins: wrap_future links a foreign promise: its result arrives one iteration later; cancelling the wrapper cancels the source. */
import { CancelledError, coroutine, sleep, wait, wrapFuture } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const main = coroutine(function* () {
    const first = Promise.withResolvers<string>();
    const future = wrapFuture(first.promise);
    first.resolve('from outside');
    log(yield* future);
    // A promise cannot be cancelled: its source is told by a signal.
    const controller = new AbortController();
    const second = wrapFuture(Promise.withResolvers<void>().promise, { controller });
    second.cancel();
    yield* sleep(0);
    log('source cancelled', controller.signal.aborted);
    const third = Promise.withResolvers<void>();
    const wrapper = wrapFuture(third.promise);
    third.reject(new CancelledError());
    yield* wait([wrapper]);
    log('wrapper', outcome(wrapper));
    log('future passes through', wrapFuture(wrapper) === wrapper);
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const main = coroutine(async () => {
    const first = Promise.withResolvers<string>();
    const future = wrapFuture(first.promise);
    first.resolve('from outside');
    log(await future);
    // A promise cannot be cancelled: its source is told by a signal.
    const controller = new AbortController();
    const second = wrapFuture(Promise.withResolvers<void>().promise, { controller });
    second.cancel();
    await sleep(0);
    log('source cancelled', controller.signal.aborted);
    const third = Promise.withResolvers<void>();
    const wrapper = wrapFuture(third.promise);
    third.reject(new CancelledError());
    await wait([wrapper]);
    log('wrapper', outcome(wrapper));
    log('future passes through', wrapFuture(wrapper) === wrapper);
  });
  await run(main());
};
