/** Pins: when every child swallows the cancellation, gather still ends with CancelledError (it remembers the request). */
import { coroutine, gather, getRunningLoop, sleep } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } catch {
      return 'swallowed';
    }
    return 'not cancelled';
  });

  const main = coroutine(function* () {
    for (const flag of [false, true]) {
      const all = gather([work(), work()], { returnExceptions: flag });
      getRunningLoop().callLater(1_000, () => all.cancel());
      try {
        log(yield* all);
      } catch (error) {
        log('return_exceptions', flag, kind(error));
      }
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async () => {
    try {
      await sleep(100_000);
    } catch {
      return 'swallowed';
    }
    return 'not cancelled';
  });

  const main = coroutine(async () => {
    for (const flag of [false, true]) {
      const all = gather([work(), work()], { returnExceptions: flag });
      getRunningLoop().callLater(1_000, () => all.cancel());
      try {
        log(await all);
      } catch (error) {
        log('return_exceptions', flag, kind(error));
      }
    }
  });

  await run(main());
};
