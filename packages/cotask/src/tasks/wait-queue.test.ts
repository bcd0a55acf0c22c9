import { describe, expect, test } from 'vitest';

import { getRunningLoop, sleep } from '../index.ts';
import { WaitQueue } from '../lowlevel.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

const waiting: AwaitableKind = {
  value: 'value',
  beginsAtOnce: true,
  fails: true,
  make() {
    const queue = new WaitQueue<string>();
    return {
      wait: () => queue.wait('a turn'),
      *complete(after) {
        queue.wakeOne('value');
        after?.();
      },
      *fail(error, after) {
        queue.failAll(error);
        after?.();
      },
      left: () => (queue.size === 0 ? [] : [`${queue.size} in the queue`]),
    };
  },
};

describe.each(gears)('WaitQueue.wait(), in the %s gear', (gear) => {
  test.each(contractOf(waiting, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

const waiterIn = (stage: Stage, queue: WaitQueue<string>) => (name: string) =>
  stage.spawn(function* () {
    stage.log(name, yield* attempt(queue.wait(name)));
  });

describe.each(gears)('a wait queue, in the %s gear', (gear) => {
  test('serves who comes first, first', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new WaitQueue<string>();
      stage.log(queue.wakeOne('nobody'), queue.size);
      const waiters = ['a', 'b', 'c'].map(waiterIn(stage, queue));
      yield* on(sleep(1));
      stage.log(queue.size, queue.wakeOne('x'), queue.size);
      yield* on(sleep(1));
      stage.log(queue.wakeAll('y'), queue.size, queue.wakeAll('z'));
      for (const each of waiters) yield* on(each);
    });
    expect(lines).toEqual(['false 0', '3 true 2', 'a x', '2 0 0', 'b y', 'c y']);
  });

  test('fails all who wait, and nobody who comes later', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new WaitQueue<string>();
      const waiters = ['a', 'b'].map(waiterIn(stage, queue));
      yield* on(sleep(1));
      stage.log(queue.failAll(new Error('over')), queue.size);
      waiters.push(waiterIn(stage, queue)('c'));
      yield* on(sleep(1));
      stage.log(queue.wakeOne('x'));
      for (const each of waiters) yield* on(each);
    });
    expect(lines).toEqual(['2 0', 'a over', 'b over', 'true', 'c x']);
  });

  test('lets cancelled waiters leave from the front, the middle and the end; the others keep their order', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new WaitQueue<string>();
      const waiters = ['a', 'b', 'c', 'd', 'e'].map(waiterIn(stage, queue));
      yield* on(sleep(1));
      for (const index of [0, 2, 4]) waiters[index]?.cancel('x');
      stage.log(queue.size);
      yield* on(sleep(1));
      queue.wakeAll('y');
      for (const each of waiters) yield* on(each);
    });
    expect(lines).toEqual(['2', 'a C(x)', 'c C(x)', 'e C(x)', 'b y', 'd y']);
  });

  test('may be joined again by whoever it has just served, at the end', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new WaitQueue<string>();
      const twice = (name: string) =>
        stage.spawn(function* () {
          for (const round of [0, 1]) stage.log(name, round, yield* on(queue.wait(name)));
        });
      const waiters = ['a', 'b'].map(twice);
      for (const value of ['w', 'x', 'y', 'z']) {
        yield* on(sleep(1));
        queue.wakeOne(value);
      }
      for (const each of waiters) yield* on(each);
    });
    expect(lines).toEqual(['a 0 w', 'b 0 x', 'a 1 y', 'b 1 z']);
  });
});

test('100,000 waiters that are cancelled from the middle outwards all leave, and the queue is fit for use', async () => {
  const lines = await play('generator', function* ({ log }) {
    const queue = new WaitQueue<string>();
    const count = 100_000;
    const waiters = Array.from({ length: count }, (_, i) => queue.wait(`waiter ${i}`));
    for (let i = 0; i < count / 2; i++) {
      waiters[count / 2 - 1 - i]?.cancel();
      waiters[count / 2 + i]?.cancel();
    }
    log(queue.size, queue.wakeOne('nobody'));
    const last = queue.wait('the last');
    log(queue.wakeOne('value'), yield* on(last), getRunningLoop().time());
  });
  expect(lines).toEqual(['0 false', 'true value 0']);
});
