/** Pins: run refuses what is not a coroutine, and refuses to run inside a running loop. */
import { coroutine, fromPromise, sleep, run as runAgain } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  for (const bad of [1, null, () => null]) {
    try {
      // @ts-expect-error nothing to wait for
      await run(bad);
    } catch (error) {
      log(kind(error));
    }
  }

  const main = coroutine(function* () {
    try {
      yield* fromPromise(runAgain(sleep(0)));
    } catch (error) {
      log(kind(error));
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  for (const bad of [1, null, () => null]) {
    try {
      // @ts-expect-error nothing to wait for
      await run(bad);
    } catch (error) {
      log(kind(error));
    }
  }

  const main = coroutine(async () => {
    try {
      await runAgain(sleep(0));
    } catch (error) {
      log(kind(error));
    }
  });

  await run(main());
};
