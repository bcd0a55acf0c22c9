/** Pins: the exception a child raised is the same object its awaiter catches, and handling code can chain on it. */
import { coroutine, createTask } from 'cotask';

import { Boom, Bang } from '../../harness/mishaps.ts';
import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run }) => {
  const child = coroutine(function* () {
    throw new Boom('inner');
  });
  const main = coroutine(function* () {
    const task = createTask(child());
    try {
      try {
        yield* task;
      } catch (error) {
        throw new Bang('outer', { cause: error });
      }
    } catch (error) {
      if (!(error instanceof Bang)) throw error;
      log(error, 'cause', error.cause, error.cause === task.exception());
    }
  });
  await run(main());
};

export const async: Program = async ({ log, run }) => {
  const child = coroutine(async () => {
    throw new Boom('inner');
  });
  const main = coroutine(async () => {
    const task = createTask(child());
    try {
      try {
        await task;
      } catch (error) {
        throw new Bang('outer', { cause: error });
      }
    } catch (error) {
      if (!(error instanceof Bang)) throw error;
      log(error, 'cause', error.cause, error.cause === task.exception());
    }
  });
  await run(main());
};
