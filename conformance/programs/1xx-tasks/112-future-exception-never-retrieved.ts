/** Pins: a failed future that is dropped without its exception being looked at is reported to the exception handler. */
import { coroutine, getRunningLoop } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ collect, log, run }) => {
  const main = coroutine(function* () {
    getRunningLoop().createFuture().setException(new Boom('lost'));
    yield* collect();
    log('end');
  });
  await run(main());
};

export const async: Program = async ({ collect, log, run }) => {
  const main = coroutine(async () => {
    getRunningLoop().createFuture().setException(new Boom('lost'));
    await collect();
    log('end');
  });
  await run(main());
};
