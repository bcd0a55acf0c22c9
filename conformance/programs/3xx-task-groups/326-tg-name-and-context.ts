/** Pins: create_task passes name and context on to the task. */
import { copyContext, coroutine, sleep, taskGroup, taskLocal } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const v = taskLocal<number>({ name: 'v' });

  const work = coroutine(function* (x: number) {
    yield* sleep(0);
    v.set(x);
  });

  const main = coroutine(function* () {
    const context = copyContext();
    yield* taskGroup(function* (group) {
      const task = group.createTask(work(1), { name: 'yolo', context });
      log(task.getName());
    });
    log(
      context.run(() => v.get()),
      v.get('unset'),
    );
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const v = taskLocal<number>({ name: 'v' });

  const work = coroutine(async (x: number) => {
    await sleep(0);
    v.set(x);
  });

  const main = coroutine(async () => {
    const context = copyContext();
    await taskGroup(async (group) => {
      const task = group.createTask(work(1), { name: 'yolo', context });
      log(task.getName());
    });
    log(
      context.run(() => v.get()),
      v.get('unset'),
    );
  });

  await run(main());
};
