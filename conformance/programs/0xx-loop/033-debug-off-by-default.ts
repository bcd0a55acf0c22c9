/** Pins: the debug flag: Runner(debug=...) sets it, loop.set_debug changes it. */
import { coroutine, getRunningLoop } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    log(loop.getDebug());
    loop.setDebug(!loop.getDebug());
    log(loop.getDebug());
    loop.setDebug(false);
  });
  await run(main(), { debug: false });
  await run(main(), { debug: true });
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    log(loop.getDebug());
    loop.setDebug(!loop.getDebug());
    log(loop.getDebug());
    loop.setDebug(false);
  });
  await run(main(), { debug: false });
  await run(main(), { debug: true });
};
