/** Pins: parent cancelled through two groups whose children fail: groups nest like the blocks. */
import { coroutine, createTask, sleep, taskGroup } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, run }) => {
  const work = coroutine(function* (name: string) {
    try {
      yield* sleep(10_000);
    } catch {
      throw new Boom(name);
    }
  });

  const parent = coroutine(function* () {
    yield* taskGroup(function* (outer) {
      outer.createTask(sleep(10_000));
      yield* taskGroup(function* (inner) {
        inner.createTask(work('x'));
        yield* sleep(10_000);
      });
    });
  });

  const main = coroutine(function* () {
    const task = createTask(parent());
    yield* sleep(1_000);
    task.cancel();
    yield* attempt('parent', task);
  });

  await run(main());
};

export const async: Program = async ({ attempt, run }) => {
  const work = coroutine(async (name: string) => {
    try {
      await sleep(10_000);
    } catch {
      throw new Boom(name);
    }
  });

  const parent = coroutine(async () => {
    await taskGroup(async (outer) => {
      outer.createTask(sleep(10_000));
      await taskGroup(async (inner) => {
        inner.createTask(work('x'));
        await sleep(10_000);
      });
    });
  });

  const main = coroutine(async () => {
    const task = createTask(parent());
    await sleep(1_000);
    task.cancel();
    await attempt('parent', task);
  });

  await run(main());
};
