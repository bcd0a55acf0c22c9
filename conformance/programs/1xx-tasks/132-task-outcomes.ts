/** Pins: the four states of a task: pending, result, failed, cancelled, and what done/cancelled/exception say of each. */
import { coroutine, createTask, sleep } from 'cotask';
import type { Future } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const ok = coroutine(function* () {
    return 'r';
  });
  const bad = coroutine(function* () {
    throw new Boom('b');
  });
  const long = coroutine(function* () {
    yield* sleep(10_000);
  });
  const main = coroutine(function* () {
    const tasks: Future<unknown>[] = [createTask(ok()), createTask(bad()), createTask(long())];
    const last = createTask(long());
    log([...tasks, last].map(outcome));
    yield* sleep(0);
    last.cancel();
    yield* sleep(0);
    for (const task of [...tasks, last]) log(task.done(), task.cancelled(), outcome(task));
    for (const task of tasks) task.cancel();
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const ok = coroutine(async () => {
    return 'r';
  });
  const bad = coroutine(async () => {
    throw new Boom('b');
  });
  const long = coroutine(async () => {
    await sleep(10_000);
  });
  const main = coroutine(async () => {
    const tasks: Future<unknown>[] = [createTask(ok()), createTask(bad()), createTask(long())];
    const last = createTask(long());
    log([...tasks, last].map(outcome));
    await sleep(0);
    last.cancel();
    await sleep(0);
    for (const task of [...tasks, last]) log(task.done(), task.cancelled(), outcome(task));
    for (const task of tasks) task.cancel();
  });
  await run(main());
};
