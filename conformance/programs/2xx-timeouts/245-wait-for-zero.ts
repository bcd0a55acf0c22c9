/** Pins: timeout <= 0: a finished future gives its result; otherwise the awaitable is cancelled and a coroutine never starts. */
import { coroutine, createTask, getRunningLoop, sleep, waitFor } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, outcome, run }) => {
  const worker = coroutine(function* () {
    log('started');
    try {
      yield* sleep(10_000);
    } finally {
      yield* sleep(1_000);
      log('cleaned up', now());
    }
  });
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<string>();
    future.setResult('done');
    for (const ms of [0, -1_000]) {
      yield* attempt('done future', waitFor(future, ms));
      yield* attempt('coroutine', waitFor(worker(), ms));
      const task = createTask(worker());
      yield* sleep(0);
      yield* attempt('running task', waitFor(task, ms));
      log(outcome(task));
    }
  });
  await run(main());
};

export const async: Program = async ({ attempt, log, now, outcome, run }) => {
  const worker = coroutine(async () => {
    log('started');
    try {
      await sleep(10_000);
    } finally {
      await sleep(1_000);
      log('cleaned up', now());
    }
  });
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<string>();
    future.setResult('done');
    for (const ms of [0, -1_000]) {
      await attempt('done future', waitFor(future, ms));
      await attempt('coroutine', waitFor(worker(), ms));
      const task = createTask(worker());
      await sleep(0);
      await attempt('running task', waitFor(task, ms));
      log(outcome(task));
    }
  });
  await run(main());
};
