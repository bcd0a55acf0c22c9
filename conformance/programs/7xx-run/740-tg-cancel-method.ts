/** Pins: TaskGroup.cancel() ends the block early: children and body are cancelled, nothing is raised. */
import { coroutine, currentTask, sleep, taskGroup } from 'cotask';
import type { TaskGroup } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const work = coroutine(function* (n: number) {
    try {
      yield* sleep(10_000);
    } finally {
      log('child cancelled', n);
    }
  });

  const main = coroutine(function* () {
    const groups: TaskGroup[] = [];
    yield* taskGroup(function* (group) {
      groups.push(group);
      group.createTask(work(1));
      yield* sleep(1_000);
      group.cancel();
      log('after cancel()');
      yield* sleep(5_000);
      log('not reached');
    });
    log('block ended', now(), 'cancelling', currentTask()?.cancelling());
    for (const group of groups) group.cancel();
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const work = coroutine(async (n: number) => {
    try {
      await sleep(10_000);
    } finally {
      log('child cancelled', n);
    }
  });

  const main = coroutine(async () => {
    const groups: TaskGroup[] = [];
    await taskGroup(async (group) => {
      groups.push(group);
      group.createTask(work(1));
      await sleep(1_000);
      group.cancel();
      log('after cancel()');
      await sleep(5_000);
      log('not reached');
    });
    log('block ended', now(), 'cancelling', currentTask()?.cancelling());
    for (const group of groups) group.cancel();
  });

  await run(main());
};
