/** Pins: when the custom handler itself raises, the default handler is called with "Unhandled error in exception handler". */
import { coroutine, getRunningLoop } from 'cotask';

import { Boom, boom } from '../../harness/mishaps.ts';
import { wordsOf } from '../../harness/report.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    loop.defaultExceptionHandler = (report) =>
      log('DEFAULT', ...wordsOf(report).slice(1), Object.keys(report).toSorted());
    loop.setExceptionHandler(() => boom('handler'));
    loop.callExceptionHandler({ message: 'm', exception: new Boom('orig') });
    log('still alive');
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    loop.defaultExceptionHandler = (report) =>
      log('DEFAULT', ...wordsOf(report).slice(1), Object.keys(report).toSorted());
    loop.setExceptionHandler(() => boom('handler'));
    loop.callExceptionHandler({ message: 'm', exception: new Boom('orig') });
    log('still alive');
  });
  await run(main());
};
