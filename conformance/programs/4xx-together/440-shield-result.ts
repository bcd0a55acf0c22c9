/** Pins: shield passes a result or an error through. */
import { coroutine, shield, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const bad = coroutine(function* () {
    yield* sleep(1_000);
    throw new Boom('b');
  });

  const main = coroutine(function* () {
    log(yield* shield(sleep(1_000, 'r')));
    yield* attempt('bad', shield(bad()));
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const bad = coroutine(async () => {
    await sleep(1_000);
    throw new Boom('b');
  });

  const main = coroutine(async () => {
    log(await shield(sleep(1_000, 'r')));
    await attempt('bad', shield(bad()));
  });

  await run(main());
};
