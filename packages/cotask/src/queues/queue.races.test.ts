/**
 * The cast: getters g and h, who wait for an item in this order, or putters p and q, who wait for room; a passer-by, who
 * takes or puts what he can without waiting.
 * The plot: an item, or room, comes; in the same tick somebody is cancelled, a deadline passes, the passer-by comes, or
 * the queue is shut down. No item is lost, none is given twice, nobody overtakes who was served.
 */
import { describe, expect, test } from 'vitest';

import { Queue, sleep, timeout, waitFor } from '../index.ts';
import type { Awaitable, Task } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script, Stage } from '../testing/stage.ts';

interface Scene {
  queue: Queue<string>;
  log: Stage['log'];
  first: Task<void>;
  second: Task<void>;
}

interface Waiters {
  maxsize: number;
  names: readonly [string, string];
  wait: (queue: Queue<string>, name: string) => Awaitable<unknown>;
}

/** Two who wait in one way, then for something else; what is left in the queue in the end. */
const scene = ({ maxsize, names, wait }: Waiters, plot: (scene: Scene) => EitherBody<void> | void): Script =>
  function* (stage) {
    const queue = new Queue<string>(maxsize);
    while (!queue.full() && maxsize > 0) queue.putNowait('old');
    const waiter = (name: string): Task<void> =>
      stage.spawn(function* () {
        stage.log(name, yield* attempt(wait(queue, name)));
        stage.log(name, yield* attempt(sleep(1, 'goes on')));
      });
    const [first, second] = [waiter(names[0]), waiter(names[1])];
    yield* on(sleep(1));
    yield* plot({ queue, log: stage.log, first, second }) ?? [];
    yield* on(sleep(5));
    queue.shutdown();
    for (const each of [first, second]) yield* on(each);
    const left: string[] = [];
    while (!queue.empty()) left.push(queue.getNowait());
    stage.log('left', left);
  };

const getters: Waiters = { maxsize: 0, names: ['g', 'h'], wait: (queue) => queue.get() };
const putters: Waiters = { maxsize: 1, names: ['p', 'q'], wait: (queue, name) => queue.put(name.toUpperCase()) };
const over = 'a queue was shut down and is empty';

describe.each(gears)('an item that comes to those who wait, in the %s gear', (gear) => {
  test('goes to the second when the first was cancelled before', async () => {
    const lines = await play(
      gear,
      scene(getters, ({ queue, first }) => {
        first.cancel('x');
        queue.putNowait('item');
      }),
    );
    expect(lines).toEqual(['g C(x)', 'h item', 'g goes on', 'h goes on', 'left []']);
  });

  test('stays with the first who is cancelled afterwards, at its next wait', async () => {
    const lines = await play(
      gear,
      scene(getters, ({ queue, first }) => {
        queue.putNowait('item');
        first.cancel('x');
      }),
    );
    expect(lines).toEqual(['g item', 'g C(x)', `h ${over}`, 'h goes on', 'left []']);
  });

  test('cannot be taken by a passer-by before the first has run', async () => {
    const lines = await play(
      gear,
      scene(getters, function* ({ queue, log }) {
        queue.putNowait('item');
        log(queue.qsize(), queue.empty());
        try {
          log('the passer-by got', queue.getNowait());
        } catch (error) {
          log(error);
        }
        yield* on(sleep(0));
      }),
    );
    expect(lines).toEqual([
      '0 true',
      'a queue is empty; use get() to wait for an item',
      'g item',
      'g goes on',
      `h ${over}`,
      'h goes on',
      'left []',
    ]);
  });

  test('comes to each of two when two come, whoever is cancelled then', async () => {
    const lines = await play(
      gear,
      scene(getters, ({ queue, first, second }) => {
        queue.putNowait('one');
        first.cancel('x');
        queue.putNowait('two');
        second.cancel('y');
      }),
    );
    expect(lines).toEqual(['g one', 'h two', 'g C(x)', 'h C(y)', 'left []']);
  });

  test('is not lost when the queue is shut down in the same tick', async () => {
    const lines = await play(
      gear,
      scene(getters, ({ queue }) => {
        queue.putNowait('item');
        queue.shutdown({ immediate: true });
      }),
    );
    expect(lines).toEqual(['g item', `h ${over}`, 'g goes on', 'h goes on', 'left []']);
  });

  test('is waited for by a deadline in the same tick: who comes first wins, and the item is had or stays', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const order of ['item first', 'deadline first']) {
        const queue = new Queue<string>();
        if (order === 'item first') loop.callLater(1, () => queue.putNowait('item'));
        const getting = inGear(gear, () => on(queue.get()));
        const whole = timeout(
          1,
          inGear(gear, function* () {
            if (order === 'deadline first') loop.callLater(1, () => queue.putNowait('item'));
            return yield* on(queue.get());
          }),
        );
        log(order, yield* attempt(whole), queue.qsize());
        if (order === 'item first') loop.callLater(1, () => queue.putNowait('item'));
        log(order, yield* attempt(waitFor(timeout(null, getting), 1)), queue.qsize());
        yield* on(sleep(0));
      }
    });
    expect(lines).toEqual(['item first item 0', 'item first item 0', 'deadline first TO 1', 'deadline first item 0']);
  });
});

describe.each(gears)('room that comes to those who wait, in the %s gear', (gear) => {
  test('goes to the second when the first was cancelled before, whose item is not put', async () => {
    const lines = await play(
      gear,
      scene(putters, ({ queue, first }) => {
        first.cancel('x');
        queue.getNowait();
      }),
    );
    expect(lines).toEqual(['p C(x)', 'q undefined', 'p goes on', 'q goes on', 'left [Q]']);
  });

  test('stays with the first who is cancelled afterwards, and its item is put', async () => {
    const lines = await play(
      gear,
      scene(putters, ({ queue, first }) => {
        queue.getNowait();
        first.cancel('x');
      }),
    );
    expect(lines.slice(0, 2)).toEqual(['p undefined', 'p C(x)']);
    expect(lines.slice(2)).toEqual([
      'q a queue was shut down while this task waited for room',
      'q goes on',
      'left [P]',
    ]);
  });

  test('cannot be taken by a passer-by before the first has run', async () => {
    const lines = await play(
      gear,
      scene(putters, function* ({ queue, log, second }) {
        queue.getNowait();
        log(queue.full(), queue.qsize());
        try {
          queue.putNowait('the passer-by');
        } catch (error) {
          log(error);
        }
        second.cancel('y');
        yield* on(sleep(0));
      }),
    );
    expect(lines).toEqual([
      'true 0',
      'a queue is full (1); use put() to wait for room',
      'p undefined',
      'q C(y)',
      'p goes on',
      'q goes on',
      'left [P]',
    ]);
  });

  test('was given before the queue is shut down: the item is put', async () => {
    const lines = await play(
      gear,
      scene(putters, ({ queue }) => {
        queue.getNowait();
        queue.shutdown();
      }),
    );
    expect(lines).toEqual([
      'p undefined',
      'q a queue was shut down while this task waited for room',
      'p goes on',
      'q goes on',
      'left [P]',
    ]);
  });
});

test('many putters and getters that come and are cancelled lose nothing and get nothing twice', async () => {
  for (const gear of gears) {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<number>(3);
      const [put, got]: number[][] = [[], []];
      const putter = (item: number) =>
        stage.spawn(function* () {
          yield* on(queue.put(item));
          put?.push(item);
        });
      const getter = () =>
        stage.spawn(function* () {
          got?.push(yield* on(queue.get()));
        });
      const tasks: Task<void>[] = [];
      for (let i = 0; i < 300; i++) {
        tasks.push(i % 2 === 0 ? putter(i) : getter());
        if (i % 3 === 0) yield* on(sleep(0));
        if (i % 5 === 0) tasks[(i * 7) % tasks.length]?.cancel();
      }
      yield* on(sleep(1));
      for (const task of tasks) task.cancel();
      yield* on(sleep(1));
      while (!queue.empty()) got?.push(queue.getNowait());
      const numerically = (a: number, b: number): number => a - b;
      stage.log(put?.toSorted(numerically).join() === got?.toSorted(numerically).join(), (put?.length ?? 0) > 50);
      stage.log(
        queue.full(),
        tasks.every((task) => task.done()),
      );
    });
    expect(lines).toEqual(['true true', 'false true']);
  }
});
