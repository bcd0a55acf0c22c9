/** Pins: ensure_future returns futures and tasks unchanged, wraps a coroutine or awaitable in a task, refuses the rest. */
import { coroutine, createTask, ensureFuture, getRunningLoop, sleep } from 'cotask';
import type { Awaitable } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop, run }) => {
  const awaitable: Awaitable<string> = {
    [Symbol.iterator]: () => sleep(0, 'awaitable')[Symbol.iterator](),
    then: (onFulfilled, onRejected) => sleep(0, 'awaitable').then(onFulfilled, onRejected),
  };
  const make = coroutine(function* () {
    return 'coroutine';
  });
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const future = loop.createFuture<void>();
    log(ensureFuture(future) === future);
    const task = createTask(make());
    log(ensureFuture(task) === task);
    log(yield* ensureFuture(make()), yield* ensureFuture(awaitable));
    try {
      const wrong: unknown = 'x';
      // @ts-expect-error: nothing to wait for.
      ensureFuture(wrong);
    } catch (error) {
      log(kind(error));
    }
    const other = makeLoop();
    try {
      ensureFuture(future, { loop: other });
    } catch (error) {
      log(kind(error));
    }
  });
  await run(main());
};

export const async: Program = async ({ log, makeLoop, run }) => {
  const awaitable: Awaitable<string> = {
    [Symbol.iterator]: () => sleep(0, 'awaitable')[Symbol.iterator](),
    then: (onFulfilled, onRejected) => sleep(0, 'awaitable').then(onFulfilled, onRejected),
  };
  const make = coroutine(async () => {
    return 'coroutine';
  });
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const future = loop.createFuture<void>();
    log(ensureFuture(future) === future);
    const task = createTask(make());
    log(ensureFuture(task) === task);
    log(await ensureFuture(make()), await ensureFuture(awaitable));
    try {
      const wrong: unknown = 'x';
      // @ts-expect-error: nothing to wait for.
      ensureFuture(wrong);
    } catch (error) {
      log(kind(error));
    }
    const other = makeLoop();
    try {
      ensureFuture(future, { loop: other });
    } catch (error) {
      log(kind(error));
    }
  });
  await run(main());
};
