/** Pins: each task in a chain of awaits adds one iteration to the propagation of a result. */
import { coroutine, createTask, getRunningLoop, sleep } from 'cotask';
import type { Future, Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const leaf = coroutine(function* (future: Future<string>) {
    return yield* future;
  });
  const link = coroutine(function* (task: Task<string>, number: number) {
    const result = yield* task;
    log('link', number, tick());
    return result;
  });
  const main = coroutine(function* () {
    const future = getRunningLoop().createFuture<string>();
    let task = createTask(leaf(future));
    for (let number = 0; number < 3; number += 1) task = createTask(link(task, number));
    yield* sleep(0);
    future.setResult('v');
    log('set', tick());
    log(yield* task, tick());
  });
  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const leaf = coroutine(async (future: Future<string>) => {
    return await future;
  });
  const link = coroutine(async (task: Task<string>, number: number) => {
    const result = await task;
    log('link', number, tick());
    return result;
  });
  const main = coroutine(async () => {
    const future = getRunningLoop().createFuture<string>();
    let task = createTask(leaf(future));
    for (let number = 0; number < 3; number += 1) task = createTask(link(task, number));
    await sleep(0);
    future.setResult('v');
    log('set', tick());
    log(await task, tick());
  });
  await run(main());
};
