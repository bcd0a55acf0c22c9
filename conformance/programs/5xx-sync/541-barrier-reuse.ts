/** Pins: a barrier can be used again at once; with one party wait never suspends for others. */
import { Barrier, coroutine, gather } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* (barrier: Barrier, name: string) {
    for (let i = 0; i < 2; i++) {
      yield* barrier.wait();
      log(name, 'round', i);
    }
  });

  const main = coroutine(function* () {
    const barrier = new Barrier(2);
    yield* gather(work(barrier, 'a'), work(barrier, 'b'));
    const one = new Barrier(1);
    log(yield* one.wait(), yield* one.wait());
    try {
      new Barrier(0);
    } catch (error) {
      log(kind(error));
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async (barrier: Barrier, name: string) => {
    for (let i = 0; i < 2; i++) {
      await barrier.wait();
      log(name, 'round', i);
    }
  });

  const main = coroutine(async () => {
    const barrier = new Barrier(2);
    await gather(work(barrier, 'a'), work(barrier, 'b'));
    const one = new Barrier(1);
    log(await one.wait(), await one.wait());
    try {
      new Barrier(0);
    } catch (error) {
      log(kind(error));
    }
  });

  await run(main());
};
