import { describe, expect, test } from 'vitest';

import { fromPromise, getRunningLoop, sleep } from '../index.ts';
import { foreignTurn } from '../probes/vocabulary.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const waiting: AwaitableKind = {
  value: 'value',
  fails: true,
  make({ loop }) {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    return {
      wait: () => fromPromise(promise),
      *complete(after) {
        resolve('value');
        if (after !== undefined) void promise.then(after);
      },
      *fail(error, after) {
        reject(error);
        if (after !== undefined) void promise.catch(after);
      },
      left: () => (loop.foreignWaits === 0 ? [] : [`${loop.foreignWaits} foreign waits`]),
    };
  },
};

describe.each(gears)('fromPromise(), in the %s gear', (gear) => {
  test.each(contractOf(waiting, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a foreign promise as a wait of ours, in the %s gear', (gear) => {
  test('may be waited for by several, and one that is cancelled cancels nobody else', async () => {
    const lines = await play(gear, function* (stage) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const shared = fromPromise(promise);
      const waiter = (name: string) =>
        stage.spawn(function* () {
          stage.log(name, yield* attempt(shared));
        });
      const [a, b] = [waiter('a'), waiter('b')];
      yield* on(sleep(1));
      a.cancel('x');
      yield* on(a);
      resolve('value');
      yield* on(b);
      stage.log(yield* on(shared));
    });
    expect(lines).toEqual(['a C(x)', 'b value', 'value']);
  });

  test('that rejects after its wait was cancelled is no stray rejection', async () => {
    const lines = await play(gear, function* (stage) {
      const { promise, reject } = Promise.withResolvers<string>();
      const waiter = stage.spawn(() => on(fromPromise(promise)));
      yield* on(sleep(1));
      waiter.cancel('x');
      stage.log(yield* attempt(waiter));
      reject(new Error('too late'));
      yield* on(fromPromise(new Promise((resolve) => setTimeout(resolve, 1))));
    });
    expect(lines).toEqual(['C(x)']);
  });

  test('may be any thenable', async () => {
    const lines = await play(gear, function* ({ log }) {
      const thenable: PromiseLike<string> = {
        then: (fulfilled) => Promise.resolve(fulfilled?.('from a thenable') as never),
      };
      log(yield* on(fromPromise(thenable)));
    });
    expect(lines).toEqual(['from a thenable']);
  });

  test('lets virtual time stand while the platform has to do with it', async () => {
    const lines = await play(gear, function* ({ log }) {
      const immediate = foreignTurn('immediate');
      const timer = sleep(1_000, 'timer');
      log(yield* on(fromPromise(immediate)), getRunningLoop().time());
      log(yield* on(timer), getRunningLoop().time());
    });
    expect(lines).toEqual(['immediate 0', 'timer 1000']);
  });
});
