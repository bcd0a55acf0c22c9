/** Pins: an iteration runs only the callbacks that were ready when it began; a self-rescheduling callback runs once per iteration. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    let count = 0;
    const again = (): void => {
      count += 1;
      log('again', count, 'tick', tick());
      if (count < 4) loop.callSoon(again);
    };
    loop.callSoon(again);
    for (let round = 0; round < 4; round += 1) {
      yield* sleep(0);
      log('main', tick());
    }
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    let count = 0;
    const again = (): void => {
      count += 1;
      log('again', count, 'tick', tick());
      if (count < 4) loop.callSoon(again);
    };
    loop.callSoon(again);
    for (let round = 0; round < 4; round += 1) {
      await sleep(0);
      log('main', tick());
    }
  });
  await run(main());
};
