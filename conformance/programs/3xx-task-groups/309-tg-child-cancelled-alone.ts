/** Pins: cancelling just one child does not fail the group nor touch its siblings. */
import { coroutine, sleep, taskGroup } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const work = coroutine(function* (name: string) {
    yield* sleep(2_000);
    return name;
  });

  const main = coroutine(function* () {
    const [a, b] = yield* taskGroup(function* (group) {
      const tasks = [group.createTask(work('a')), group.createTask(work('b'))] as const;
      yield* sleep(1_000);
      tasks[0].cancel();
      return tasks;
    });
    log(outcome(a), outcome(b), now());
  });

  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const work = coroutine(async (name: string) => {
    await sleep(2_000);
    return name;
  });

  const main = coroutine(async () => {
    const [a, b] = await taskGroup(async (group) => {
      const tasks = [group.createTask(work('a')), group.createTask(work('b'))] as const;
      await sleep(1_000);
      tasks[0].cancel();
      return tasks;
    });
    log(outcome(a), outcome(b), now());
  });

  await run(main());
};
