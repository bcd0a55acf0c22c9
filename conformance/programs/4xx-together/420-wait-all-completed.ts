/** Pins: wait returns (done, pending) sets, raises nothing, and by default waits for all. */
import { coroutine, createTask, sleep, wait } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const bad = coroutine(function* () {
    yield* sleep(1_000);
    throw new Boom('b');
  });

  const main = coroutine(function* () {
    const [a, b] = [createTask<void | string>(bad()), createTask<void | string>(sleep(2_000, 'b'))];
    const { done, pending } = yield* wait([a, b]);
    log(done.size, pending.size, now(), outcome(a), outcome(b));
  });

  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const bad = coroutine(async () => {
    await sleep(1_000);
    throw new Boom('b');
  });

  const main = coroutine(async () => {
    const [a, b] = [createTask<void | string>(bad()), createTask<void | string>(sleep(2_000, 'b'))];
    const { done, pending } = await wait([a, b]);
    log(done.size, pending.size, now(), outcome(a), outcome(b));
  });

  await run(main());
};
