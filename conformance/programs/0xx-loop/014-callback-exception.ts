/** Pins: an exception in a callback goes to the exception handler and the loop continues with the next callback. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import { boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.callSoon(log, 'before');
    loop.callSoon(boom, 'x');
    loop.callSoon(log, 'after');
    yield* sleep(0);
    log('main continues');
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    loop.callSoon(log, 'before');
    loop.callSoon(boom, 'x');
    loop.callSoon(log, 'after');
    await sleep(0);
    log('main continues');
  });
  await run(main());
};
