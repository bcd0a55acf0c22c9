/** Pins: order of shutdown in run: leftover tasks, then async generators, then the loop closes. */
import { allTasks, coroutine, createTask, fromPromise, getRunningLoop, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const generate = async function* () {
    try {
      yield 1;
    } finally {
      log('2 generator closed; tasks:', allTasks().length <= 2);
    }
  };

  const left = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      log('1 leftover cancelled');
    }
  });

  const main = coroutine(function* () {
    const generator = getRunningLoop().trackAsyncgen(generate());
    yield* fromPromise(generator.next());
    createTask(left());
    yield* sleep(0);
    log('0 main ends');
  });

  await run(main());
  log('3 closed');
};

export const async: Program = async ({ log, run }) => {
  const generate = async function* () {
    try {
      yield 1;
    } finally {
      log('2 generator closed; tasks:', allTasks().length <= 2);
    }
  };

  const left = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      log('1 leftover cancelled');
    }
  });

  const main = coroutine(async () => {
    const generator = getRunningLoop().trackAsyncgen(generate());
    await generator.next();
    createTask(left());
    await sleep(0);
    log('0 main ends');
  });

  await run(main());
  log('3 closed');
};
