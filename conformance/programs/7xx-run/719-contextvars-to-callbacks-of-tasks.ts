/** Pins: every step of one task runs in the same context; sibling tasks do not see each other's changes. */
import { coroutine, gather, sleep, taskLocal } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const v = taskLocal<number>({ name: 'v', default: 0 });

  const increase = coroutine(function* (n: number) {
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      v.set(v.get() + n);
      seen.push(v.get());
      yield* sleep(0);
    }
    return seen;
  });

  const main = coroutine(function* () {
    log(yield* gather(increase(1), increase(10)), v.get());
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const v = taskLocal<number>({ name: 'v', default: 0 });

  const increase = coroutine(async (n: number) => {
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      v.set(v.get() + n);
      seen.push(v.get());
      await sleep(0);
    }
    return seen;
  });

  const main = coroutine(async () => {
    log(await gather(increase(1), increase(10)), v.get());
  });

  await run(main());
};
