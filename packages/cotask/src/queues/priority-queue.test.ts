import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Queue } from '../index.ts';
import { PriorityQueue, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { getting, joining, putting } from '../testing/queue-kinds.ts';
import { play } from '../testing/stage.ts';

describe.each(gears)('PriorityQueue.get(), in the %s gear', (gear) => {
  test.each(contractOf(getting(PriorityQueue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('PriorityQueue.put(), in the %s gear', (gear) => {
  test.each(contractOf(putting(PriorityQueue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('PriorityQueue.join(), in the %s gear', (gear) => {
  test.each(contractOf(joining(PriorityQueue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a priority queue, in the %s gear', (gear) => {
  test('hands an item that comes to the one who waits, though a smaller one comes later', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new PriorityQueue<number>();
      const getting = stage.spawn(() => on(queue.get()));
      yield* on(sleep(0));
      queue.putNowait(5);
      queue.putNowait(1);
      stage.log(yield* on(getting), queue.getNowait());
    });
    expect(lines).toEqual(['5 1']);
  });

  test('lets those who wait for room in one by one, and gives the smallest of what is in it', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new PriorityQueue<number>(2);
      const putting = stage.spawn(function* () {
        for (const item of [5, 3, 4, 1, 2]) yield* on(queue.put(item));
      });
      for (let i = 0; i < 5; i++) {
        yield* on(sleep(1));
        stage.log(yield* on(queue.get()));
      }
      yield* on(putting);
    });
    expect(lines).toEqual(['3', '4', '1', '2', '5']);
  });
});

const drain = <T>(queue: Queue<T>): T[] => Array.from({ length: queue.qsize() }, () => queue.getNowait());

test('any numbers come out as a sort would order them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (items) => {
      const queue = new PriorityQueue<number>();
      for (const item of items) queue.putNowait(item);
      expect(drain(queue)).toEqual(items.toSorted((a, b) => a - b));
    }),
  );
});

test('any puts and gets between them give what a sorted list would', () => {
  const operation = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 9 }) }, { weight: 2, arbitrary: fc.constant(null) });
  fc.assert(
    fc.property(fc.array(operation), (operations) => {
      const queue = new PriorityQueue<readonly [number, number]>(0, { compare: ([a], [b]) => a - b });
      let list: (readonly [number, number])[] = [];
      for (const [serial, level] of operations.entries()) {
        if (level !== null) {
          queue.putNowait([level, serial]);
          list = [...list, [level, serial] as const].toSorted(([a], [b]) => a - b);
        } else if (list.length > 0) expect(queue.getNowait()).toEqual(list.shift());
      }
      expect(drain(queue)).toEqual(list);
    }),
  );
});

test('of equal items the one that was put first comes first', () => {
  const queue = new PriorityQueue<{ level: number; name: string }>(0, { compare: (a, b) => a.level - b.level });
  const put = (level: number, name: string) => queue.putNowait({ level, name });
  put(1, 'a');
  put(0, 'b');
  put(1, 'c');
  put(0, 'd');
  put(1, 'e');
  expect(drain(queue).map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c', 'e']);
});

test('strings, big integers and lists are ordered as in Python', () => {
  const sorted = <T>(items: readonly T[]): T[] => {
    const queue = new PriorityQueue<T>();
    for (const item of items) queue.putNowait(item);
    return drain(queue);
  };
  expect(sorted(['b', 'a', 'B'])).toEqual(['B', 'a', 'b']);
  expect(sorted([3n, 1n, 2n])).toEqual([1n, 2n, 3n]);
  const lists = sorted<unknown[]>([[2, 'a'], [1, 'b'], [1], [1, 'a', 9], [1, 'a']]);
  expect(lists).toEqual([[1], [1, 'a'], [1, 'a', 9], [1, 'b'], [2, 'a']]);
});

describe('items that it cannot order', () => {
  test.each([
    [1, {}],
    [{}, 1],
    [[1], 1],
    [1, [1]],
    [
      [1, {}],
      [1, 2],
    ],
    [null, 1],
    [1, undefined],
  ])('as %j and %j are refused', (first, second) => {
    const queue = new PriorityQueue<unknown>();
    queue.putNowait(first);
    expect(() => queue.putNowait(second)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
    expect(drain(queue)).toEqual([first]);
  });

  test('are refused at the second put, and the queue stays as it was', () => {
    const queue = new PriorityQueue<object>();
    queue.putNowait({ a: 1 });
    expect(() => queue.putNowait({ b: 2 })).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
    expect(queue.qsize()).toBe(1);
    expect(drain(queue)).toEqual([{ a: 1 }]);
  });

  test('are refused under put() as well, and nobody has to finish them', async () => {
    const lines = await play('generator', function* ({ log }) {
      const queue = new PriorityQueue<object>();
      yield* on(queue.put({ a: 1 }));
      log((yield* attempt(queue.put({ b: 2 }))).includes('"compare"'), queue.qsize());
      queue.getNowait();
      queue.taskDone();
      yield* on(queue.join());
    });
    expect(lines).toEqual(['true 1']);
  });
});
