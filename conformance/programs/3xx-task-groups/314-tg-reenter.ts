/** Pins: a group is for one use. */
import { coroutine, taskGroup } from 'cotask';
import type { Awaitable } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const main = coroutine(function* () {
    const block: Awaitable<void> = taskGroup(function* () {
      try {
        yield* block;
      } catch (error) {
        log('already', kind(error));
      }
    });
    yield* block;
    try {
      yield* block;
    } catch (error) {
      log('double', kind(error));
    }
  });

  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const main = coroutine(async () => {
    const block: Awaitable<void> = taskGroup(async () => {
      try {
        await block;
      } catch (error) {
        log('already', kind(error));
      }
    });
    await block;
    try {
      await block;
    } catch (error) {
      log('double', kind(error));
    }
  });

  await run(main());
};
