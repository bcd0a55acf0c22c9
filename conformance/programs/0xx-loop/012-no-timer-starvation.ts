/** Pins: an endless chain of call_soon does not starve timers: due timers are collected on every iteration. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ advance, log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    let spins = 0;
    let stopped = false;
    const spin = (): void => {
      spins += 1;
      advance(250);
      if (!stopped) loop.callSoon(spin);
    };
    loop.callSoon(spin);
    loop.callLater(1_000, () => {
      stopped = true;
    });
    yield* sleep(2_000);
    log('spins', spins, 'stopped', stopped);
  });
  await run(main());
};

export const async: Program = async ({ advance, log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    let spins = 0;
    let stopped = false;
    const spin = (): void => {
      spins += 1;
      advance(250);
      if (!stopped) loop.callSoon(spin);
    };
    loop.callSoon(spin);
    loop.callLater(1_000, () => {
      stopped = true;
    });
    await sleep(2_000);
    log('spins', spins, 'stopped', stopped);
  });
  await run(main());
};
