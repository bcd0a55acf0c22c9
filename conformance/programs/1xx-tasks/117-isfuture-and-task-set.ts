/** Pins: a task is a future, but set_result/set_exception on a task raise RuntimeError. */
import { coroutine, createTask, isFuture } from 'cotask';
import type { Future } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const pass = coroutine(function* () {
    return 'pass';
  });
  const main = coroutine(function* () {
    const task = createTask(pass());
    log(isFuture(task), isFuture(task.getLoop().createFuture()), isFuture(1));
    const future: Future<string> = task;
    for (const call of [() => future.setResult('x'), () => future.setException(new Boom('x'))]) {
      try {
        call();
      } catch (error) {
        log(kind(error));
      }
    }
    log(yield* task);
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const pass = coroutine(async () => {
    return 'pass';
  });
  const main = coroutine(async () => {
    const task = createTask(pass());
    log(isFuture(task), isFuture(task.getLoop().createFuture()), isFuture(1));
    const future: Future<string> = task;
    for (const call of [() => future.setResult('x'), () => future.setException(new Boom('x'))]) {
      try {
        call();
      } catch (error) {
        log(kind(error));
      }
    }
    log(await task);
  });
  await run(main());
};
