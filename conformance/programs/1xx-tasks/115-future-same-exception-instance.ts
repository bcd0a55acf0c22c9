/** Pins: every awaiter of a failed future gets the very same exception object. */
import { coroutine, getRunningLoop } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<void>();
    const error = new Boom('shared');
    future.setException(error);
    const seen = [future.exception() === error];
    for (let round = 0; round < 2; round += 1) {
      try {
        yield* future;
      } catch (caught) {
        seen.push(caught === error);
      }
    }
    log(seen);
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<void>();
    const error = new Boom('shared');
    future.setException(error);
    const seen = [future.exception() === error];
    for (let round = 0; round < 2; round += 1) {
      try {
        await future;
      } catch (caught) {
        seen.push(caught === error);
      }
    }
    log(seen);
  });
  await run(main());
};
