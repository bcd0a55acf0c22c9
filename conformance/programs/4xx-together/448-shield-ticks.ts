/** Pins: shield adds one iteration to the delivery of the result. */
import { coroutine, createTask, shield, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const work = coroutine(function* () {
    yield* sleep(0);
  });

  const main = coroutine(function* () {
    let began = tick();
    yield* createTask(work());
    const plain = tick() - began;
    began = tick();
    yield* shield(createTask(work()));
    log('plain', plain, 'shielded', tick() - began);
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const work = coroutine(async () => {
    await sleep(0);
  });

  const main = coroutine(async () => {
    let began = tick();
    await createTask(work());
    const plain = tick() - began;
    began = tick();
    await shield(createTask(work()));
    log('plain', plain, 'shielded', tick() - began);
  });

  await run(main());
};
