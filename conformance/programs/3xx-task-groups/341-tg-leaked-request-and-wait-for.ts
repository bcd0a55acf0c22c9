/** Pins: a group failed while its parent waited at the exit, inside an expiring wait_for: TimeoutError must come out. */
import { coroutine, sleep, taskGroup, waitFor } from 'cotask';

import { kind } from '../../harness/kind.ts';
import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const fail = coroutine(function* () {
    throw new Boom('x');
  });

  const inner = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        group.createTask(fail());
      });
    } catch {
      yield* sleep(5_000);
    }
  });

  const main = coroutine(function* () {
    try {
      yield* waitFor(inner(), 1_000);
    } catch (error) {
      log(kind(error), now());
    }
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const fail = coroutine(async () => {
    throw new Boom('x');
  });

  const inner = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        group.createTask(fail());
      });
    } catch {
      await sleep(5_000);
    }
  });

  const main = coroutine(async () => {
    try {
      await waitFor(inner(), 1_000);
    } catch (error) {
      log(kind(error), now());
    }
  });

  await run(main());
};
