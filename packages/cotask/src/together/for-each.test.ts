import { describe, expect, test } from 'vitest';

import { Queue, createTask, forEach, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

describe.each(gears)('forEach(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => forEach(['item'], () => gate(), { concurrency: 1 }), {
    value: 'undefined',
    ticks: 4,
  });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  test('works on so many items at once, until the source ends', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number, index: number) {
        yield* on(sleep(n));
        stage.log(index, n, stage.loop.time());
      });
      yield* on(forEach(new Set([3, 1, 2]), work, { concurrency: 2 }));
      stage.log(stage.loop.time());
    });
    expect(lines).toEqual(['1 1 1', '0 3 3', '2 2 3', '3']);
  });

  test('takes from a queue until that is shut down', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<number>();
      const task = createTask(
        forEach(
          queue,
          (n) => {
            stage.log(n, queue.qsize());
            return sleep(1);
          },
          { concurrency: 1 },
        ),
      );
      for (const n of [1, 2, 3]) queue.putNowait(n);
      yield* on(sleep(5));
      queue.shutdown();
      yield* on(task);
    });
    expect(lines).toEqual(['1 2', '2 1', '3 0']);
  });

  test('goes on after failures where it is told to, and ends with what the telling throws', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        yield* on(sleep(n));
        if (n % 2 === 1) throw new Error(`odd ${n}`);
      });
      const onError = (error: unknown, item: number, index: number): void => {
        stage.log(error, item, index);
        if (item === 5) throw new Error('enough');
      };
      yield* on(forEach([3, 2, 1], work, { concurrency: 3, onError }));
      stage.log(yield* attempt(forEach([1, 4, 5, 100], work, { concurrency: 4, onError })), stage.loop.time());
    });
    expect(lines).toEqual(['odd 1 1 2', 'odd 3 3 0', 'odd 1 1 0', 'odd 5 5 2', 'enough 8']);
  });

  test('tells nothing of cancels', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const told = (error: unknown): void => log('told', error);
      const task = createTask(forEach([1], () => sleep(100), { concurrency: 1, onError: told }));
      loop.callLater(1, () => task.cancel('x'));
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)']);
  });

  test('keeps nothing of what it has worked on', async () => {
    const lines = await play(gear, function* ({ log }) {
      let count = 0;
      function* many(): Generator<number, void, undefined> {
        for (let n = 0; n < 20_000; n++) yield n;
      }
      yield* on(forEach(many(), () => (count += 1), { concurrency: 100 }));
      log(count);
    });
    expect(lines).toEqual(['20000']);
  });
});

test.each([
  {
    call: 'forEach(1, f, …)',
    make: () => forEach(wrong(1), () => {}, { concurrency: 1 }),
    says: /forEach\(\) takes a list/,
  },
  { call: 'forEach([], f)', make: () => forEach([], () => {}, wrong({})), says: /forEach\(\) takes a concurrency/ },
  {
    call: 'onError: 1',
    make: () => forEach([], () => {}, wrong({ concurrency: 1, onError: 1 })),
    says: /function as "onError", got number/,
  },
  {
    call: 'an unknown option',
    make: () => forEach([], () => {}, wrong({ concurrency: 1, settle: true })),
    says: /"settle".*onError/,
  },
])('$call is refused before anything begins', async ({ make, says, call }) => {
  const { error, left } = await refusalOf({ call, make, code: 'COTASK_BAD_OPTION', says });
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: 'COTASK_BAD_OPTION', message: expect.stringMatching(says) });
});
