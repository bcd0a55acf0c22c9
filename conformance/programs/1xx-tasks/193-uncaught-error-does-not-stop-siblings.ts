/** Pins: an error in one task does not disturb any other task. */
import { coroutine, createTask, sleep } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const bad = coroutine(function* () {
    throw new Boom('x');
  });
  const good = coroutine(function* () {
    yield* sleep(1_000);
    log('good done');
  });
  const main = coroutine(function* () {
    const first = createTask(bad());
    const second = createTask(good());
    yield* second;
    log(outcome(first));
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const bad = coroutine(async () => {
    throw new Boom('x');
  });
  const good = coroutine(async () => {
    await sleep(1_000);
    log('good done');
  });
  const main = coroutine(async () => {
    const first = createTask(bad());
    const second = createTask(good());
    await second;
    log(outcome(first));
  });
  await run(main());
};
