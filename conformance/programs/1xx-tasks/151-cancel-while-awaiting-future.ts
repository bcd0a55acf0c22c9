/** Pins: cancelling a waiting task cancels the future it waits on at once; the task sees CancelledError one iteration later. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';
import type { Future } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run, tick }) => {
  const waiter = coroutine(function* (future: Future<void>) {
    try {
      yield* future;
    } catch (error) {
      log('caught', tick());
      throw error;
    }
  });
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<void>();
    const task = createTask(waiter(future));
    yield* sleep(0);
    log(task.cancel(), 'future', outcome(future), 'task', task.done(), tick());
    yield* sleep(0);
    log('task', outcome(task), tick());
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run, tick }) => {
  const waiter = coroutine(async (future: Future<void>) => {
    try {
      await future;
    } catch (error) {
      log('caught', tick());
      throw error;
    }
  });
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<void>();
    const task = createTask(waiter(future));
    await sleep(0);
    log(task.cancel(), 'future', outcome(future), 'task', task.done(), tick());
    await sleep(0);
    log('task', outcome(task), tick());
  });
  await run(main());
};
