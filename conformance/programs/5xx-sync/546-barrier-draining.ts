/** Pins: a task that arrives while the barrier is draining waits for the next round. */
import { Barrier, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const barrier = new Barrier(2);

    const work = coroutine(function* (name: string) {
      const index = yield* barrier.wait();
      log('through', name, index);
    });

    const a = createTask(work('a'));
    yield* sleep(0);
    const c = createTask(work('c'));
    const d = createTask(work('d'));
    yield* sleep(1_000);
    log(a.done(), c.done(), d.done(), 'waiting', barrier.nWaiting);
    const e = createTask(work('e'));
    yield* wait([d, e]);
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const barrier = new Barrier(2);

    const work = coroutine(async (name: string) => {
      const index = await barrier.wait();
      log('through', name, index);
    });

    const a = createTask(work('a'));
    await sleep(0);
    const c = createTask(work('c'));
    const d = createTask(work('d'));
    await sleep(1_000);
    log(a.done(), c.done(), d.done(), 'waiting', barrier.nWaiting);
    const e = createTask(work('e'));
    await wait([d, e]);
  });

  await run(main());
};
