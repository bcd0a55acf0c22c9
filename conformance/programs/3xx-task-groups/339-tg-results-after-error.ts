/** Pins: children that had finished before the failure keep their results. */
import { coroutine, sleep, taskGroup } from 'cotask';
import type { Task } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const crash = coroutine(function* () {
    yield* sleep(2_000);
    throw new Boom('x');
  });

  const main = coroutine(function* () {
    const tasks: Task<string>[] = [];
    try {
      yield* taskGroup(function* (group) {
        tasks.push(group.createTask(sleep(1_000, 'early')), group.createTask(sleep(3_000, 'late')));
        group.createTask(crash());
      });
    } catch {
      log(...tasks.map(outcome));
    }
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const crash = coroutine(async () => {
    await sleep(2_000);
    throw new Boom('x');
  });

  const main = coroutine(async () => {
    const tasks: Task<string>[] = [];
    try {
      await taskGroup(async (group) => {
        tasks.push(group.createTask(sleep(1_000, 'early')), group.createTask(sleep(3_000, 'late')));
        group.createTask(crash());
      });
    } catch {
      log(...tasks.map(outcome));
    }
  });

  await run(main());
};
