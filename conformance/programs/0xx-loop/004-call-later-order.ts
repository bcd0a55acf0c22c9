/** Pins: timers fire in deadline order whatever the order of registration, at the exact deadline. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    for (const seconds of [3, 1, 2]) {
      const handle = loop.callLater(seconds * 1_000, () => log('timer', seconds, 'at', now()));
      log('when', handle.when() / 1_000);
    }
    loop.callAt(2_500, () => log('call_at 2.5 at', now()));
    yield* sleep(4_000);
    log('end', now());
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    for (const seconds of [3, 1, 2]) {
      const handle = loop.callLater(seconds * 1_000, () => log('timer', seconds, 'at', now()));
      log('when', handle.when() / 1_000);
    }
    loop.callAt(2_500, () => log('call_at 2.5 at', now()));
    await sleep(4_000);
    log('end', now());
  });
  await run(main());
};
