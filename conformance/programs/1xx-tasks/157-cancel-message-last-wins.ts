/** Pins: two cancels before the task runs deliver one CancelledError: the first message if the awaited future took it, else the last one. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, me, now, run }) => {
  const worker = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } catch (error) {
      log('inside', error, me().cancelling());
      yield* sleep(1_000);
      log('not interrupted again', now());
      throw error;
    }
  });
  const main = coroutine(function* () {
    const started = createTask(worker());
    yield* sleep(0);
    log(started.cancel('first'), started.cancel('second'));
    yield* attempt('started task', started);
    const unstarted = createTask(worker());
    unstarted.cancel('first');
    unstarted.cancel('second');
    yield* attempt('unstarted task', unstarted);
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, me, now, run }) => {
  const worker = coroutine(async () => {
    try {
      await sleep(100_000);
    } catch (error) {
      log('inside', error, me().cancelling());
      await sleep(1_000);
      log('not interrupted again', now());
      throw error;
    }
  });
  const main = coroutine(async () => {
    const started = createTask(worker());
    await sleep(0);
    log(started.cancel('first'), started.cancel('second'));
    await attempt('started task', started);
    const unstarted = createTask(worker());
    unstarted.cancel('first');
    unstarted.cancel('second');
    await attempt('unstarted task', unstarted);
  });
  await run(main());
};
