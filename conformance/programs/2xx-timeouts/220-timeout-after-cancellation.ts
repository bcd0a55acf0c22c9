/** Pins: a timeout opened after a swallowed cancellation (cancelling() already 1) still converts its own expiry. */
import { TimeoutError, coroutine, isCancelled, sleep, timeout } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run }) => {
  const main = coroutine(function* () {
    me().cancel();
    try {
      yield* sleep(1_000);
    } catch (error) {
      if (!isCancelled(error)) throw error;
      log('swallowed, cancelling', me().cancelling());
    }
    try {
      yield* timeout(1_000, function* () {
        yield* sleep(10_000);
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('TimeoutError', 'cancelling', me().cancelling());
    }
    me().uncancel();
  });
  await run(main());
};

export const async: Program = async ({ log, me, run }) => {
  const main = coroutine(async () => {
    me().cancel();
    try {
      await sleep(1_000);
    } catch (error) {
      if (!isCancelled(error)) throw error;
      log('swallowed, cancelling', me().cancelling());
    }
    try {
      await timeout(1_000, async () => {
        await sleep(10_000);
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('TimeoutError', 'cancelling', me().cancelling());
    }
    me().uncancel();
  });
  await run(main());
};
