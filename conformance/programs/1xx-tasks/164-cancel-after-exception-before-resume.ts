/** Pins: cancel also beats an exception that has been set but not yet delivered. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';
import type { Future } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, outcome, run }) => {
  const worker = coroutine(function* (future: Future<void>) {
    try {
      yield* future;
    } catch (error) {
      log('saw', error);
      throw error;
    }
  });
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<void>();
    const task = createTask(worker(future));
    yield* sleep(0);
    future.setException(new Boom('lost'));
    task.cancel();
    yield* attempt('t', task);
    log(outcome(future));
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, outcome, run }) => {
  const worker = coroutine(async (future: Future<void>) => {
    try {
      await future;
    } catch (error) {
      log('saw', error);
      throw error;
    }
  });
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<void>();
    const task = createTask(worker(future));
    await sleep(0);
    future.setException(new Boom('lost'));
    task.cancel();
    await attempt('t', task);
    log(outcome(future));
  });
  await run(main());
};
