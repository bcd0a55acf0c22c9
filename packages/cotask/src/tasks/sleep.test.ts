import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const sleeping: AwaitableKind = {
  value: 'rested',
  make: ({ host, loop }) => ({
    wait: () => sleep(10, 'rested'),
    *complete(after) {
      host.advance(10);
      if (after !== undefined) loop.callLater(0, after);
    },
  }),
};

describe.each(gears)('sleep(), in the %s gear', (gear) => {
  test.each(contractOf(sleeping, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a sleep, in the %s gear', (gear) => {
  test('of zero or less gives every ready task one turn, and moves no clock', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const other = stage.spawn(function* () {
        for (let i = 0; i < 3; i++) {
          log('other', stage.tick);
          yield* on(sleep(0));
        }
      });
      log(yield* on(sleep(-5, 'a')), stage.tick, loop.time());
      log(yield* on(sleep(0, 'b')), stage.tick, loop.time());
      log(yield* on(sleep(-Infinity)), stage.tick, loop.time());
      yield* on(other);
    });
    expect(lines).toEqual(['other 1', 'a 1 0', 'other 2', 'b 2 0', 'other 3', 'undefined 3 0']);
  });

  test('gives its result back when its time has come, one iteration after its timer', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      loop.callLater(1, () => log('timer', stage.tick));
      loop.callLater(1, () => loop.callSoon(() => log('soon after the timer', stage.tick)));
      log(yield* on(sleep(1, 'slept')), stage.tick, loop.time());
    });
    expect(lines).toEqual(['timer 1', 'soon after the timer 2', 'slept 2 1']);
  });

  test('that is cancelled takes its timer along', async () => {
    const lines = await play(gear, function* (stage) {
      const sleeper = stage.spawn(() => on(sleep(100)));
      yield* on(sleep(1));
      sleeper.cancel();
      stage.log(yield* attempt(sleeper), stage.loop.time());
      yield* on(sleep(1));
      stage.log(stage.loop.time());
    });
    expect(lines).toEqual(['C 1', '2']);
  });

  test('may be waited for again, and lasts as long each time', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const nap = sleep(5, 'nap');
      for (let i = 0; i < 3; i++) log(yield* on(nap), loop.time());
    });
    expect(lines).toEqual(['nap 5', 'nap 10', 'nap 15']);
  });

  test('longer than the timers of the platform can be ends at its time', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      yield* on(sleep(10_000_000_000));
      log(loop.time());
    });
    expect(lines).toEqual(['10000000000']);
  });

  test('for ever ends only by a cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const sleeper = stage.spawn(() => on(sleep(Infinity)));
      yield* on(sleep(1e12));
      stage.log(sleeper.state);
      sleeper.cancel('x');
      stage.log(yield* attempt(sleeper));
    });
    expect(lines).toEqual(['waiting', 'C(x)']);
  });

  test('of any of many tasks ends in the order of its time, equal times in the order of the calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 30 }), async (times) => {
        const lines = await play(gear, function* (stage) {
          const sleeper = (ms: number, index: number) =>
            stage.spawn(function* () {
              yield* on(sleep(ms));
              stage.log(ms, index);
            });
          for (const each of times.map(sleeper)) yield* on(each);
        });
        const right = times.map((ms, index) => ({ ms, index })).toSorted((a, b) => a.ms - b.ms);
        expect(lines).toEqual(right.map(({ ms, index }) => `${ms} ${index}`));
      }),
      { numRuns: 30 },
    );
  });
});
