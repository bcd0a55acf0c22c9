/** Pins: without return_exceptions the first error comes out at once; the other children keep running. */
import { coroutine, gather, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const bad = coroutine(function* (ms: number, name: string) {
    yield* sleep(ms);
    throw new Boom(name);
  });

  const good = coroutine(function* () {
    yield* sleep(3_000);
    log('sibling completed', now());
  });

  const main = coroutine(function* () {
    yield* attempt('gather', gather(bad(2_000, 'second'), good(), bad(1_000, 'first')));
    log('at', now());
    yield* sleep(5_000);
    log('the second error is never reported');
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const bad = coroutine(async (ms: number, name: string) => {
    await sleep(ms);
    throw new Boom(name);
  });

  const good = coroutine(async () => {
    await sleep(3_000);
    log('sibling completed', now());
  });

  const main = coroutine(async () => {
    await attempt('gather', gather(bad(2_000, 'second'), good(), bad(1_000, 'first')));
    log('at', now());
    await sleep(5_000);
    log('the second error is never reported');
  });

  await run(main());
};
