/** Pins: SystemExit in a child tears the loop down at once; the group's siblings are cancelled only by the shutdown of run. */
import { coroutine, currentTask, sleep, taskGroup } from 'cotask';
import type { Task } from 'cotask';

import type { Program } from '../../harness/stage.ts';

class SystemExit extends Error {
  override readonly name = 'SystemExit';
}

export const generator: Program = async ({ log, outcome, run }) => {
  const crash = coroutine(function* () {
    yield* sleep(1_000);
    throw new SystemExit('4');
  });

  const sibling = coroutine(function* () {
    try {
      yield* sleep(10_000);
    } finally {
      log('sibling cancelled');
    }
  });

  const tasks: Task<unknown>[] = [];
  const main = coroutine(function* () {
    const task = currentTask();
    try {
      yield* taskGroup(function* (group) {
        tasks.push(group.createTask(crash()), ...(task === null ? [] : [task]));
        group.createTask(sibling());
      });
    } finally {
      log('group exit');
    }
  });

  try {
    await run(main());
  } catch (error) {
    log(error, ...tasks.map(outcome));
  }
};

export const async: Program = async ({ log, outcome, run }) => {
  const crash = coroutine(async () => {
    await sleep(1_000);
    throw new SystemExit('4');
  });

  const sibling = coroutine(async () => {
    try {
      await sleep(10_000);
    } finally {
      log('sibling cancelled');
    }
  });

  const tasks: Task<unknown>[] = [];
  const main = coroutine(async () => {
    const task = currentTask();
    try {
      await taskGroup(async (group) => {
        tasks.push(group.createTask(crash()), ...(task === null ? [] : [task]));
        group.createTask(sibling());
      });
    } finally {
      log('group exit');
    }
  });

  try {
    await run(main());
  } catch (error) {
    log(error, ...tasks.map(outcome));
  }
};
