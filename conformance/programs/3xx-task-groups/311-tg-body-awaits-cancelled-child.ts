/** Pins: awaiting in the body a child that was cancelled raises CancelledError out of the block although the parent was not cancelled. */
import { coroutine, currentTask, getRunningLoop, sleep, taskGroup } from 'cotask';
import type { Task } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, outcome, run }) => {
  const main = coroutine(function* () {
    const tasks: Task<void>[] = [];
    try {
      yield* taskGroup(function* (group) {
        const a = group.createTask(sleep(10_000));
        tasks.push(group.createTask(sleep(20_000)));
        getRunningLoop().callLater(1_000, () => a.cancel());
        yield* a;
      });
    } catch (error) {
      log(kind(error), 'cancelling', currentTask()?.cancelling(), ...tasks.map(outcome));
    }
  });

  await run(main());
};

export const async: Program = async ({ log, outcome, run }) => {
  const main = coroutine(async () => {
    const tasks: Task<void>[] = [];
    try {
      await taskGroup(async (group) => {
        const a = group.createTask(sleep(10_000));
        tasks.push(group.createTask(sleep(20_000)));
        getRunningLoop().callLater(1_000, () => a.cancel());
        await a;
      });
    } catch (error) {
      log(kind(error), 'cancelling', currentTask()?.cancelling(), ...tasks.map(outcome));
    }
  });

  await run(main());
};
