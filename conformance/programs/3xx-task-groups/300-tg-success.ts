/** Pins: TaskGroup: the block exit waits for every child; results are read from the tasks. */
import { coroutine, sleep, taskGroup } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const work = coroutine(function* (ms: number, name: string) {
    yield* sleep(ms);
    log('child', name, 'done', now());
    return name;
  });

  const main = coroutine(function* () {
    const [a, b] = yield* taskGroup(function* (group) {
      const tasks = [group.createTask(work(2_000, 'a')), group.createTask(work(1_000, 'b'))] as const;
      log('body ends', now());
      return tasks;
    });
    log('block ends', now(), a.result(), b.result());
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const work = coroutine(async (ms: number, name: string) => {
    await sleep(ms);
    log('child', name, 'done', now());
    return name;
  });

  const main = coroutine(async () => {
    const [a, b] = await taskGroup(async (group) => {
      const tasks = [group.createTask(work(2_000, 'a')), group.createTask(work(1_000, 'b'))] as const;
      log('body ends', now());
      return tasks;
    });
    log('block ends', now(), a.result(), b.result());
  });

  await run(main());
};
