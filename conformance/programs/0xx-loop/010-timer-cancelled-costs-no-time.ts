/** Pins: a cancelled timer neither runs nor keeps the loop waiting for its deadline. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const handle = loop.callLater(5_000, log, 'never');
    loop.callLater(10_000, () => log('ten', now()));
    handle.cancel();
    handle.cancel();
    log(handle.cancelled());
    yield* sleep(7_000);
    log('seven', now());
    yield* sleep(4_000);
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const handle = loop.callLater(5_000, log, 'never');
    loop.callLater(10_000, () => log('ten', now()));
    handle.cancel();
    handle.cancel();
    log(handle.cancelled());
    await sleep(7_000);
    log('seven', now());
    await sleep(4_000);
  });
  await run(main());
};
