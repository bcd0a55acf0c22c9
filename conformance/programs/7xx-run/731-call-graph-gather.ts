/** Pins: the graph knows the awaiter of tasks in gather and wait. */
import { captureCallGraph, coroutine, createTask, gather, sleep, wait } from 'cotask';
import type { Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const parents = (task: Task<unknown>): string[] =>
    (captureCallGraph(task)?.awaitedBy ?? []).map(({ name }) => name).toSorted();

  const work = coroutine(function* () {
    yield* sleep(1_000);
  });

  const gatherer = coroutine(function* (...tasks: Task<void>[]) {
    yield* gather(tasks);
  });

  const waiter = coroutine(function* (...tasks: Task<void>[]) {
    yield* wait(tasks);
  });

  const main = coroutine(function* () {
    const [a, b] = [createTask(work()), createTask(work())];
    const p = createTask(gatherer(a, b), { name: 'gatherer' });
    const q = createTask(waiter(b), { name: 'waiter' });
    yield* sleep(0);
    yield* sleep(0);
    log(parents(a), parents(b));
    yield* p;
    yield* q;
    log(parents(a), parents(b));
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const parents = (task: Task<unknown>): string[] =>
    (captureCallGraph(task)?.awaitedBy ?? []).map(({ name }) => name).toSorted();

  const work = coroutine(async () => {
    await sleep(1_000);
  });

  const gatherer = coroutine(async (...tasks: Task<void>[]) => {
    await gather(tasks);
  });

  const waiter = coroutine(async (...tasks: Task<void>[]) => {
    await wait(tasks);
  });

  const main = coroutine(async () => {
    const [a, b] = [createTask(work()), createTask(work())];
    const p = createTask(gatherer(a, b), { name: 'gatherer' });
    const q = createTask(waiter(b), { name: 'waiter' });
    await sleep(0);
    await sleep(0);
    log(parents(a), parents(b));
    await p;
    await q;
    log(parents(a), parents(b));
  });

  await run(main());
};
