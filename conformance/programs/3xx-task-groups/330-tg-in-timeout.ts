/** Pins: a timeout around a group: children cancelled, TimeoutError out, no group. */
import { coroutine, sleep, taskGroup, timeout } from 'cotask';
import type { Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const main = coroutine(function* () {
    const tasks: Task<void>[] = [];
    try {
      yield* timeout(1_000, function* () {
        yield* taskGroup(function* (group) {
          tasks.push(group.createTask(sleep(10_000)), group.createTask(sleep(10_000)));
        });
      });
    } catch (error) {
      log(error, ...tasks.map(outcome), now());
    }
  });

  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const main = coroutine(async () => {
    const tasks: Task<void>[] = [];
    try {
      await timeout(1_000, async () => {
        await taskGroup(async (group) => {
          tasks.push(group.createTask(sleep(10_000)), group.createTask(sleep(10_000)));
        });
      });
    } catch (error) {
      log(error, ...tasks.map(outcome), now());
    }
  });

  await run(main());
};
