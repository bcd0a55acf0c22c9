/** Pins: awaiting a coroutine directly is a plain call: it runs at once in the same task and costs no iteration. */
import { coroutine, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run, tick }) => {
  const inner = coroutine(function* () {
    log('inner', tick(), me().getName());
    return 1;
  });
  const main = coroutine(function* () {
    me().setName('main');
    getRunningLoop().callSoon(log, 'callback');
    log((yield* inner()) + (yield* inner()), tick());
  });
  await run(main());
};

export const async: Program = async ({ log, me, run, tick }) => {
  const inner = coroutine(async () => {
    log('inner', tick(), me().getName());
    return 1;
  });
  const main = coroutine(async () => {
    me().setName('main');
    getRunningLoop().callSoon(log, 'callback');
    log((await inner()) + (await inner()), tick());
  });
  await run(main());
};
