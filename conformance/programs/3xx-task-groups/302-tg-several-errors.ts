/** Pins: all errors raised before the group has ended are collected, in the order in which the children finished. */
import { coroutine, sleep, taskGroup } from 'cotask';

import { Boom } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, now, run }) => {
  const bad = coroutine(function* (name: string, ms: number) {
    try {
      yield* sleep(ms);
    } catch {
      yield* sleep(ms);
      throw new Boom(`${name} during cleanup`);
    }
    throw new Boom(name);
  });

  const main = coroutine(function* () {
    try {
      yield* taskGroup(function* (group) {
        group.createTask(bad('slow', 3_000));
        group.createTask(bad('fast', 1_000));
        group.createTask(bad('also fast', 1_000));
        group.createTask(bad('mid', 2_000));
      });
    } catch (error) {
      log(error);
    }
    log(now());
  });

  await run(main());
};

export const async: Program = async ({ log, now, run }) => {
  const bad = coroutine(async (name: string, ms: number) => {
    try {
      await sleep(ms);
    } catch {
      await sleep(ms);
      throw new Boom(`${name} during cleanup`);
    }
    throw new Boom(name);
  });

  const main = coroutine(async () => {
    try {
      await taskGroup(async (group) => {
        group.createTask(bad('slow', 3_000));
        group.createTask(bad('fast', 1_000));
        group.createTask(bad('also fast', 1_000));
        group.createTask(bad('mid', 2_000));
      });
    } catch (error) {
      log(error);
    }
    log(now());
  });

  await run(main());
};
