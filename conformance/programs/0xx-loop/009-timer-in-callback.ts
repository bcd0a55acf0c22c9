/** Pins: a zero-delay timer made inside a callback waits for the next iteration; it does not run in the same one. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.callSoon(() => {
      log('cb', tick());
      loop.callLater(0, () => log('inner timer', tick()));
    });
    loop.callSoon(() => log('other', tick()));
    yield* sleep(1_000);
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    loop.callSoon(() => {
      log('cb', tick());
      loop.callLater(0, () => log('inner timer', tick()));
    });
    loop.callSoon(() => log('other', tick()));
    await sleep(1_000);
  });
  await run(main());
};
