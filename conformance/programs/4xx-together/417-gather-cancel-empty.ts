/** Pins: cancelling a gather whose children are all done returns false. */
import { coroutine, gather, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const one = gather(sleep(0, 1));
    yield* one;
    log(one.cancel(), one.cancelled(), one.result());
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const one = gather(sleep(0, 1));
    await one;
    log(one.cancel(), one.cancelled(), one.result());
  });

  await run(main());
};
