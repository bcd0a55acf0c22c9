import { describe, expect, test } from 'vitest';

import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, createTask, shield, sleep, wait, waitFor } from '../index.ts';
import type { Task } from '../index.ts';
import { addHooks } from '../lowlevel.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('wait(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => wait([gate()], { timeout: 1_000 }), {
    value: '{done: {the gate}, pending: {}}',
    fails: false,
    ticks: 1,
  });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

const named = (name: string, ms: number): Task<string> => createTask(sleep(ms, name), { name });

describe.each(gears)('waiting for several, in the %s gear', (gear) => {
  test('ends when all have ended, however they did', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.spawn(
        function* () {
          yield* on(sleep(1));
          throw new Error('broken');
        },
        { name: 'bad' },
      );
      const good = named('good', 2);
      stage.log(yield* on(wait([bad, good])), stage.loop.time(), bad.exception());
      stage.log(yield* on(wait([bad, good], { returnWhen: ALL_COMPLETED })));
    });
    expect(lines).toEqual([
      '{done: {task "bad", task "good"}, pending: {}} 2 broken',
      '{done: {task "bad", task "good"}, pending: {}}',
    ]);
  });

  test('ends with the first when it is told to; the others run on', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const [slow, fast] = [named('slow', 10), named('fast', 1)];
      log(yield* on(wait([slow, fast], { returnWhen: FIRST_COMPLETED })), loop.time());
      log(yield* on(slow), loop.time());
    });
    expect(lines).toEqual(['{done: {task "fast"}, pending: {task "slow"}} 1', 'slow 10']);
  });

  test('ends with the first failure when it is told to; a cancel is none', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.spawn(
        function* () {
          yield* on(sleep(2));
          throw new Error('broken');
        },
        { name: 'bad' },
      );
      const [gone, slow] = [named('gone', 10), named('slow', 5)];
      stage.loop.callLater(1, () => gone.cancel());
      const list = [gone, slow, bad];
      stage.log(yield* on(wait(list, { returnWhen: FIRST_EXCEPTION })), stage.loop.time());
      stage.log(yield* on(wait([gone, slow], { returnWhen: FIRST_EXCEPTION })), stage.loop.time(), bad.exception());
    });
    expect(lines).toEqual([
      '{done: {task "gone", task "bad"}, pending: {task "slow"}} 2',
      '{done: {task "gone", task "slow"}, pending: {}} 5 broken',
    ]);
  });

  test('ends in time, which is no error, and cancels nobody', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const tasks = [named('a', 1), named('b', 5)];
      log(yield* on(wait(tasks, { timeout: 3 })), loop.time());
      log(yield* on(wait(tasks, { timeout: 0 })), loop.time());
      for (const task of tasks) log(yield* on(task));
    });
    expect(lines).toEqual([
      '{done: {task "a"}, pending: {task "b"}} 3',
      '{done: {task "a"}, pending: {task "b"}} 3',
      'a',
      'b',
    ]);
  });

  test('that is cancelled touches nobody', async () => {
    const lines = await play(gear, function* (stage) {
      const task = named('a', 3);
      const waiter = stage.spawn(() => on(wait([task])));
      yield* on(sleep(1));
      waiter.cancel('x');
      stage.log(yield* attempt(waiter), task.done(), task.cancelling());
      stage.log(yield* on(task), stage.loop.time());
    });
    expect(lines).toEqual(['C(x) false 0', 'a 3']);
  });

  test('takes its futures as arguments as well, one alone included', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [a, b] = [named('a', 2), named('b', 1)];
      log(yield* on(wait(a, b)), yield* on(wait(b)));
    });
    expect(lines).toEqual(['{done: {task "a", task "b"}, pending: {}} {done: {task "b"}, pending: {}}']);
  });

  test('takes any iterable, and one that is there twice once', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [a, b] = [named('a', 2), named('b', 1)];
      log(yield* on(wait(new Set([a, b]))), yield* on(wait([a, a])));
    });
    expect(lines).toEqual(['{done: {task "a", task "b"}, pending: {}} {done: {task "a"}, pending: {}}']);
  });
});

test('a future that outlives many who waited for it, or shielded it, has forgotten them', async () => {
  const lines = await play('generator', function* ({ log, loop }) {
    const [future, other] = [loop.createFuture<void>(), loop.createFuture<void>()];
    for (let i = 0; i < 100; i++) {
      yield* on(wait([future, other], { timeout: 1 }));
      yield* attempt(waitFor(shield(future), 1));
    }
    log(future.waiterList().length, other.waiterList().length);
    for (let i = 0; i < 100; i++) {
      const short = createTask(sleep(0));
      yield* on(wait([future, short], { returnWhen: FIRST_COMPLETED }));
    }
    log(future.waiterList().length);
  });
  expect(lines).toEqual(['0 0', '0']);
});

test('one who waits for several says for which of them', async () => {
  const lines = await play('generator', function* (stage) {
    const futures = [stage.loop.createFuture<void>(), stage.loop.createFuture<void>()];
    const remove = addHooks({ taskWaits: (task, { label }) => task.name === 'waiter' && stage.log(label) });
    for (const returnWhen of [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION] as const) {
      yield* on(stage.spawn(() => on(wait(futures, { returnWhen, timeout: 1 })), { name: 'waiter' }));
    }
    remove();
  });
  expect(lines).toEqual(['all of 2 tasks', 'the first of 2 tasks', 'the first failure of 2 tasks']);
});
