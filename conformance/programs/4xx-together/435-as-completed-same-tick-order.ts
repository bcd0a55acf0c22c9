/** Pins: results that become ready in the same tick come in the order in which they finished. */
import { asCompleted, coroutine, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const futures = [0, 1, 2, 3].map(() => loop.createFuture<number>());
    for (const i of [2, 0, 3, 1]) loop.callLater(1_000, () => futures[i]?.setResult(i));
    const results: number[] = [];
    for (const next of asCompleted(futures)) results.push(yield* next);
    log(results);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const futures = [0, 1, 2, 3].map(() => loop.createFuture<number>());
    for (const i of [2, 0, 3, 1]) loop.callLater(1_000, () => futures[i]?.setResult(i));
    const results: number[] = [];
    for (const next of asCompleted(futures)) results.push(await next);
    log(results);
  });

  await run(main());
};
