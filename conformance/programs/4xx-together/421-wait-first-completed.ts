/** Pins: FIRST_COMPLETED returns as soon as any finishes; the rest go on running. */
import { FIRST_COMPLETED, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const main = coroutine(function* () {
    const [a, b] = [createTask(sleep(10_000)), createTask(sleep(1_000))];
    const { done, pending } = yield* wait([a, b], { returnWhen: FIRST_COMPLETED });
    log(done.has(b) && done.size === 1, pending.has(a) && pending.size === 1, now());
    a.cancel();
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const main = coroutine(async () => {
    const [a, b] = [createTask(sleep(10_000)), createTask(sleep(1_000))];
    const { done, pending } = await wait([a, b], { returnWhen: FIRST_COMPLETED });
    log(done.has(b) && done.size === 1, pending.has(a) && pending.size === 1, now());
    a.cancel();
  });

  await run(main());
};
