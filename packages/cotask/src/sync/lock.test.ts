import { describe, expect, test } from 'vitest';

import { Lock, sleep } from '../index.ts';
import { addHooks } from '../lowlevel.ts';
import { atOnce, contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** A lock that the test itself holds at first. */
function* heldLock() {
  const lock = new Lock();
  const guard = yield* on(lock.hold());
  return {
    lock,
    complete: atOnce(() => guard.release()),
    end: () => guard.release(),
    left: () => (lock.locked() ? ['a held lock'] : []),
  };
}

const acquiring: AwaitableKind = {
  value: 'true',
  *make() {
    const { lock, ...rest } = yield* heldLock();
    return { ...rest, wait: () => lock.acquire(), giveBack: () => lock.release() };
  },
};

const holding: AwaitableKind = {
  value: 'Guard',
  *make() {
    const { lock, ...rest } = yield* heldLock();
    return { ...rest, wait: () => lock.hold(), giveBack: () => lock.release() };
  },
};

describe.each(gears)('Lock.acquire(), in the %s gear', (gear) => {
  test.each(contractOf(acquiring, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('Lock.hold(), in the %s gear', (gear) => {
  test.each(contractOf(holding, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a lock, in the %s gear', (gear) => {
  test('goes to those who wait in the order in which they came, one iteration after its release', async () => {
    const lines = await play(gear, function* (stage) {
      const lock = new Lock();
      yield* on(lock.acquire());
      const waiter = (name: string) =>
        stage.spawn(function* () {
          yield* on(lock.acquire());
          stage.log('acquired', name, stage.tick);
        });
      const waiters = ['a', 'b', 'c'].map(waiter);
      yield* on(sleep(0));
      for (const each of waiters) {
        lock.release();
        stage.log('released', lock.locked(), stage.tick);
        yield* on(each);
      }
      lock.release();
    });
    expect(lines).toEqual([
      'released true 1',
      'acquired a 2',
      'released true 3',
      'acquired b 4',
      'released true 5',
      'acquired c 6',
    ]);
  });

  test('that is free is taken without a wait', async () => {
    const lines = await play(gear, function* (stage) {
      stage.loop.callSoon(() => stage.log('callback'));
      const lock = new Lock();
      yield* on(lock.acquire());
      stage.log(lock.locked(), stage.tick);
      lock.release();
      stage.log(lock.locked(), stage.tick);
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['true 0', 'false 0', 'callback']);
  });

  test('lets no newcomer in before a waiter that was given it and has not run', async () => {
    const lines = await play(gear, function* (stage) {
      const lock = new Lock();
      yield* on(lock.acquire());
      const enter = function* (name: string) {
        yield* on(lock.acquire());
        stage.log(name);
        lock.release();
      };
      const waiter = stage.spawn(() => enter('waiter'));
      yield* on(sleep(0));
      lock.release();
      yield* enter('newcomer');
      yield* on(waiter);
    });
    expect(lines).toEqual(['waiter', 'newcomer']);
  });

  test('that is held for a block is released by an error and by a cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const lock = new Lock();
      const inside = (work: () => Generator<never, void> | ReturnType<typeof on<void>>) =>
        stage.spawn(function* () {
          using _guard = yield* on(lock.hold());
          yield* work();
        });
      const failing = inside(function* () {
        throw new Error('broken');
      });
      stage.log(yield* attempt(failing), lock.locked());
      const waiting = inside(() => on(sleep(10)));
      yield* on(sleep(1));
      stage.log('held', lock.locked());
      waiting.cancel('x');
      stage.log(yield* attempt(waiting), lock.locked());
    });
    expect(lines).toEqual(['broken false', 'held true', 'C(x) false']);
  });

  test('may be released by another task than the one that holds it', async () => {
    const lines = await play(gear, function* (stage) {
      const lock = new Lock();
      yield* on(stage.spawn(() => on(lock.acquire())));
      stage.log(lock.locked());
      lock.release();
      stage.log(lock.locked());
    });
    expect(lines).toEqual(['true', 'false']);
  });
});

test('those who wait say for which lock, and who held it when they came', async () => {
  const lines = await play('generator', function* (stage) {
    const lock = new Lock({ name: 'db' });
    const waits = (name: string) =>
      stage.spawn(
        function* () {
          using _guard = yield* on(lock.hold());
          yield* on(sleep(2));
        },
        { name },
      );
    const remove = addHooks({ taskWaits: (task, wait) => task.name === 'main' || stage.log(task, wait.label) });
    const [a, b] = [waits('a'), waits('b')];
    yield* on(sleep(3));
    const c = waits('c');
    for (const each of [a, b, c]) yield* on(each);
    yield* on(lock.acquire());
    lock.release();
    remove();
  });
  expect(lines.filter((line) => line.includes('lock'))).toEqual([
    'task "b" lock "db" held by task "a"',
    'task "c" lock "db" held by task "b"',
  ]);
});

test('a guard that is released twice releases once', async () => {
  const lines = await play('generator', function* ({ log }) {
    const lock = new Lock();
    const guard = yield* on(lock.hold());
    guard.release();
    yield* on(lock.acquire());
    guard.release();
    guard[Symbol.dispose]();
    log(lock.locked());
    lock.release();
  });
  expect(lines).toEqual(['true']);
});

test('a lock that nobody holds refuses to be released, by its name', () => {
  const lock = new Lock({ name: 'db' });
  expect(() => lock.release()).toThrow(
    expect.objectContaining({ code: 'COTASK_NOT_LOCKED', message: expect.stringContaining('lock "db"') }),
  );
  expect(lock.locked()).toBe(false);
});
