/** Pins: gather of eager tasks that all complete at once is done without an iteration. */
import { coroutine, eagerTaskFactory, gather, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const work = coroutine(function* (n: number) {
    return n;
  });

  const main = coroutine(function* () {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    const both = gather(work(1), work(2));
    log(both.done(), yield* both, tick());
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const work = coroutine(async (n: number) => {
    return n;
  });

  const main = coroutine(async () => {
    getRunningLoop().setTaskFactory(eagerTaskFactory);
    const both = gather(work(1), work(2));
    log(both.done(), await both, tick());
  });

  await run(main());
};
