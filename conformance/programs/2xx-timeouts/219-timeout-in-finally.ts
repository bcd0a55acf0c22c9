/** Pins: a timeout around the clean-up works while an outer timeout is already expiring. */
import { TimeoutError, coroutine, sleep, timeout } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    try {
      yield* timeout(1_000, function* () {
        try {
          yield* sleep(10_000);
        } finally {
          try {
            yield* timeout(2_000, function* () {
              yield* sleep(20_000);
            });
          } catch (error) {
            log('cleanup timed out', now(), ...(error instanceof TimeoutError ? [] : [error]));
          }
        }
      });
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
      await timeout(1_000, async () => {
        try {
          await sleep(10_000);
        } finally {
          try {
            await timeout(2_000, async () => {
              await sleep(20_000);
            });
          } catch (error) {
            log('cleanup timed out', now(), ...(error instanceof TimeoutError ? [] : [error]));
          }
        }
      });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      log('outer', now());
    }
  });
  await run(main());
};
