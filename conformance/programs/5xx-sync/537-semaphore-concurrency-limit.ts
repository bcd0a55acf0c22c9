/** Pins: never more than N bodies run at once and N run whenever N are available. */
import { Semaphore, coroutine, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const semaphore = new Semaphore(3);
    let running = 0;
    let peak = 0;

    const work = coroutine(function* (ms: number) {
      using _permit = yield* semaphore.hold();
      running += 1;
      peak = Math.max(peak, running);
      yield* sleep(ms);
      running -= 1;
    });

    yield* gather(Array.from({ length: 9 }, () => work(1_000)));
    log(peak, now());
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const semaphore = new Semaphore(3);
    let running = 0;
    let peak = 0;

    const work = coroutine(async (ms: number) => {
      using _permit = await semaphore.hold();
      running += 1;
      peak = Math.max(peak, running);
      await sleep(ms);
      running -= 1;
    });

    await gather(Array.from({ length: 9 }, () => work(1_000)));
    log(peak, now());
  });

  await run(main());
};
