/** Pins: once gather has delivered an error, cancelling it does nothing to the children that still run. */
import { coroutine, createTask, gather, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const bad = coroutine(function* () {
    throw new Boom('b');
  });

  const main = coroutine(function* () {
    const alive = createTask(sleep(2_000, 'alive'));
    const both = gather(alive, bad());
    yield* attempt('gather', both);
    log('cancel', both.cancel());
    log(yield* alive);
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const bad = coroutine(async () => {
    throw new Boom('b');
  });

  const main = coroutine(async () => {
    const alive = createTask(sleep(2_000, 'alive'));
    const both = gather(alive, bad());
    await attempt('gather', both);
    log('cancel', both.cancel());
    log(await alive);
  });

  await run(main());
};
