/** Pins: children that swallow the abort keep the block open until they end; their results are kept. */
import { coroutine, sleep, taskGroup } from 'cotask';
import type { Task } from 'cotask';

import { boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const stubborn = coroutine(function* () {
    try {
      yield* sleep(10_000);
    } catch {
      yield* sleep(5_000);
      return 'done anyway';
    }
    return 'not cancelled';
  });

  const main = coroutine(function* () {
    const tasks: Task<string>[] = [];
    try {
      yield* taskGroup(function* (group) {
        tasks.push(group.createTask(stubborn()));
        yield* sleep(1_000);
        boom('body');
      });
    } catch (error) {
      log(error, ...tasks.map(outcome), now());
    }
  });

  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const stubborn = coroutine(async () => {
    try {
      await sleep(10_000);
    } catch {
      await sleep(5_000);
      return 'done anyway';
    }
    return 'not cancelled';
  });

  const main = coroutine(async () => {
    const tasks: Task<string>[] = [];
    try {
      await taskGroup(async (group) => {
        tasks.push(group.createTask(stubborn()));
        await sleep(1_000);
        boom('body');
      });
    } catch (error) {
      log(error, ...tasks.map(outcome), now());
    }
  });

  await run(main());
};
