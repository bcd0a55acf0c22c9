import { describe, expect, test } from 'vitest';

import { AllFailedError, CancelledError, any, createTask, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

describe.each(gears)('any(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => any(sleep(1e6), gate()), { fails: false });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  test('gives the first value, passes over failures, and waits for the losers', async () => {
    const lines = await play(gear, function* (stage) {
      const fails = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        throw new Error('broken');
      });
      const loser = stage.coroutineOf(function* () {
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(2));
          stage.log('loser', stage.loop.time());
        }
      });
      stage.log(yield* on(any([fails(), loser(), sleep(3, 'won')])), stage.loop.time());
      stage.loop.lostErrors.reportAll();
    });
    expect(lines).toEqual(['loser 5', 'won 5']);
  });

  test('throws all errors in the order of the arguments when none succeeds', async () => {
    const lines = await play(gear, function* (stage) {
      const fails = stage.coroutineOf(function* (ms: number, name: string) {
        yield* on(sleep(ms));
        throw new Error(name);
      });
      const gone = createTask(sleep(10));
      stage.loop.callLater(1, () => gone.cancel('x'));
      try {
        yield* on(any(fails(3, 'a'), gone, fails(2, 'c')));
      } catch (error) {
        if (!(error instanceof AllFailedError)) throw error;
        stage.log(error.code, error.errors, error.errors[1] instanceof CancelledError, error.message);
        stage.log(error instanceof AggregateError, stage.loop.time());
      }
    });
    expect(lines).toEqual([
      'COTASK_ALL_FAILED [a, C(x), c] true none of 3 gave a value, the first because of Error: a',
      'true 3',
    ]);
  });

  test('that is cancelled is cancelled, whatever the others make of it', async () => {
    const lines = await play(gear, function* (stage) {
      const stubborn = stage.coroutineOf(() => attempt(sleep(100)));
      const task = stage.spawn(() => on(any(stubborn(), sleep(100))));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task), task.cancelled());
    });
    expect(lines).toEqual(['C(x) true']);
  });
});

test.each([
  { call: 'any()', make: () => any(), code: 'COTASK_BAD_OPTION', says: /any\(\) of nothing/ },
  { call: 'any([1])', make: () => any(wrong([1])), code: 'COTASK_NOT_AWAITABLE', says: /any\(\) got number/ },
])('$call is refused', async (call) => {
  const { error, left } = await refusalOf(call);
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
});
