/** Pins: closing an async generator suspended inside a TaskGroup block. */
import { coroutine, sleep, taskGroup } from 'cotask';
import type { TaskGroup } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const generate = function* (group: TaskGroup) {
    group.createTask(sleep(10_000));
    yield 1;
  };

  const main = coroutine(function* () {
    try {
      // @ts-expect-error a body that yields something else than its waits: its type is refused as well
      yield* taskGroup(generate);
    } catch (error) {
      log('refused', error);
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const generate = async function* (group: TaskGroup) {
    group.createTask(sleep(10_000));
    yield 1;
  };

  const main = coroutine(async () => {
    try {
      // @ts-expect-error a body that yields: its type is refused as well
      await taskGroup(generate);
    } catch (error) {
      log('refused', error);
    }
  });

  await run(main());
};
