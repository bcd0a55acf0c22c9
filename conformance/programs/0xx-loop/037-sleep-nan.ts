/** Pins: sleep(NaN). */
import { TimeoutError, coroutine, sleep, timeout } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    try {
      yield* timeout(5_000, function* () {
        yield* sleep(Number.NaN);
      });
      log('returned', now());
    } catch (error) {
      log(error instanceof TimeoutError ? 'hung until the timeout' : kind(error));
    }
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    try {
      await timeout(5_000, async () => {
        await sleep(Number.NaN);
      });
      log('returned', now());
    } catch (error) {
      log(error instanceof TimeoutError ? 'hung until the timeout' : kind(error));
    }
  });
  await run(main());
};
