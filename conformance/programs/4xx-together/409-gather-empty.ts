/** Pins: gather() of nothing is an already completed future with an empty list. */
import { coroutine, gather } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const main = coroutine(function* () {
    const all = gather();
    log(all.done(), yield* all, tick());
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const main = coroutine(async () => {
    const all = gather();
    log(all.done(), await all, tick());
  });

  await run(main());
};
