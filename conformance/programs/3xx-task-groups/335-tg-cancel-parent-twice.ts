/** Pins: cancelling the parent again while it waits for the children to clean up does not leave the block early. */
import { coroutine, createTask, sleep, taskGroup } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, now, run }) => {
  const work = coroutine(function* () {
    try {
      yield* sleep(100_000);
    } finally {
      yield* sleep(5_000);
      log('child cleaned up', now());
    }
  });

  const parent = coroutine(function* () {
    yield* taskGroup(function* (group) {
      group.createTask(work());
    });
  });

  const main = coroutine(function* () {
    const task = createTask(parent());
    for (let i = 0; i < 3; i++) {
      yield* sleep(1_000);
      log('cancel', task.cancel());
    }
    yield* attempt('parent', task);
    log(now(), task.cancelling());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, now, run }) => {
  const work = coroutine(async () => {
    try {
      await sleep(100_000);
    } finally {
      await sleep(5_000);
      log('child cleaned up', now());
    }
  });

  const parent = coroutine(async () => {
    await taskGroup(async (group) => {
      group.createTask(work());
    });
  });

  const main = coroutine(async () => {
    const task = createTask(parent());
    for (let i = 0; i < 3; i++) {
      await sleep(1_000);
      log('cancel', task.cancel());
    }
    await attempt('parent', task);
    log(now(), task.cancelling());
  });

  await run(main());
};
