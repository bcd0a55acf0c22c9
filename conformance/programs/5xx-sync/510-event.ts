/** Pins: set wakes all waiters in FIFO order; wait on a set event does not suspend; clear affects only later waits. */
import { Event, coroutine, createTask, sleep, wait } from 'cotask';

import type { Program } from '../../harness/stage.ts';

export const generator: Program = async ({ log, run, tick }) => {
  const work = coroutine(function* (event: Event, name: unknown) {
    const value = yield* event.wait();
    log('woke', name, value, tick());
  });

  const main = coroutine(function* () {
    const event = new Event();
    const tasks = [0, 1].map((n) => createTask(work(event, n)));
    yield* sleep(0);
    const late = createTask(work(event, 'late'));
    event.set();
    log('set', event.isSet(), tick());
    yield* wait([...tasks, late]);
    event.set();
    log(yield* event.wait(), tick());
    event.clear();
    log(event.isSet());
  });

  await run(main());
};

export const async: Program = async ({ log, run, tick }) => {
  const work = coroutine(async (event: Event, name: unknown) => {
    const value = await event.wait();
    log('woke', name, value, tick());
  });

  const main = coroutine(async () => {
    const event = new Event();
    const tasks = [0, 1].map((n) => createTask(work(event, n)));
    await sleep(0);
    const late = createTask(work(event, 'late'));
    event.set();
    log('set', event.isSet(), tick());
    await wait([...tasks, late]);
    event.set();
    log(await event.wait(), tick());
    event.clear();
    log(event.isSet());
  });

  await run(main());
};
