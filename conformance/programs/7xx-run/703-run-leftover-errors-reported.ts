/** Pins: an error of such a leftover task goes to the exception handler, not to the caller. */
import { coroutine, createTask, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const left = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } catch {
      throw new Boom('during shutdown');
    }
  });

  const main = coroutine(function* () {
    createTask(left());
    yield* sleep(0);
    return 123;
  });

  log(await run(main()));
};

export const async: Program = async ({ log, run }) => {
  const left = coroutine(async () => {
    try {
      await sleep(100_000);
    } catch {
      throw new Boom('during shutdown');
    }
  });

  const main = coroutine(async () => {
    createTask(left());
    await sleep(0);
    return 123;
  });

  log(await run(main()));
};
