import { describe, expect, test } from 'vitest';

import { Barrier, BrokenBarrierError, sleep } from '../index.ts';
import { addHooks } from '../lowlevel.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on, told } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

/** The second of two parties arrives where the first waits; where nobody does, it has nothing to do there. */
const waiting: AwaitableKind = {
  value: '0',
  make() {
    const barrier = new Barrier(2);
    return {
      wait: () => barrier.wait(),
      *complete(after) {
        if (barrier.nWaiting === 1) yield* on(barrier.wait());
        after?.();
      },
      left: () => (barrier.nWaiting === 0 && !barrier.broken ? [] : [`${barrier.nWaiting} waiting`]),
    };
  },
};

describe.each(gears)('Barrier.wait(), in the %s gear', (gear) => {
  test.each(contractOf(waiting, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

/** Tasks that arrive and tell their index, or why they got none. */
const arriving = (stage: Stage, barrier: Barrier) => (name: string) =>
  stage.spawn(function* () {
    stage.log(name, yield* told(arrive(barrier)));
  });

function* arrive(barrier: Barrier) {
  try {
    return yield* on(barrier.wait());
  } catch (error) {
    if (error instanceof BrokenBarrierError) return 'broken';
    throw error;
  }
}

describe.each(gears)('a barrier, in the %s gear', (gear) => {
  test('opens when its parties are there: the last goes on at once, the others in the order in which they came', async () => {
    const lines = await play(gear, function* (stage) {
      const barrier = new Barrier(3);
      const tasks = ['a', 'b', 'c'].map(arriving(stage, barrier));
      yield* on(sleep(0));
      for (const each of tasks) yield* on(each);
      stage.log(barrier.nWaiting, barrier.parties);
    });
    expect(lines).toEqual(['c 2', 'a 0', 'b 1', '0 3']);
  });

  test('is there again for the next round, at once', async () => {
    const lines = await play(gear, function* (stage) {
      const barrier = new Barrier(2);
      const twice = (name: string) =>
        stage.spawn(function* () {
          for (const round of [0, 1]) {
            yield* on(barrier.wait());
            stage.log(name, round);
          }
        });
      for (const each of ['a', 'b'].map(twice)) yield* on(each);
    });
    // Who is last goes on first, and has to wait outside until the other has left.
    expect(lines).toEqual(['b 0', 'a 0', 'b 1', 'a 1']);
  });

  test('of one is no wait', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const one = new Barrier(1);
      const before = loop.iteration;
      log(yield* on(one.wait()), yield* on(one.wait()), loop.iteration - before);
    });
    expect(lines).toEqual(['0 0 0']);
  });

  test('counts who comes while the others are being let through to the next round', async () => {
    const lines = await play(gear, function* (stage) {
      const barrier = new Barrier(2);
      const arrives = arriving(stage, barrier);
      void arrives('a');
      yield* on(sleep(0));
      void arrives('c');
      void arrives('d');
      yield* on(sleep(1));
      stage.log('waiting', barrier.nWaiting);
      yield* on(arrives('e'));
    });
    expect(lines).toEqual(['c 1', 'a 0', 'waiting 1', 'e 1', 'd 0']);
  });

  test('says that a round is still leaving to those who stand outside', async () => {
    const labels: string[] = [];
    await play(gear, function* (stage) {
      const barrier = new Barrier(2, { name: 'gate' });
      const remove = addHooks({ taskWaits: (task, { label }) => task.name === 'd' && labels.push(label) });
      for (const name of ['a', 'c', 'd']) void stage.spawn(() => on(barrier.wait()), { name });
      yield* on(sleep(1));
      remove();
      yield* on(barrier.wait());
    });
    expect(labels).toEqual(['the next round of barrier "gate"', 'barrier "gate"']);
  });

  test('that is broken sends away those who wait and those who come, until it is reset', async () => {
    const lines = await play(gear, function* (stage) {
      const barrier = new Barrier(2);
      const arrives = arriving(stage, barrier);
      void arrives('a');
      yield* on(sleep(1));
      barrier.abort();
      stage.log(barrier.broken, barrier.nWaiting);
      yield* on(arrives('b'));
      barrier.reset();
      stage.log(barrier.broken);
      void arrives('c');
      yield* on(arrives('d'));
    });
    expect(lines).toEqual(['true 0', 'a broken', 'b broken', 'false', 'd 1', 'c 0']);
  });

  test('that is reset sends away those who wait, and is no broken one', async () => {
    const lines = await play(gear, function* (stage) {
      const barrier = new Barrier(2, { name: 'gate' });
      const waiter = stage.spawn(() => on(barrier.wait()));
      yield* on(sleep(1));
      barrier.reset();
      stage.log(yield* attempt(waiter), barrier.broken, barrier.nWaiting);
    });
    expect(lines).toEqual(['the barrier was reset while this task waited at it false 0']);
  });
});
