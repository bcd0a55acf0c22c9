/** Pins: debug mode warns about a callback or a task step longer than slow_callback_duration (default 0.1 s). */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import { heldFor } from '../../harness/report.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ advance, log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.setExceptionHandler((_, report) => {
      const seconds = heldFor(report);
      if (seconds !== null) log('WARNING', 'Executing', `took ${seconds} seconds`);
    });
    log('limit', loop.slowCallbackDuration / 1_000, 'debug', loop.getDebug());
    loop.callSoon(advance, 50);
    loop.callSoon(advance, 500);
    yield* sleep(0);
    advance(2_000);
    yield* sleep(0);
    loop.slowCallbackDuration = 10_000;
    advance(3_000);
    yield* sleep(0);
  });
  await run(main(), { debug: true });
};

export const async: Program = async ({ advance, log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    loop.setExceptionHandler((_, report) => {
      const seconds = heldFor(report);
      if (seconds !== null) log('WARNING', 'Executing', `took ${seconds} seconds`);
    });
    log('limit', loop.slowCallbackDuration / 1_000, 'debug', loop.getDebug());
    loop.callSoon(advance, 50);
    loop.callSoon(advance, 500);
    await sleep(0);
    advance(2_000);
    await sleep(0);
    loop.slowCallbackDuration = 10_000;
    advance(3_000);
    await sleep(0);
  });
  await run(main(), { debug: true });
};
