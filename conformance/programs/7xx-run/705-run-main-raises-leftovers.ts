/** Pins: leftovers are cancelled also when main raises, and main's exception comes out. */
import { coroutine, createTask, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const left = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      log('leftover cancelled');
    }
  });

  const main = coroutine(function* () {
    createTask(left());
    yield* sleep(0);
    throw new Boom('main');
  });

  try {
    await run(main());
  } catch (error) {
    log(error);
  }
};

export const async: Program = async ({ log, run }) => {
  const left = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      log('leftover cancelled');
    }
  });

  const main = coroutine(async () => {
    createTask(left());
    await sleep(0);
    throw new Boom('main');
  });

  try {
    await run(main());
  } catch (error) {
    log(error);
  }
};
