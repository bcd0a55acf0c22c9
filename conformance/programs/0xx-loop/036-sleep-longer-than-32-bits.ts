/** Pins: sleeps far longer than 2**31 milliseconds work. */
import { coroutine, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    yield* sleep(10_000_000_000);
    log(now());
  });
  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    await sleep(10_000_000_000);
    log(now());
  });
  await run(main());
};
