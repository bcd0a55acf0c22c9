/** Pins: the loop holds only weak references to tasks: a task waiting on a future that only it can reach is destroyed while pending. */
import { allTasks, coroutine, createTask, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ collect, log, run }) => {
  const lonely = coroutine(function* () {
    try {
      yield* getRunningLoop().createFuture<void>();
    } finally {
      log('cleanup ran (GeneratorExit)');
    }
  });
  const main = coroutine(function* () {
    createTask(lonely());
    yield* sleep(0);
    yield* collect();
    yield* sleep(0);
    log('tasks left', allTasks().length - 1);
  });
  await run(main());
};

export const async: Program = async ({ collect, log, run }) => {
  const lonely = coroutine(async () => {
    try {
      await getRunningLoop().createFuture<void>();
    } finally {
      log('cleanup ran (GeneratorExit)');
    }
  });
  const main = coroutine(async () => {
    createTask(lonely());
    await sleep(0);
    await collect();
    await sleep(0);
    log('tasks left', allTasks().length - 1);
  });
  await run(main());
};
