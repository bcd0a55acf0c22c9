/** Pins: acquiring a free lock does not suspend. */
import { Lock, coroutine, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    getRunningLoop().callSoon(log, 'callback');
    const lock = new Lock();
    {
      using _guard = yield* lock.hold();
      log('locked', lock.locked(), tick());
    }
    log('locked', lock.locked(), tick());
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    getRunningLoop().callSoon(log, 'callback');
    const lock = new Lock();
    {
      using _guard = await lock.hold();
      log('locked', lock.locked(), tick());
    }
    log('locked', lock.locked(), tick());
  });

  await run(main());
};
