/** Pins: create_task on a closed loop raises RuntimeError. */
import { coroutine } from 'cotask';

import { kind } from '../../harness/kind.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, makeLoop }) => {
  const work = coroutine(function* () {});

  const loop = makeLoop();
  loop.close();
  try {
    loop.createTask(work());
  } catch (error) {
    log(kind(error));
  }
};

export const async: Program = async ({ log, makeLoop }) => {
  const work = coroutine(async () => {});

  const loop = makeLoop();
  loop.close();
  try {
    loop.createTask(work());
  } catch (error) {
    log(kind(error));
  }
};
