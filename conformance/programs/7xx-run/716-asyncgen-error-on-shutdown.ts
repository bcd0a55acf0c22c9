/** Pins: an error in a generator's finally at shutdown goes to the exception handler. */
import { coroutine, fromPromise, getRunningLoop } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const generate = async function* () {
    try {
      yield 1;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally
      throw new Boom('in generator');
    }
  };

  const main = coroutine(function* () {
    const generator = getRunningLoop().trackAsyncgen(generate());
    yield* fromPromise(generator.next());
  });

  await run(main());
  log('end');
};

export const async: Program = async ({ log, run }) => {
  const generate = async function* () {
    try {
      yield 1;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally
      throw new Boom('in generator');
    }
  };

  const main = coroutine(async () => {
    const generator = getRunningLoop().trackAsyncgen(generate());
    await generator.next();
  });

  await run(main());
  log('end');
};
