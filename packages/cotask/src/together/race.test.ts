import { describe, expect, test } from 'vitest';

import { allTasks, createTask, race, shield, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

describe.each(gears)('race(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => race(sleep(1e6), gate()));
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  test('gives the first value, and returns when the losers have cleaned up', async () => {
    const lines = await play(gear, function* (stage) {
      const loser = stage.coroutineOf(function* (name: string, ms: number) {
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(ms));
          stage.log(name, stage.loop.time());
        }
      });
      stage.log(yield* on(race(loser('a', 3), sleep(5, 'won'), loser('b', 1))), stage.loop.time());
    });
    expect(lines).toEqual(['b 6', 'a 8', 'won 8']);
  });

  test('throws the first error as it is', async () => {
    const lines = await play(gear, function* (stage) {
      const broken = new Error('broken');
      const fails = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        throw broken;
      });
      try {
        yield* on(race(sleep(5, 'late'), fails()));
      } catch (error) {
        stage.log(error === broken, stage.loop.time());
      }
    });
    expect(lines).toEqual(['true 1']);
  });

  test('begins nothing before it is awaited, and takes one list as well', async () => {
    const lines = await play(gear, function* ({ log }) {
      const first = race(new Set([sleep(2, 'a'), sleep(1, 'b')]));
      log(allTasks().length);
      log(yield* on(first));
    });
    expect(lines).toEqual(['1', 'b']);
  });

  test('gives the first of those that were done before, in the order of the arguments', async () => {
    const lines = await play(gear, function* (stage) {
      const done = stage.loop.createFuture<string>();
      done.setResult('done');
      const never = stage.coroutineOf(function* () {
        stage.log('never runs');
      });
      stage.log(yield* on(race(never(), done)), yield* on(race(done, done)));
    });
    expect(lines).toEqual(['done done']);
  });

  test('cancels a task that loses, but not one behind a shield', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [mine, kept] = [createTask(sleep(5, 'mine')), createTask(sleep(5, 'kept'))];
      log(yield* on(race(mine, shield(kept), sleep(1, 'won'))), mine.cancelled(), yield* on(kept));
    });
    expect(lines).toEqual(['won true kept']);
  });

  test('takes promises', async () => {
    const lines = await play(gear, function* ({ log }) {
      log(yield* on(race(Promise.resolve('promised'), sleep(1e6, 'slept'))));
    });
    expect(lines).toEqual(['promised']);
  });

  test('has the loop report a loser that fails in its clean-up', async () => {
    const lines = await play(gear, function* (stage) {
      const loser = stage.coroutineOf(function* () {
        try {
          yield* on(sleep(100));
        } finally {
          // oxlint-disable-next-line no-unsafe-finally
          throw new Error('spilled');
        }
      });
      stage.log(yield* on(race(createTask(loser(), { name: 'loser' }), sleep(1, 'won'))));
      stage.loop.lostErrors.reportAll();
    });
    expect(lines).toEqual(['won', 'reported: task "loser" failed, and nobody looked at its error: spilled']);
  });

  test('is not concerned with a loser that fails in the tick in which another one wins', async () => {
    const lines = await play(gear, function* (stage) {
      const fails = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        throw new Error('broken');
      });
      stage.log(yield* on(race(sleep(1, 'won'), fails())));
      stage.loop.lostErrors.reportAll();
    });
    expect(lines).toEqual(['won']);
  });

  test('that is cancelled cancels all of them, waits for them, and is cancelled', async () => {
    const lines = await play(gear, function* (stage) {
      const stubborn = stage.coroutineOf(function* () {
        stage.log(yield* attempt(sleep(100)));
        yield* on(sleep(4));
        return 'a value after all';
      });
      const task = stage.spawn(() => on(race(stubborn(), sleep(100))));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time(), task.cancelled());
    });
    expect(lines).toEqual(['C(x)', 'C(x) 5 true']);
  });

  test('that has a winner gives it, and a cancel that comes while the losers clean up comes at the next wait', async () => {
    const lines = await play(gear, function* (stage) {
      const loser = stage.coroutineOf(function* () {
        try {
          yield* on(sleep(100));
        } finally {
          stage.log('clean-up', yield* attempt(sleep(1000)));
        }
      });
      const task = stage.spawn(function* () {
        stage.log(yield* on(race(loser(), sleep(1, 'won'))));
        stage.log(yield* attempt(sleep(1)));
      });
      yield* on(sleep(5));
      task.cancel('x');
      yield* on(task);
      stage.log(stage.loop.time());
    });
    expect(lines).toEqual(['clean-up C(x)', 'won', 'C(x)', '5']);
  });
});

test.each([
  { call: 'race()', make: () => race(), code: 'COTASK_BAD_OPTION', says: /needs at least one awaitable/ },
  { call: 'race([])', make: () => race([]), code: 'COTASK_BAD_OPTION', says: /needs at least one awaitable/ },
  { call: 'race(1)', make: () => race(wrong(1)), code: 'COTASK_NOT_AWAITABLE', says: /race\(\) got number/ },
  {
    call: 'race([], {})',
    make: () => race(wrong([sleep(1)]), wrong({ timeout: 1 })),
    code: 'COTASK_BAD_OPTION',
    says: /"timeout"/,
  },
])('$call is refused', async (call) => {
  const { error, left } = await refusalOf(call);
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
});
