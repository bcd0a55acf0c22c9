import { describe, expect, test } from 'vitest';

import { asCompleted, coroutine, createTask, run, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** The next of a list that holds one, and is asked for anew by every wait. */
describe.each(gears)('the next of asCompleted(), in the %s gear', (gear) => {
  const kind = gated(
    (_, gate) => () => {
      const [next] = asCompleted([gate()]);
      if (next === undefined) throw new TypeError('a list of one has a next');
      return next;
    },
    { ticks: 1 },
  );
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('several in the order in which they end, in the %s gear', (gear) => {
  test('come one by one, coroutines, tasks, promises and other awaitables', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(() => on(sleep(3, 'coroutine')));
      const list = [work(), createTask(sleep(1, 'task')), sleep(2, 'sleep'), Promise.resolve('promise')];
      for (const next of asCompleted(list)) stage.log(yield* on(next), stage.loop.time());
    });
    expect(lines).toEqual(['promise 0', 'task 1', 'sleep 2', 'coroutine 3']);
  });

  test('that are done in one tick come in the order in which they were done', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const futures = [0, 1, 2, 3].map(() => loop.createFuture<number>());
      for (const index of [2, 0, 3, 1]) loop.callLater(1, () => futures[index]?.setResult(index));
      for (const next of asCompleted(futures)) log(yield* on(next));
    });
    expect(lines).toEqual(['2', '0', '3', '1']);
  });

  test('give the error of one that failed in its place', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        throw new Error('broken');
      });
      for (const next of asCompleted([sleep(2, 'good'), bad()])) stage.log(yield* attempt(next));
    });
    expect(lines).toEqual(['broken', 'good']);
  });

  test('time out after the deadline, each that is left; no task is cancelled', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const tasks = [1, 5, 6].map((ms) => createTask(sleep(ms, ms)));
      for (const next of asCompleted(tasks, { timeout: 3 })) log(yield* attempt(next), loop.time());
      for (const task of tasks) log(yield* on(task));
    });
    expect(lines).toEqual(['1 1', 'TO 3', 'TO 3', '1', '5', '6']);
  });

  test('leave no timer when they end before the deadline', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const next of asCompleted([sleep(1, 'soon')], { timeout: 1_000 })) log(yield* on(next), loop.time());
    });
    expect(lines).toEqual(['soon 1']);
  });

  test('may be arguments as well, one alone included', async () => {
    const lines = await play(gear, function* ({ log }) {
      for (const next of asCompleted(sleep(2, 'slow'), sleep(1, 'fast'))) log(yield* on(next));
      for (const next of asCompleted(createTask(sleep(1, 'alone')))) log(yield* on(next));
    });
    expect(lines).toEqual(['fast', 'slow', 'alone']);
  });

  test('may be none', async () => {
    const lines = await play(gear, function* ({ log }) {
      log([...asCompleted([])].length);
    });
    expect(lines).toEqual(['0']);
  });
});

test('for await gives the tasks themselves, each in a box when it is done', async () => {
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const [slow, fast] = [createTask(sleep(4, 'slow')), createTask(sleep(1, 'fast'))];
    for await (const { future } of asCompleted([slow, fast])) seen.push(future === fast, future.result());
  });
  await run(main(), { host: new VirtualHost() });
  expect(seen).toEqual([true, 'fast', false, 'slow']);
});

test('for await that is left early, or times out, leaves nobody waiting', async () => {
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const tasks = [createTask(sleep(1, 'a')), createTask(sleep(5, 'b'))];
    for await (const { future } of asCompleted(tasks)) {
      seen.push(future.result());
      break;
    }
    try {
      for await (const { future } of asCompleted(tasks, { timeout: 1 })) seen.push(future.result());
    } catch (error) {
      seen.push((error as { code: string }).code);
    }
    for (const task of tasks) await task;
  });
  await run(main(), { host: new VirtualHost() });
  expect(seen).toEqual(['a', 'a', 'COTASK_TIMEOUT']);
});
