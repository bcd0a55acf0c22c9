/** Pins: cancelling gather(return_exceptions=True) still raises CancelledError, once all children have ended. */
import { coroutine, gather, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const work = coroutine(function* (n: number, ms: number) {
    try {
      yield* sleep(100_000);
    } finally {
      yield* sleep(ms);
      log('child', n, 'ended', now());
    }
  });

  const main = coroutine(function* () {
    const all = gather([work(1, 1_000), work(2, 3_000)], { returnExceptions: true });
    getRunningLoop().callLater(1_000, () => all.cancel());
    yield* attempt('gather', all);
    log(now());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const work = coroutine(async (n: number, ms: number) => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(ms);
      log('child', n, 'ended', now());
    }
  });

  const main = coroutine(async () => {
    const all = gather([work(1, 1_000), work(2, 3_000)], { returnExceptions: true });
    getRunningLoop().callLater(1_000, () => all.cancel());
    await attempt('gather', all);
    log(now());
  });

  await run(main());
};
