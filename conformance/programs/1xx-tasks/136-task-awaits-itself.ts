/** Pins: a task that awaits itself gets RuntimeError instead of hanging. */
import { coroutine } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, me, run }) => {
  const main = coroutine(function* () {
    try {
      yield* me();
    } catch (error) {
      log(kind(error));
    }
  });
  await run(main());
};

export const async: Program = async ({ log, me, run }) => {
  const main = coroutine(async () => {
    try {
      await me();
    } catch (error) {
      log(kind(error));
    }
  });
  await run(main());
};
