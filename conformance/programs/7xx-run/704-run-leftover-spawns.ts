/** Pins: a task created while the leftovers are being cancelled is not cancelled itself: it is lost when the loop closes. */
import { coroutine, createTask, sleep } from 'cotask';
import type { Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const late = coroutine(function* () {
    log('late task started');
    yield* sleep(1_000);
    log('never reached');
  });

  const lateTasks: Task<void>[] = [];
  const left = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      lateTasks.push(createTask(late()));
    }
  });

  const main = coroutine(function* () {
    createTask(left());
    yield* sleep(0);
  });

  await run(main());
  log('late:', ...lateTasks.map((task) => task.done()));
};

export const async: Program = async ({ log, run }) => {
  const late = coroutine(async () => {
    log('late task started');
    await sleep(1_000);
    log('never reached');
  });

  const lateTasks: Task<void>[] = [];
  const left = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      lateTasks.push(createTask(late()));
    }
  });

  const main = coroutine(async () => {
    createTask(left());
    await sleep(0);
  });

  await run(main());
  log('late:', ...lateTasks.map((task) => task.done()));
};
