/** Pins: get_coro gives the wrapped coroutine; get_stack is one frame while suspended and empty when finished. */
import { coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const c = coroutine(function* c() {
    yield* sleep(1_000);
  });
  const main = coroutine(function* () {
    const coro = c();
    const task = createTask(coro);
    log(task.getCoro() === coro);
    yield* sleep(0);
    log(task.getStack().map(({ what }) => what));
    yield* task;
    log(task.getStack());
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const c = coroutine(async function c() {
    await sleep(1_000);
  });
  const main = coroutine(async () => {
    const coro = c();
    const task = createTask(coro);
    log(task.getCoro() === coro);
    await sleep(0);
    log(task.getStack().map(({ what }) => what));
    await task;
    log(task.getStack());
  });
  await run(main());
};
