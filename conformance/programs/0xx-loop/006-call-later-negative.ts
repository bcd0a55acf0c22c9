/** Pins: negative delays are legal, are due at once, and keep deadline order among themselves. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const out: string[] = [];
    loop.callLater(-1_000, () => out.push('a'));
    loop.callLater(-2_000, () => out.push('b'));
    yield* sleep(50);
    log(out, now());
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const out: string[] = [];
    loop.callLater(-1_000, () => out.push('a'));
    loop.callLater(-2_000, () => out.push('b'));
    await sleep(50);
    log(out, now());
  });
  await run(main());
};
