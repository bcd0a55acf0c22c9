/** Pins: all_tasks holds every unfinished task of the loop, started or not, and no finished one. */
import { allTasks, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run }) => {
  const quick = coroutine(function* () {});
  const slow = coroutine(function* () {
    yield* sleep(10_000);
  });
  const names = (): string[] =>
    allTasks()
      .map((task) => task.getName())
      .toSorted();
  const main = coroutine(function* () {
    me().setName('main');
    createTask(quick(), { name: 'quick' });
    const task = createTask(slow(), { name: 'slow' });
    log(names());
    yield* sleep(0);
    log(names());
    task.cancel();
    log(names());
    yield* sleep(0);
    log(names());
  });
  await run(main());
};

export const async: Program = async ({ log, me, run }) => {
  const quick = coroutine(async () => {});
  const slow = coroutine(async () => {
    await sleep(10_000);
  });
  const names = (): string[] =>
    allTasks()
      .map((task) => task.getName())
      .toSorted();
  const main = coroutine(async () => {
    me().setName('main');
    createTask(quick(), { name: 'quick' });
    const task = createTask(slow(), { name: 'slow' });
    log(names());
    await sleep(0);
    log(names());
    task.cancel();
    log(names());
    await sleep(0);
    log(names());
  });
  await run(main());
};
