/** Pins: a cancelled event waiter is forgotten. */
import { Event, coroutine, createTask, sleep } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ attempt, log, run }) => {
  const main = coroutine(function* () {
    const event = new Event();
    const task = createTask(event.wait());
    yield* sleep(0);
    task.cancel();
    yield* attempt('wait', task);
    event.set();
    log(yield* event.wait());
  });

  await run(main());
};

export const async: Program = async ({ attempt, log, run }) => {
  const main = coroutine(async () => {
    const event = new Event();
    const task = createTask(event.wait());
    await sleep(0);
    task.cancel();
    await attempt('wait', task);
    event.set();
    log(await event.wait());
  });

  await run(main());
};
