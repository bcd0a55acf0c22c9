import { describe, expect, test } from 'vitest';

import { Condition, Lock, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

function* notify(condition: Condition, count?: number, after?: () => void): EitherBody<void> {
  yield* on(condition.acquire());
  condition.notify(count);
  condition.release();
  after?.();
}

/** Waits as a program would: with the lock, which it gives back. */
const waiting = (wait: (condition: Condition) => ReturnType<Condition['wait']>): AwaitableKind => ({
  value: 'true',
  make(stage) {
    const condition = new Condition();
    const waitHolding = stage.coroutineOf(function* () {
      using _guard = yield* on(condition.hold());
      return yield* on(wait(condition));
    });
    return {
      wait: waitHolding,
      complete: (after) => notify(condition, 1, after),
      left: () => (condition.locked() ? ['a held lock'] : []),
    };
  },
});

describe.each(gears)('Condition.wait(), in the %s gear', (gear) => {
  const kind = waiting((condition) => condition.wait());
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('Condition.waitFor(), in the %s gear', (gear) => {
  const kind = waiting((condition) => {
    let looked = 0;
    return condition.waitFor<true>(() => (looked++ > 0) as true);
  });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a condition, in the %s gear', (gear) => {
  test('wakes as many as it is told, in the order in which they came, each with the lock', async () => {
    const lines = await play(gear, function* (stage) {
      const condition = new Condition();
      const waiter = (name: string) =>
        stage.spawn(function* () {
          using _guard = yield* on(condition.hold());
          stage.log('woke', name, yield* on(condition.wait()));
          yield* on(sleep(1));
          stage.log('leaves', name, stage.loop.time());
        });
      const waiters = ['a', 'b', 'c'].map(waiter);
      yield* on(sleep(0));
      yield* on(condition.acquire());
      condition.notify(2);
      yield* on(sleep(1));
      stage.log('the lock is released');
      condition.release();
      yield* on(sleep(5));
      stage.log(waiters.map((task) => task.done()));
      yield* on(condition.acquire());
      condition.notifyAll();
      condition.release();
      for (const each of waiters) yield* on(each);
    });
    expect(lines).toEqual([
      'the lock is released',
      'woke a true',
      'leaves a 2',
      'woke b true',
      'leaves b 3',
      '[true, true, false]',
      'woke c true',
      'leaves c 7',
    ]);
  });

  test('looks at its predicate after each notification, and gives its value', async () => {
    const lines = await play(gear, function* (stage) {
      const condition = new Condition();
      let number = 0;
      const waiter = stage.spawn(function* () {
        using _guard = yield* on(condition.hold());
        stage.log('satisfied', yield* on(condition.waitFor(() => (number >= 2 ? `by ${number}` : false))));
      });
      for (let i = 0; i < 3; i++) {
        yield* on(sleep(1));
        number += 1;
        stage.log(number);
        yield* notify(condition);
      }
      yield* on(waiter);
    });
    expect(lines).toEqual(['1', '2', 'satisfied by 2', '3']);
  });

  test('does not wait for a predicate that holds already', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const condition = new Condition();
      using _guard = yield* on(condition.hold());
      const before = loop.iteration;
      log(yield* on(condition.waitFor(() => 'there')), loop.iteration - before);
    });
    expect(lines).toEqual(['there 0']);
  });

  test('gives the lock back to a cancelled waiter before the cancel comes out', async () => {
    const lines = await play(gear, function* (stage) {
      const condition = new Condition();
      const waiter = stage.spawn(function* () {
        using _guard = yield* on(condition.hold());
        stage.log(yield* attempt(condition.wait()), condition.locked(), stage.loop.time());
      });
      yield* on(sleep(0));
      yield* on(condition.acquire());
      waiter.cancel('x');
      yield* on(sleep(2));
      stage.log('released', stage.loop.time());
      condition.release();
      yield* on(waiter);
      stage.log(condition.locked());
    });
    expect(lines).toEqual(['released 2', 'C(x) true 2', 'false']);
  });

  test('shares the lock that it is given with others', async () => {
    const lines = await play(gear, function* (stage) {
      const lock = new Lock({ name: 'shared' });
      const full = new Condition(lock, { name: 'full' });
      const empty = new Condition(lock, { name: 'empty' });
      const waiter = stage.spawn(function* () {
        using _guard = yield* on(full.hold());
        yield* on(full.wait());
        stage.log('full', lock.locked());
        empty.notify();
      });
      yield* on(lock.acquire());
      yield* on(sleep(1));
      stage.log(full.locked(), empty.locked());
      lock.release();
      yield* on(sleep(1));
      yield* on(lock.acquire());
      full.notify();
      yield* on(empty.wait());
      stage.log('empty', lock.locked());
      lock.release();
      yield* on(waiter);
    });
    expect(lines).toEqual(['true true', 'full true', 'empty true']);
  });
});

test.each([
  ['wait()', (condition: Condition) => condition.wait()],
  ['waitFor()', (condition: Condition) => condition.waitFor(() => false)],
])('%s without the lock is refused', async (_, wait) => {
  const lines = await play('generator', function* ({ log }) {
    log(yield* attempt(wait(new Condition())));
  });
  expect(lines).toEqual(['Condition.wait() needs the lock: acquire() it first']);
});

test('notify() without the lock is refused', () => {
  const refused = expect.objectContaining({ code: 'COTASK_NOT_LOCKED' });
  expect(() => new Condition().notify()).toThrow(refused);
  expect(() => new Condition().notifyAll()).toThrow(refused);
});
