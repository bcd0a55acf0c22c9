/** Pins: sleep(<=0) is sleep(0): one iteration and no clock movement; the second argument is the result. */
import { coroutine, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run, tick }) => {
  const main = coroutine(function* () {
    const started = tick();
    log(yield* sleep(-5_000, 'r1'), tick() - started, now());
    log(yield* sleep(0, 'r2'), tick() - started, now());
    log(yield* sleep(1_500, 'r3'), now());
  });
  await run(main());
};

export const async: Program = async ({ log, now, run, tick }) => {
  const main = coroutine(async () => {
    const started = tick();
    log(await sleep(-5_000, 'r1'), tick() - started, now());
    log(await sleep(0, 'r2'), tick() - started, now());
    log(await sleep(1_500, 'r3'), now());
  });
  await run(main());
};
