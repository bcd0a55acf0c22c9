/** Pins: a chain of 200 nested coroutines (no tasks) resumes in one iteration. */
import { coroutine, sleep } from 'cotask';
import type { Coroutine, GeneratorBody } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const deep: (depth: number) => Coroutine<number> = coroutine(function* (depth: number): GeneratorBody<number> {
    if (depth > 0) return 1 + (yield* deep(depth - 1));
    yield* sleep(0);
    return 0;
  });
  const main = coroutine(function* () {
    const started = tick();
    log(yield* deep(200), 'ticks', tick() - started);
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const deep: (depth: number) => Coroutine<number> = coroutine(async (depth: number): Promise<number> => {
    if (depth > 0) return 1 + (await deep(depth - 1));
    await sleep(0);
    return 0;
  });
  const main = coroutine(async () => {
    const started = tick();
    log(await deep(200), 'ticks', tick() - started);
  });
  await run(main());
};
