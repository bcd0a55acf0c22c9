/** Pins: call_soon callbacks run in FIFO order, with their positional arguments, never synchronously. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    for (const name of 'abc') loop.callSoon(log, 'callback', name);
    log('scheduled');
    yield* sleep(0);
    log('after sleep(0)');
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    for (const name of 'abc') loop.callSoon(log, 'callback', name);
    log('scheduled');
    await sleep(0);
    log('after sleep(0)');
  });
  await run(main());
};
