/** Pins: run_until_complete returns the result, raises the exception, and complains when stopped early. */
import { coroutine, getRunningLoop, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const ok = coroutine(function* () {
    yield* sleep(1_000);
    return 10;
  });
  const bad = coroutine(function* () {
    throw new Boom('b');
  });
  const stopper = coroutine(function* () {
    getRunningLoop().stop();
    yield* sleep(1_000);
  });
  const loop = makeLoop();
  log(await loop.runUntilComplete(ok()));
  for (const make of [bad, stopper]) {
    try {
      await loop.runUntilComplete(make());
    } catch (error) {
      log(kind(error), make === bad && error);
    }
  }
  try {
    const wrong: unknown = 'not awaitable';
    // @ts-expect-error: it takes an awaitable.
    await loop.runUntilComplete(wrong);
  } catch (error) {
    log(kind(error));
  }
  await loop.runUntilComplete(sleep(5_000));
  loop.close();
};

export const async: Program = async ({ log, makeLoop }) => {
  const ok = coroutine(async () => {
    await sleep(1_000);
    return 10;
  });
  const bad = coroutine(async () => {
    throw new Boom('b');
  });
  const stopper = coroutine(async () => {
    getRunningLoop().stop();
    await sleep(1_000);
  });
  const loop = makeLoop();
  log(await loop.runUntilComplete(ok()));
  for (const make of [bad, stopper]) {
    try {
      await loop.runUntilComplete(make());
    } catch (error) {
      log(kind(error), make === bad && error);
    }
  }
  try {
    const wrong: unknown = 'not awaitable';
    // @ts-expect-error: it takes an awaitable.
    await loop.runUntilComplete(wrong);
  } catch (error) {
    log(kind(error));
  }
  await loop.runUntilComplete(sleep(5_000));
  loop.close();
};
