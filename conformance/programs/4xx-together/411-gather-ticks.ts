/** Pins: gather completes one iteration after the last child's done callback is queued, its awaiter one later. */
import { coroutine, gather } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const work = coroutine(function* () {
    log('child ends', tick());
  });

  const main = coroutine(function* () {
    yield* gather(work(), work());
    log('main', tick());
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const work = coroutine(async () => {
    log('child ends', tick());
  });

  const main = coroutine(async () => {
    await gather(work(), work());
    log('main', tick());
  });

  await run(main());
};
