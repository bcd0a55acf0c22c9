/** Pins: done callbacks of a task get the task itself, whatever its outcome, one iteration after it ended. */
import { coroutine, createTask, sleep, wait } from 'cotask';
import type { Task } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run, tick }) => {
  const ok = coroutine(function* () {
    return 1;
  });
  const bad = coroutine(function* () {
    throw new Boom('b');
  });
  const long = coroutine(function* () {
    yield* sleep(9_000);
  });
  const main = coroutine(function* () {
    const last = createTask(long(), { name: 'long' });
    const tasks: Task<unknown>[] = [createTask(ok(), { name: 'ok' }), createTask(bad(), { name: 'bad' }), last];
    for (const task of tasks) task.addDoneCallback((done) => log(task.getName(), outcome(done), tick()));
    yield* sleep(0);
    last.cancel();
    yield* wait(tasks);
  });
  await run(main());
};

export const async: Program = async ({ log, outcome, run, tick }) => {
  const ok = coroutine(async () => {
    return 1;
  });
  const bad = coroutine(async () => {
    throw new Boom('b');
  });
  const long = coroutine(async () => {
    await sleep(9_000);
  });
  const main = coroutine(async () => {
    const last = createTask(long(), { name: 'long' });
    const tasks: Task<unknown>[] = [createTask(ok(), { name: 'ok' }), createTask(bad(), { name: 'bad' }), last];
    for (const task of tasks) task.addDoneCallback((done) => log(task.getName(), outcome(done), tick()));
    await sleep(0);
    last.cancel();
    await wait(tasks);
  });
  await run(main());
};
