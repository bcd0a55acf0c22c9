/** Pins: a body that is already resuming when the deadline passes completes normally; expiry needs the timer callback to run before the block exits. */
import { coroutine, getRunningLoop, sleep, timeout } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ advance, log, now, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const overdue = yield* timeout(1_000, function* (scope) {
      yield* sleep(500);
      // Overdue, but no wait follows.
      advance(10_000);
      return scope;
    });
    log('expired', overdue.expired(), now());
    const resumed = yield* timeout(1_000, function* (scope) {
      const future = loop.createFuture<number>();
      loop.callLater(500, () => {
        future.setResult(1);
        advance(10_000);
      });
      // Resumes in the iteration that collects the timer.
      yield* future;
      log('resumed', now());
      return scope;
    });
    log('expired', resumed.expired());
  });
  await run(main());
};

export const async: Program = async ({ advance, log, now, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const overdue = await timeout(1_000, async (scope) => {
      await sleep(500);
      // Overdue, but no wait follows.
      advance(10_000);
      return scope;
    });
    log('expired', overdue.expired(), now());
    const resumed = await timeout(1_000, async (scope) => {
      const future = loop.createFuture<number>();
      loop.callLater(500, () => {
        future.setResult(1);
        advance(10_000);
      });
      // Resumes in the iteration that collects the timer.
      await future;
      log('resumed', now());
      return scope;
    });
    log('expired', resumed.expired());
  });
  await run(main());
};
