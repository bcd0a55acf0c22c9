/** Pins: put and get that need not wait never yield, so a producer can run on without letting anyone else in. */
import { Queue, coroutine, gather } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const produce = coroutine(function* (queue: Queue<number>) {
    for (let i = 0; i < 3; i++) {
      yield* queue.put(i);
      log('put', i);
    }
  });

  const consume = coroutine(function* (queue: Queue<number>) {
    for (let i = 0; i < 3; i++) log('got', yield* queue.get());
  });

  const main = coroutine(function* () {
    const unbounded = new Queue<number>();
    yield* gather(consume(unbounded), produce(unbounded));
    const bounded = new Queue<number>(1);
    log('-- bounded');
    yield* gather(consume(bounded), produce(bounded));
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const produce = coroutine(async (queue: Queue<number>) => {
    for (let i = 0; i < 3; i++) {
      await queue.put(i);
      log('put', i);
    }
  });

  const consume = coroutine(async (queue: Queue<number>) => {
    for (let i = 0; i < 3; i++) log('got', await queue.get());
  });

  const main = coroutine(async () => {
    const unbounded = new Queue<number>();
    await gather(consume(unbounded), produce(unbounded));
    const bounded = new Queue<number>(1);
    log('-- bounded');
    await gather(consume(bounded), produce(bounded));
  });

  await run(main());
};
