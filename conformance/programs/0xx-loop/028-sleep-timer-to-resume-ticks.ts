/** Pins: a sleeping task resumes one iteration after the one in which its timer fired. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.callLater(1_000, () => log('timer', tick()));
    loop.callLater(1_000, () => loop.callSoon(() => log('soon after timer', tick())));
    const started = tick();
    yield* sleep(1_000);
    log('resumed', tick(), 'started', started);
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    loop.callLater(1_000, () => log('timer', tick()));
    loop.callLater(1_000, () => loop.callSoon(() => log('soon after timer', tick())));
    const started = tick();
    await sleep(1_000);
    log('resumed', tick(), 'started', started);
  });
  await run(main());
};
