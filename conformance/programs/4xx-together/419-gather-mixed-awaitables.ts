/** Pins: gather takes coroutines, tasks, futures and other awaitables together. */
import { coroutine, createTask, gather, getRunningLoop, sleep } from 'cotask';
import type { Awaitable, Wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

const soon = coroutine(function* () {
  yield* sleep(0);
  return 'awaitable';
});

/** An awaitable of a user's. */
class Later implements Awaitable<string> {
  [Symbol.iterator](): Iterator<Wait, string, unknown> {
    return soon()[Symbol.iterator]();
  }

  then<A = string, B = never>(
    ok?: ((value: string) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return soon().then(ok, failed);
  }
}

export const generator: Program = async ({ log, run }) => {
  const work = coroutine(function* () {
    return 'coroutine';
  });

  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<string>();
    future.setResult('future');
    log(yield* gather(work(), createTask(work()), future, new Later()));
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const work = coroutine(async () => {
    return 'coroutine';
  });

  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<string>();
    future.setResult('future');
    log(await gather(work(), createTask(work()), future, new Later()));
  });

  await run(main());
};
