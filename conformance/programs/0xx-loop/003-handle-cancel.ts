/** Pins: a handle cancelled before its turn never runs, even when cancelled in the same iteration; cancel is idempotent. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const h1 = loop.callSoon(log, 'h1');
    loop.callSoon(() => h2.cancel());
    const h2 = loop.callSoon(log, 'h2');
    const h3 = loop.callSoon(log, 'h3');
    h1.cancel();
    h1.cancel();
    log(h1.cancelled(), h2.cancelled(), h3.cancelled());
    yield* sleep(0);
    log(h1.cancelled(), h2.cancelled(), h3.cancelled());
    h3.cancel();
    log('cancel after run:', h3.cancelled());
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const h1 = loop.callSoon(log, 'h1');
    loop.callSoon(() => h2.cancel());
    const h2 = loop.callSoon(log, 'h2');
    const h3 = loop.callSoon(log, 'h3');
    h1.cancel();
    h1.cancel();
    log(h1.cancelled(), h2.cancelled(), h3.cancelled());
    await sleep(0);
    log(h1.cancelled(), h2.cancelled(), h3.cancelled());
    h3.cancel();
    log('cancel after run:', h3.cancelled());
  });
  await run(main());
};
