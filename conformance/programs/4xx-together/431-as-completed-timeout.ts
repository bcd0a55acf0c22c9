/** Pins: as_completed(timeout): after the deadline every remaining awaitable raises TimeoutError; the tasks are not cancelled. */
import { asCompleted, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const work = coroutine(function* (ms: number) {
    yield* sleep(ms);
    log('task', ms / 1_000, 'completed', now());
    return ms / 1_000;
  });

  const main = coroutine(function* () {
    const tasks = [1_000, 5_000, 6_000].map((ms) => createTask(work(ms)));
    for (const next of asCompleted(tasks, { timeout: 3_000 })) yield* attempt('next', next);
    log(now());
    yield* sleep(5_000);
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const work = coroutine(async (ms: number) => {
    await sleep(ms);
    log('task', ms / 1_000, 'completed', now());
    return ms / 1_000;
  });

  const main = coroutine(async () => {
    const tasks = [1_000, 5_000, 6_000].map((ms) => createTask(work(ms)));
    for (const next of asCompleted(tasks, { timeout: 3_000 })) await attempt('next', next);
    log(now());
    await sleep(5_000);
  });

  await run(main());
};
