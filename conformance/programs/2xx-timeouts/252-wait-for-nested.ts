/** Pins: nested wait_for: the shorter one decides, the longer one sees its TimeoutError as an ordinary error. */
import { TimeoutError, coroutine, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    try {
      yield* waitFor(waitFor(sleep(100_000), 1_000), 5_000);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('inner', now());
    }
    try {
      yield* waitFor(waitFor(sleep(100_000), 50_000), 2_000);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('outer', now());
    }
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    try {
      await waitFor(waitFor(sleep(100_000), 1_000), 5_000);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('inner', now());
    }
    try {
      await waitFor(waitFor(sleep(100_000), 50_000), 2_000);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('outer', now());
    }
  });
  await run(main());
};
