/** Pins: a loop is not re-entrant; a closed loop refuses new callbacks; close is idempotent but not while running. */
import { coroutine, fromPromise, getRunningLoop } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const other = makeLoop();
    other.callSoon(() => other.stop());
    for (const call of [() => loop.runForever(), () => loop.close(), () => other.runForever()]) {
      try {
        yield* fromPromise(Promise.resolve(call()));
        log('accepted');
      } catch (error) {
        log(kind(error));
      }
    }
    log('running', loop.isRunning(), 'closed', loop.isClosed());
  });
  const loop = makeLoop();
  await loop.runUntilComplete(main());
  loop.close();
  loop.close();
  log('running', loop.isRunning(), 'closed', loop.isClosed());
  for (const call of [() => loop.callSoon(log), () => loop.callLater(1_000, log), () => loop.runForever()]) {
    try {
      await call();
    } catch (error) {
      log(kind(error));
    }
  }
};

export const async: Program = async ({ log, makeLoop }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const other = makeLoop();
    other.callSoon(() => other.stop());
    for (const call of [() => loop.runForever(), () => loop.close(), () => other.runForever()]) {
      try {
        await fromPromise(Promise.resolve(call()));
        log('accepted');
      } catch (error) {
        log(kind(error));
      }
    }
    log('running', loop.isRunning(), 'closed', loop.isClosed());
  });
  const loop = makeLoop();
  await loop.runUntilComplete(main());
  loop.close();
  loop.close();
  log('running', loop.isRunning(), 'closed', loop.isClosed());
  for (const call of [() => loop.callSoon(log), () => loop.callLater(1_000, log), () => loop.runForever()]) {
    try {
      await call();
    } catch (error) {
      log(kind(error));
    }
  }
};
