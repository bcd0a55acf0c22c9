/** Pins: nested groups: an outer child failure cancels through the inner group, which adds nothing. */
import { coroutine, currentTask, sleep, taskGroup } from 'cotask';
import type { Task } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, outcome, run }) => {
  const crash = coroutine(function* (ms: number) {
    yield* sleep(ms);
    throw new Boom(`after ${ms / 1_000}`);
  });

  const main = coroutine(function* () {
    const inside: Task<void>[] = [];
    try {
      yield* taskGroup(function* (outer) {
        outer.createTask(crash(1_000));
        yield* taskGroup(function* (inner) {
          inside.push(inner.createTask(crash(10_000)));
        });
      });
    } catch (error) {
      log(error, ...inside.map(outcome), now(), currentTask()?.cancelling());
    }
  });

  await run(main());
};

export const async: Program = async ({ log, now, outcome, run }) => {
  const crash = coroutine(async (ms: number) => {
    await sleep(ms);
    throw new Boom(`after ${ms / 1_000}`);
  });

  const main = coroutine(async () => {
    const inside: Task<void>[] = [];
    try {
      await taskGroup(async (outer) => {
        outer.createTask(crash(1_000));
        await taskGroup(async (inner) => {
          inside.push(inner.createTask(crash(10_000)));
        });
      });
    } catch (error) {
      log(error, ...inside.map(outcome), now(), currentTask()?.cancelling());
    }
  });

  await run(main());
};
