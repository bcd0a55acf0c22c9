import { describe, expect, test } from 'vitest';

import { coroutine, createTask, getRunningLoop, sleep } from '../index.ts';
import type { Future, GeneratorBody } from '../index.ts';
import { foreign, gears, on, real, spawn, tickCounter, virtual, wordsOf } from './vocabulary.ts';
import type { Log } from './vocabulary.ts';

type Ticks = () => number;

const asyncRounds = coroutine(async (log: Log, ticks: Ticks, name: string): Promise<void> => {
  for (let round = 0; round < 3; round += 1) {
    log(`${name}${round}`, ticks());
    await sleep(0);
  }
});

const generatorRounds = coroutine(function* (log: Log, ticks: Ticks, name: string): GeneratorBody<void> {
  for (let round = 0; round < 3; round += 1) {
    log(`${name}${round}`, ticks());
    yield* sleep(0);
  }
});

describe.each(gears)('with main in the %s gear', (gear) => {
  const { program, spawn: spawnHere } = wordsOf(gear);

  // O1, O8
  test('tasks of both gears take turns in the order in which they were made, one tick a turn', async () => {
    const lines = await program(function* (log) {
      const ticks = tickCounter();
      ticks();
      const tasks = [
        createTask(asyncRounds(log, ticks, 'a')),
        createTask(generatorRounds(log, ticks, 'g')),
        createTask(asyncRounds(log, ticks, 'b')),
        createTask(generatorRounds(log, ticks, 'h')),
      ];
      for (const task of tasks) yield* on(task);
    });
    const round = (number: number) => ['a', 'g', 'b', 'h'].map((name) => `${name}${number} ${number + 1}`);
    expect(lines).toEqual([...round(0), ...round(1), ...round(2)]);
  });

  // O2
  test('waiting for a future that is done hands nothing over', async () => {
    const lines = await program(function* (log) {
      const future = getRunningLoop().createFuture<void>();
      future.setResult();
      const other = spawnHere(function* () {
        log('other');
      });
      yield* on(future);
      yield* on(future);
      log('me');
      yield* on(other);
    });
    expect(lines).toEqual(['me', 'other']);
  });

  // O8
  test('one tick passes between a result and the task that waits for it, and one more for each task in a chain', async () => {
    const lines = await program(function* (log) {
      const ticks = tickCounter();
      const future = getRunningLoop().createFuture<string>();
      let last = spawnHere(function* () {
        return yield* on(future);
      });
      for (let link = 0; link < 3; link += 1) {
        const inner = last;
        last = spawnHere(function* () {
          const value = yield* on(inner);
          log('link', link, ticks());
          return value;
        });
      }
      yield* on(sleep(0));
      log('set', ticks());
      future.setResult('v');
      log(yield* on(last), ticks());
    });
    expect(lines).toEqual(['set 0', 'link 0 2', 'link 1 3', 'link 2 4', 'v 5']);
  });
});

// O3
test('the line after an await runs before the next waiter of the same future, in the same tick', async () => {
  const lines = await real(async (log) => {
    const ticks = tickCounter();
    const future = getRunningLoop().createFuture<void>();
    const first = spawn(async () => {
      await future;
      log('A1', ticks());
      await foreign(5);
      log('A2');
    });
    const second = spawn(function* () {
      yield* future;
      log('G', ticks());
    });
    await sleep(0);
    ticks();
    future.setResult();
    await second;
    await first;
  });
  expect(lines).toEqual(['A1 1', 'G 1', 'A2']);
});

describe('while a step that called then by hand is still running', () => {
  type WaitOfB = (future: Future<unknown>, log: Log) => void;

  /** A wakes, registers a wait by hand and goes on; B waits in the way that is probed and was woken together with A. */
  function twoWakes(waitOfB: WaitOfB, makeValue: (log: Log) => unknown = () => 'B'): Promise<string[]> {
    return virtual(async (log) => {
      const loop = getRunningLoop();
      const [forA, forB] = [loop.createFuture<void>(), loop.createFuture<unknown>()];
      const a = spawn(async () => {
        await forA;
        log('a1');
        loop.createFuture<void>().then(ignore, ignore);
        log('a2');
      });
      const b = spawn(async () => {
        waitOfB(forB, log);
        await sleep(5);
      });
      await sleep(1);
      forA.setResult();
      forB.setResult(makeValue(log));
      await a;
      await b;
    });
  }

  // O4
  test.each<[string, WaitOfB]>([
    ['a function', (future, log) => void future.then((value) => log(value), ignore)],
    ['a bound function', (future, log) => void future.then(log.bind(null), ignore.bind(null))],
  ])('no callback of another wait runs: %s', async (_name, waitOfB) => {
    expect(await twoWakes(waitOfB)).toEqual(['a1', 'a2', 'B']);
  });

  test('no getter named then of a value that another task gets is read', async () => {
    const lines = await twoWakes(
      (future) => void (async () => await future)(),
      (log) => Object.defineProperty({}, 'then', { get: () => log('getter') }),
    );
    expect(lines).toContain('getter');
    expect(lines.indexOf('a2')).toBe(lines.indexOf('a1') + 1);
  });
});

// O5
test('handles and wakes of both gears keep their places in the ready list', async () => {
  const lines = await virtual(async (log) => {
    const loop = getRunningLoop();
    const gates = ['A0', 'A1', 'G2', 'A3'].map((name) => ({ name, future: loop.createFuture<void>() }));
    const tasks = gates.map(({ name, future }) =>
      spawn(name.startsWith('G') ? generatorPair(log, name, future) : asyncPair(log, name, future)),
    );
    await sleep(0);
    loop.callSoon(log, 'h0');
    gates[0]?.future.setResult();
    loop.callSoon(log, 'h1');
    for (const { future } of gates.slice(1)) future.setResult();
    loop.callSoon(log, 'h2');
    for (const task of tasks) await task;
  });
  expect(lines).toEqual(['h0', 'A0', 'h1', 'A1', 'G2', 'A3', 'h2', 'A0b', 'A1b', 'G2b', 'A3b']);
});

function asyncPair(log: Log, name: string, future: Future<void>): () => Promise<void> {
  return async () => {
    await future;
    log(name);
    await sleep(0);
    log(`${name}b`);
  };
}

function generatorPair(log: Log, name: string, future: Future<void>): () => GeneratorBody<void> {
  return function* () {
    yield* future;
    log(name);
    yield* sleep(0);
    log(`${name}b`);
  };
}

describe('a generator that awaits an async body', () => {
  // O6
  test('goes on in the tick in which the body returns', async () => {
    const lines = await virtual(function* (log) {
      const ticks = tickCounter();
      const inner = coroutine(async () => {
        await sleep(0);
        return 'value';
      });
      log('before', ticks());
      log(yield* inner(), ticks());
      yield* sleep(0);
      log('after', ticks());
    });
    expect(lines).toEqual(['before 0', 'value 1', 'after 2']);
  });

  test('loses no tick to a body that never waits, nor to bodies in bodies', async () => {
    const lines = await virtual(function* (log) {
      const ticks = tickCounter();
      const leaf = coroutine(async () => 'leaf');
      const link = coroutine(function* () {
        return yield* leaf();
      });
      const outer = coroutine(async () => await link());
      log('before', ticks());
      log(yield* leaf(), ticks());
      log(yield* outer(), ticks());
    });
    expect(lines).toEqual(['before 0', 'leaf 0', 'leaf 0']);
  });

  test('gets the error that the body throws, in the same tick', async () => {
    const lines = await virtual(function* (log) {
      const ticks = tickCounter();
      const failing = coroutine(async (): Promise<void> => {
        await sleep(0);
        throw new Error('boom');
      });
      ticks();
      try {
        yield* failing();
      } catch (error) {
        log(error, ticks());
      }
    });
    expect(lines).toEqual(['boom 1']);
  });
});

// O7
test('the first step of an async task has ended, its wait in its place, before the next task starts', async () => {
  const lines = await real(async (log) => {
    const loop = getRunningLoop();
    const ended = loop.createFuture<void>();
    const go = done(loop.createFuture<void>());
    // From a timer: there the platform runs what nextTick queued before the first microtask.
    loop.callLater(1, () => {
      void spawn(asyncPair(log, 'a', go));
      void spawn(generatorPair(log, 'g', go));
      spawn(asyncPair(log, 'b', go)).addDoneCallback(() => ended.setResult());
    });
    await ended;
  });
  expect(lines).toEqual(['a', 'g', 'b', 'ab', 'gb', 'bb']);
});

function done(future: Future<void>): Future<void> {
  future.setResult();
  return future;
}

function ignore(): void {}
