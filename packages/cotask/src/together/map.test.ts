import { describe, expect, test } from 'vitest';

import { Queue, allTasks, coroutine, createTask, currentTask, map, sleep, taskGroup, timeout } from '../index.ts';
import type { Mapping } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { me, play } from '../testing/stage.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

/** Counts up for ever, and says how far it came and that it was closed. */
function* endless(log: (...words: unknown[]) => void): Generator<number, void, undefined> {
  let n = 0;
  try {
    for (;;) yield n++;
  } finally {
    log('closed after', n);
  }
}

/** All that is left of a mapping, pulled. */
function* drain<R>(mapping: Mapping<R>): EitherBody<R[]> {
  const results: R[] = [];
  for (;;) {
    const step = yield* on(mapping.pull());
    if (step.done === true) return results;
    results.push(step.value);
  }
}

describe.each(gears)('an awaited map(), in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => map(['item'], () => gate(), { concurrency: 1 }), {
    value: '[value]',
    ticks: 4,
  });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a pulled map(), in the %s gear', (gear) => {
  const kind = gated(
    (stage, gate) => () =>
      stage.coroutineOf(function* () {
        const mapping = map(['item'], () => gate(), { concurrency: 1 });
        try {
          return yield* on(mapping.pull());
        } finally {
          yield* on(mapping.close());
        }
      })(),
    { value: '{done: false, value: value}', ticks: 4 },
  );
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('map(), in the %s gear', (gear) => {
  test('gives results in the order of the items, or as they come', async () => {
    const lines = await play(gear, function* (stage) {
      const nap = stage.coroutineOf(function* (ms: number, index: number) {
        yield* on(sleep(ms));
        return `${index}:${ms}`;
      });
      stage.log(yield* on(map([3, 1, 2], nap, { concurrency: 3 })), stage.loop.time());
      stage.log(yield* on(map([3, 1, 2], nap, { concurrency: 3, ordered: false })), stage.loop.time());
    });
    expect(lines).toEqual(['[0:3, 1:1, 2:2] 3', '[1:1, 2:2, 0:3] 6']);
  });

  test('takes functions of every kind', async () => {
    const lines = await play(gear, function* ({ log }) {
      const options = { concurrency: 2 };
      log(
        yield* on(
          map(
            [1, 2],
            coroutine(async (n: number) => sleep(1, n)),
            options,
          ),
        ),
      );
      log(yield* on(map([1, 2], async (n) => sleep(1, n), options)));
      log(
        yield* on(
          map(
            [1, 2],
            function* (n) {
              return yield* sleep(1, n);
            },
            options,
          ),
        ),
      );
      log(yield* on(map([1, 2], (n) => sleep(1, n), options)));
      log(yield* on(map([1, 2], (n) => Promise.resolve(n), options)));
      log(yield* on(map([1, 2], (n) => n, options)));
      log(yield* on(map([1, 2], (n) => [n, n][Symbol.iterator]().next().value, options)));
      log(yield* on(map([], (n) => n, options)));
    });
    expect(lines).toEqual([...Array.from({ length: 7 }, () => '[1, 2]'), '[]']);
  });

  test('works on so many at once, and takes no item before it can begin it', async () => {
    const lines = await play(gear, function* (stage) {
      let [running, most] = [0, 0];
      function* items(): Generator<number, void, undefined> {
        for (let n = 1; n <= 6; n++) {
          stage.log('taken', n, 'running', running);
          yield n;
        }
      }
      const work = stage.coroutineOf(function* (n: number) {
        running += 1;
        most = Math.max(most, running);
        yield* on(sleep(n));
        running -= 1;
      });
      yield* on(map(items(), work, { concurrency: 2 }));
      stage.log('most', most);
    });
    expect(lines).toEqual([
      'taken 1 running 0',
      'taken 2 running 0',
      'taken 3 running 1',
      'taken 4 running 1',
      'taken 5 running 1',
      'taken 6 running 1',
      'most 2',
    ]);
  });

  test('gives each item a task with a name', async () => {
    const lines = await play(gear, function* ({ log }) {
      const fetchOne = async (): Promise<string | undefined> => currentTask()?.name;
      log(yield* on(map(['a', 'b'], fetchOne, { concurrency: 2 })));
      log(yield* on(map(['a'], () => currentTask()?.name, { concurrency: 2 })));
      log(yield* on(map(['a'], coroutine(fetchOne), { concurrency: 2 })));
    });
    expect(lines).toEqual(['[map fetchOne #0, map fetchOne #1]', '[map #0]', '[map fetchOne #0]']);
  });

  test('begins nothing before it is awaited, and runs once', async () => {
    const lines = await play(gear, function* ({ log }) {
      const mapping = map([1], (n) => n, { concurrency: 1 });
      yield* on(sleep(1));
      log(allTasks().length);
      log(yield* on(mapping), yield* attempt(mapping));
      const pulled = map([1], (n) => n, { concurrency: 1 });
      log(yield* on(pulled.pull()), yield* attempt(pulled));
      yield* on(pulled.close());
    });
    const refused = 'map was begun already; it runs once: await it or iterate it, and call map() again for another run';
    expect(lines).toEqual(['1', `[1] ${refused}`, `{done: false, value: 1} ${refused}`]);
  });

  test('reads async iterables and streams', async () => {
    const lines = await play(gear, function* ({ log }) {
      async function* later(): AsyncGenerator<number, void, undefined> {
        for (const n of [3, 1, 2]) yield sleep(1, n);
      }
      const stream = new ReadableStream<number>({
        start(controller) {
          for (const n of [3, 1, 2]) controller.enqueue(n);
          controller.close();
        },
      });
      log(yield* on(map(later(), (n) => sleep(n, n * n), { concurrency: 2 })));
      log(yield* on(map(stream, (n) => sleep(n, n * n), { concurrency: 2 })), stream.locked);
    });
    expect(lines).toEqual(['[9, 1, 4]', '[9, 1, 4] false']);
  });

  test('throws the first failure as it is when the others have ended and the source is closed', async () => {
    const lines = await play(gear, function* (stage) {
      const broken = new Error('broken');
      const work = stage.coroutineOf(function* (n: number) {
        try {
          if (n < 2) yield* on(sleep(100));
          yield* on(sleep(1));
          throw broken;
        } finally {
          if (n < 2) yield* on(sleep(n + 1));
          stage.log(n, stage.loop.time());
        }
      });
      try {
        yield* on(map(endless(stage.log), work, { concurrency: 3 }));
      } catch (error) {
        stage.log(error === broken, stage.loop.time());
      }
    });
    expect(lines).toEqual(['2 1', 'closed after 3', '0 2', '1 3', 'true 3']);
  });

  test('throws a group where several fail, those of a clean-up included', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        try {
          yield* on(sleep(n));
        } finally {
          // oxlint-disable-next-line no-unsafe-finally
          throw new Error(`of ${n}`);
        }
      });
      stage.log(yield* attempt(map([2, 1, 3], work, { concurrency: 3 })));
    });
    expect(lines).toEqual(['G[of 1, of 2, of 3]']);
  });

  test('fails with the error of its source, and does not close one that has ended by itself', async () => {
    const lines = await play(gear, function* (stage) {
      const source = {
        [Symbol.iterator]: () => ({
          next: (): never => {
            throw new Error('no more');
          },
          return: (): never => {
            throw new Error('closed twice');
          },
        }),
      };
      const spilling = (function* () {
        try {
          yield 1;
        } finally {
          // oxlint-disable-next-line no-unsafe-finally
          throw new Error('cannot close');
        }
      })();
      stage.log(yield* attempt(map(source, (n) => n, { concurrency: 1 })));
      const fails = (): never => {
        throw new Error('broken');
      };
      stage.log(yield* attempt(map(spilling, fails, { concurrency: 1 })));
    });
    expect(lines).toEqual(['no more', 'G[broken, cannot close]']);
  });

  test('fails where a source answers with what is no step, and takes one that comes without a promise', async () => {
    const answering = (...answers: unknown[]) => ({
      [Symbol.asyncIterator]: () => ({ next: () => answers.shift() as Promise<IteratorResult<number>> }),
    });
    const lists = (...answers: unknown[]) => ({
      [Symbol.iterator]: () => ({ next: () => answers.shift() as IteratorResult<number> }),
    });
    const one = { done: false, value: 1 };
    const lines = await play(gear, function* (stage) {
      for (const source of [lists(one, 5), answering(one), answering(one, { done: true, value: 0 })])
        stage.log(yield* attempt(map<number, number>(source, (n) => n, { concurrency: 1 })));
    });
    expect(lines).toEqual([
      'a source gave 5 in place of { done, value }',
      'a source gave undefined in place of { done, value }',
      '[1]',
    ]);
  });

  test('fails with the cancel of an item that somebody else cancels', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const task = createTask(map([1, 2], () => sleep(10), { concurrency: 1 }));
      for (const when of [0, 1]) {
        loop.callLater(when, () =>
          allTasks()
            .find(({ name }) => name === 'map #0')
            ?.cancel('x'),
        );
      }
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)']);
  });

  test('gives outcomes where it is told to', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        yield* on(sleep(n));
        if (n === 2) throw new Error('two');
        return n;
      });
      stage.log(yield* on(map([3, 2, 1], work, { concurrency: 2, settle: true })));
      const task = stage.spawn(() => on(map([100], work, { concurrency: 2, settle: true })));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual([
      '[{status: fulfilled, value: 3}, {status: rejected, reason: two}, {status: fulfilled, value: 1}]',
      'C(x)',
    ]);
  });

  test('takes the cancel of something else for an outcome', async () => {
    const lines = await play(gear, function* ({ log }) {
      const gone = createTask(sleep(1));
      gone.cancel('x');
      yield* attempt(gone);
      log(yield* on(map([1], () => gone, { concurrency: 1, settle: true })));
    });
    expect(lines).toEqual(['[{status: rejected, reason: C(x)}]']);
  });

  test('that is cancelled ends its tasks, waits for them, and closes its source', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(n + 1));
          stage.log(n, stage.loop.time());
        }
      });
      const task = stage.spawn(() => on(map(endless(stage.log), work, { concurrency: 2 })));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time(), task.cancelled());
    });
    expect(lines).toEqual(['closed after 2', '0 2', '1 3', 'C(x) 3 true']);
  });

  test('lets a failure of a clean-up out of a cancel, and leaves the clean-up of the others alone', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        try {
          yield* on(sleep(100));
        } finally {
          stage.log(n, yield* attempt(sleep(n, 'clean')));
          // oxlint-disable-next-line no-unsafe-finally
          if (n === 1) throw new Error('spilled');
        }
      });
      const task = stage.spawn(() => on(map([1, 5], work, { concurrency: 2 })));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time());
    });
    expect(lines).toEqual(['1 clean', '5 clean', 'spilled 6']);
  });

  test('is ended by a timeout around it', async () => {
    const lines = await play(gear, function* (stage) {
      const body = inGear(gear, () => on(map(endless(stage.log), () => sleep(2), { concurrency: 1 })));
      stage.log(yield* attempt(timeout(5, body)), stage.loop.time());
    });
    expect(lines).toEqual(['closed after 3', 'TO 5']);
  });

  test('has its tasks in its own context', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const store = new AsyncLocalStorage<string>();
    const lines = await play(gear, function* (stage) {
      const one = stage.coroutineOf(() => on(map([1, 2], async () => store.getStore(), { concurrency: 1 })));
      const tasks = ['a', 'b'].map((name) => store.run(name, () => createTask(one())));
      for (const task of tasks) stage.log(yield* on(task));
    });
    expect(lines).toEqual(['[a, a]', '[b, b]']);
  });
});

describe.each(gears)('the source of a map(), in the %s gear', (gear) => {
  const sourceThatWaits = (log: (...words: unknown[]) => void) =>
    async function* (): AsyncGenerator<number, void, undefined> {
      try {
        yield 1;
        await sleep(100);
        yield 2;
      } finally {
        await sleep(3);
        log('source ended');
      }
    };

  test('that waits for something of ours is cancelled there, and waited for', async () => {
    const lines = await play(gear, function* (stage) {
      const source = sourceThatWaits(stage.log);
      const task = stage.spawn(() => on(map(source(), () => sleep(1), { concurrency: 2 })));
      yield* on(sleep(5));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time());
    });
    expect(lines).toEqual(['source ended', 'C(x) 8']);
  });

  test('that waits for something of ours is cancelled there when an item fails', async () => {
    const lines = await play(gear, function* (stage) {
      const source = sourceThatWaits(stage.log);
      const work = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        throw new Error('broken');
      });
      stage.log(yield* attempt(map(source(), work, { concurrency: 2 })), stage.loop.time());
    });
    expect(lines).toEqual(['source ended', 'broken 4']);
  });

  test('that stands at a foreign promise is told, and not waited for', async () => {
    const opened = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<string>();
    const lines = await play(gear, function* (stage) {
      async function* foreign(): AsyncGenerator<number, void, undefined> {
        try {
          yield 1;
          await opened.promise;
          yield 2;
        } finally {
          ended.resolve('ended');
        }
      }
      const body = inGear(gear, () => on(map(foreign(), () => sleep(1), { concurrency: 2 })));
      stage.log(yield* attempt(timeout(5, body)), stage.loop.time());
    });
    expect(lines).toEqual(['TO 5']);
    opened.resolve();
    expect(await ended.promise).toBe('ended');
  });

  test('is cancelled at once where it is a stream', async () => {
    const lines = await play(gear, function* (stage) {
      const stream = new ReadableStream<number>({
        start: (controller) => controller.enqueue(1),
        cancel: () => stage.log('stream cancelled'),
      });
      const body = inGear(gear, () => on(map(stream, () => sleep(1), { concurrency: 2 })));
      stage.log(yield* attempt(timeout(5, body)), stage.loop.time());
    });
    expect(lines).toEqual(['stream cancelled', 'TO 5']);
  });

  test('is named where nothing can feed it', async () => {
    const stuck = play(gear, function* ({ log }) {
      const queue = new Queue<number>(0, { name: 'jobs' });
      log(yield* on(map(queue, (n) => n, { concurrency: 2 })));
    });
    await expect(stuck).rejects.toThrow(/task "map, its source" waits for .*an item of queue "jobs"/);
  });
});

describe.each(gears)('a map() that is taken one by one, in the %s gear', (gear) => {
  test('gives results in the order of the items, or as they come', async () => {
    const lines = await play(gear, function* ({ log }) {
      log(yield* drain(map([3, 1, 2], (n) => sleep(n, n), { concurrency: 3 })));
      log(yield* drain(map([3, 1, 2], (n) => sleep(n, n), { concurrency: 3, ordered: false })));
    });
    expect(lines).toEqual(['[3, 1, 2]', '[1, 2, 3]']);
  });

  test('begins no other item while as many results wait as may run', async () => {
    for (const ordered of [true, false]) {
      const lines = await play(gear, function* (stage) {
        const mapping = map(endless(stage.log), (n) => sleep(1, n), { concurrency: 3, ordered });
        stage.log(yield* on(mapping.pull()));
        yield* on(sleep(50));
        yield* on(mapping.close());
      });
      // Of 3 that ran one was taken; of the next 3 as many ran as had room when they began.
      expect(lines).toEqual(['{done: false, value: 0}', expect.stringMatching(/^closed after [56]$/)]);
    }
  });

  test('does not run ahead of a slow first item for ever', async () => {
    const lines = await play(gear, function* (stage) {
      const mapping = map(endless(stage.log), (n) => sleep(n === 0 ? 100 : 1, n), { concurrency: 3 });
      stage.log(yield* on(mapping.pull()), stage.loop.time());
      yield* on(mapping.close());
    });
    expect(lines).toEqual(['{done: false, value: 0} 100', expect.stringMatching(/^closed after [4-7]$/)]);
  });

  test('gives what was ready before a failure, then throws it once', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        yield* on(sleep(n));
        if (n === 3) throw new Error('three');
        return n;
      });
      const mapping = map([1, 2, 3, 100], work, { concurrency: 4 });
      for (let i = 0; i < 5; i++) stage.log(yield* attempt(mapping.pull()));
      yield* on(mapping.close());
      stage.log(stage.loop.time());
    });
    const end = '{done: true, value: undefined}';
    expect(lines).toEqual(['{done: false, value: 1}', '{done: false, value: 2}', 'three', end, end, '3']);
  });

  test('that is closed cancels what is under way and waits for it', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        if (n === 0) return n;
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(n));
          stage.log(n, stage.loop.time());
        }
        return n;
      });
      const mapping = map(endless(stage.log), work, { concurrency: 3 });
      stage.log(yield* on(mapping.pull()));
      yield* on(sleep(1));
      yield* on(mapping.close());
      stage.log(stage.loop.time(), yield* on(mapping.pull()), yield* attempt(mapping.close()));
    });
    expect(lines).toEqual([
      '{done: false, value: 0}',
      'closed after 4',
      '1 2',
      '2 3',
      '3 4',
      '4 {done: true, value: undefined} undefined',
    ]);
  });

  test('throws at its end a failure that nobody saw', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        if (n === 0) return n;
        throw new Error('unseen');
      });
      const mapping = map([0, 1], work, { concurrency: 2 });
      stage.log(yield* on(mapping.pull()));
      yield* on(sleep(1));
      stage.log(yield* attempt(mapping.close()), yield* attempt(mapping.close()));
      stage.log(yield* attempt(map([1], work, { concurrency: 2 }).close()));
    });
    expect(lines).toEqual(['{done: false, value: 0}', 'unseen undefined', 'undefined']);
  });

  test('waits for a stubborn clean-up when it is closed, and is cancelled afterwards', async () => {
    const lines = await play(gear, function* (stage) {
      const stubborn = stage.coroutineOf(function* () {
        try {
          yield* on(sleep(1000));
        } finally {
          stage.log('clean-up', yield* attempt(sleep(1000)));
          yield* on(sleep(3));
        }
      });
      const task = stage.spawn(function* () {
        const mapping = map([1], stubborn, { concurrency: 1 });
        const puller = createTask(mapping.pull());
        yield* on(sleep(1));
        stage.log(yield* attempt(mapping.close()), stage.loop.time());
        stage.log(yield* attempt(sleep(1)));
        yield* on(puller);
      });
      yield* on(sleep(5));
      task.cancel('x');
      yield* on(task);
    });
    expect(lines).toEqual(['clean-up C(x)', 'undefined 8', 'C(x)']);
  });

  test('that is closed while a failure ends it leaves the clean-up alone', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        if (n === 0) throw new Error('broken');
        try {
          yield* on(sleep(100));
        } finally {
          stage.log(yield* attempt(sleep(5, 'clean')));
        }
      });
      const mapping = map([0, 1], work, { concurrency: 2 });
      const taker = stage.spawn(() => attempt(mapping.pull()));
      yield* on(sleep(1));
      const closer = createTask(mapping.close());
      stage.log(yield* attempt(mapping.close()), yield* attempt(closer), yield* on(taker), stage.loop.time());
    });
    expect(lines).toEqual(['clean', 'broken broken broken 5']);
  });

  test('serves several who take, first come, first served, and loses nothing when one is cancelled', async () => {
    const lines = await play(gear, function* (stage) {
      const mapping = map([1, 2, 3], (n) => sleep(n, n), { concurrency: 1 });
      const takers = ['a', 'b', 'c', 'd'].map((name) =>
        stage.spawn(function* () {
          stage.log(name, yield* attempt(mapping.pull()));
        }),
      );
      yield* on(sleep(0));
      yield* on(sleep(0));
      takers[1]?.cancel('x');
      for (const taker of takers) yield* on(taker);
      stage.log(yield* on(mapping.pull()));
    });
    expect(lines).toEqual([
      'b C(x)',
      'a {done: false, value: 1}',
      'c {done: false, value: 2}',
      'd {done: false, value: 3}',
      '{done: true, value: undefined}',
    ]);
  });

  test('is taken by for await, which ends everything where it is left', async () => {
    const lines = await play('async', function* (stage) {
      const squares = coroutine(async () => {
        const taken: number[] = [];
        for await (const n of map(endless(stage.log), (n) => sleep(1, n * n), { concurrency: 2 })) {
          taken.push(n);
          if (taken.length === 4) break;
        }
        stage.log(taken, allTasks().length);
      });
      yield* on(squares());
    });
    expect(lines).toEqual([expect.stringMatching(/^closed after \d$/), '[0, 1, 4, 9] 1']);
  });

  test('is ended when the loop over it fails or is cancelled', async () => {
    const lines = await play('async', function* (stage) {
      const consume = coroutine(async (use: () => Promise<void>) => {
        for await (const _ of map(endless(stage.log), (n) => sleep(1, n), { concurrency: 1 })) await use();
      });
      const fails = async (): Promise<void> => {
        throw new Error('broken');
      };
      stage.log(yield* attempt(consume(fails)), allTasks().length);
      for (const ms of [0, 1.5]) {
        const task = createTask(consume(async () => sleep(1)));
        yield* on(sleep(ms));
        task.cancel('x');
        stage.log(yield* attempt(task), allTasks().length);
      }
    });
    expect(lines).toEqual(['closed after 2', 'broken 1', 'closed after 1', 'C(x) 1', 'closed after 2', 'C(x) 1']);
  });

  test('is closed by await using', async () => {
    const lines = await play('async', function* (stage) {
      const first = coroutine(async () => {
        await using mapping = map(endless(stage.log), (n) => sleep(1, n), { concurrency: 2 });
        return (await mapping.pull()).value;
      });
      stage.log(yield* on(first()), allTasks().length);
    });
    expect(lines).toEqual([expect.stringMatching(/^closed after \d$/), '0 1']);
  });

  test('can be one of the tasks of a group', async () => {
    const lines = await play(gear, function* (stage) {
      const body = inGear(gear, function* () {
        stage.log(yield* told(on(map([1, 2], (n) => sleep(n, n), { concurrency: 2 }))));
        stage.log(me().cancelling());
      });
      yield* on(taskGroup(body));
    });
    expect(lines).toEqual(['[1, 2]', '0']);
  });
});

const once = { concurrency: 1 };
test.each([
  { call: 'map(1, f, …)', make: () => map(wrong(1), (n) => n, once), says: /a list.*got number/ },
  { call: "map('ab', f, …)", make: () => map('ab', (n) => n, once), says: /a list.*got string/ },
  { call: 'map(task, f, …)', make: () => map(wrong(me()), (n) => n, once), says: /a list.*got object/ },
  { call: 'map([], 1, …)', make: () => map([], wrong(1), once), says: /a function of an item, got number/ },
  { call: 'map([], f)', make: () => map([], (n) => n, wrong(undefined)), says: /object with concurrency/ },
  { call: 'map([], f, {})', make: () => map([], (n) => n, wrong({})), says: /concurrency.*got undefined/ },
  { call: 'concurrency 0', make: () => map([], (n) => n, { concurrency: 0 }), says: /concurrency.*got 0/ },
  { call: 'concurrency 1.5', make: () => map([], (n) => n, { concurrency: 1.5 }), says: /got 1\.5/ },
  { call: 'an unknown option', make: () => map([], (n) => n, wrong({ concurency: 1 })), says: /"concurency"/ },
])('$call is refused before anything begins', async ({ make, says, call }) => {
  const { error, left } = await refusalOf({ call, make, code: 'COTASK_BAD_OPTION', says });
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: 'COTASK_BAD_OPTION', message: expect.stringMatching(says) });
});
