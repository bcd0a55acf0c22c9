/** Pins: return_exceptions=True: errors and cancellations of children take their place in the list; gather itself never fails. */
import { coroutine, createTask, gather, getRunningLoop, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const bad = coroutine(function* () {
    throw new Boom('b');
  });

  const main = coroutine(function* () {
    const cancelled = createTask(sleep(10_000));
    getRunningLoop().callLater(1_000, () => cancelled.cancel());
    log(yield* gather([sleep(2_000, 'ok'), bad(), cancelled], { returnExceptions: true }), now());
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const bad = coroutine(async () => {
    throw new Boom('b');
  });

  const main = coroutine(async () => {
    const cancelled = createTask(sleep(10_000));
    getRunningLoop().callLater(1_000, () => cancelled.cancel());
    log(await gather([sleep(2_000, 'ok'), bad(), cancelled], { returnExceptions: true }), now());
  });

  await run(main());
};
