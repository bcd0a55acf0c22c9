import { describe, expect, test } from 'vitest';

import { coroutine, createTask, currentTask, getRunningLoop, run, sleep } from '../index.ts';
import type { EventLoop, Future } from '../index.ts';
import { store } from './store.ts';
import { foreign, gears, me, on, outcomeOf, real, spawn, virtual, whoRuns, wordsOf } from './vocabulary.ts';

describe('a handle that a task scheduled', () => {
  // X1
  test('runs in no task, with the stores of the task', async () => {
    const lines = await virtual(async (log) => {
      const loop = getRunningLoop();
      const handle = (kind: string) => () => log(kind, whoRuns(), store.getStore());
      const task = store.run('mine', () =>
        spawn(async () => {
          loop.callSoon(handle('soon'));
          loop.callLater(1, handle('timer'));
          await sleep(5);
        }),
      );
      await task;
    });
    expect(lines).toEqual(['soon none mine', 'timer none mine']);
  });

  // X2
  test('waits outside the task: a cancel of the task does not reach it', async () => {
    const lines = await virtual(async (log) => {
      const loop = getRunningLoop();
      const handled = loop.createFuture<void>();
      const task = spawn(async () => {
        loop.callSoon(async () => {
          log('handle', await outcomeOf(sleep(10, 'slept on')), whoRuns());
          handled.setResult();
        });
        await sleep(5000);
      });
      await sleep(1);
      task.cancel('x');
      await handled;
      log(task.cancelled());
    });
    expect(lines).toEqual(['handle slept on none', 'true']);
  });
});

// X2
describe('code that goes on outside any task', () => {
  const programs: Record<string, (loop: EventLoop, future: Future<string>) => Promise<unknown>> = {
    'a handle that awaits what is there': async (loop, future) => {
      loop.callLater(1, async () => {
        await null;
        future.setResult('came');
      });
    },
    'a handle that sleeps': async (loop, future) => {
      loop.callLater(1, async () => {
        await sleep(1);
        await null;
        future.setResult('came');
      });
    },
    'a handle that resolves a promise': async (loop, future) => {
      void new Promise<void>((resolve) => loop.callLater(1, resolve)).then(() => future.setResult('came'));
    },
    'a helper of a task that has ended': async (_loop, future) => {
      await spawn(async () => {
        void (async () => {
          await sleep(2);
          future.setResult('came');
        })();
      });
    },
  };

  test.each(Object.entries(programs))(
    'is waited for before time moves, or a deadlock is seen: %s',
    async (_name, start) => {
      const lines = await virtual(async (log) => {
        const loop = getRunningLoop();
        const [first, second] = [loop.createFuture<string>(), loop.createFuture<string>()];
        await start(loop, first);
        // Nothing else can come: this is a deadlock for a loop that does not wait for that code.
        log(await first, loop.time() <= 2);
        const late = loop.callLater(50, () => log('late'));
        await start(loop, second);
        log(await second, loop.time() <= 4);
        late.cancel();
      });
      expect(lines).toEqual(['came true', 'came true']);
    },
  );

  test('goes on at once also while a task stands at a promise that it resolves', async () => {
    const lines = await virtual(async (log) => {
      const loop = getRunningLoop();
      log(await new Promise((resolve) => loop.callLater(1, resolve, 'alone')), loop.time());
      const helper = new Promise((resolve) => loop.callLater(1, resolve, 'beside a sleep'));
      const told = helper.then((value) => log(value, loop.time()));
      await sleep(50);
      await told;
    });
    expect(lines).toEqual(['alone 1', 'beside a sleep 2']);
  });
});

// X3
test('a done callback runs in no task, with the stores of the code that added it', async () => {
  const lines = await virtual(async (log) => {
    const future = getRunningLoop().createFuture<void>();
    const adding = (name: string) =>
      store.run(name, () =>
        spawn(async () => {
          future.addDoneCallback(() => log(name, whoRuns(), store.getStore()));
          await sleep(5);
        }),
      );
    const tasks = [adding('A'), adding('B')];
    const setter = store.run('C', () =>
      spawn(async () => {
        await sleep(1);
        future.setResult();
      }),
    );
    for (const task of [...tasks, setter]) await task;
  });
  expect(lines).toEqual(['A none A', 'B none B']);
});

// X4
test.each(gears)('a coroutine of the %s gear keeps the stores of the await that started it', async (gear) => {
  const { coroutineOf } = wordsOf(gear);
  const lines = await virtual(async (log) => {
    const inner = coroutineOf(function* () {
      log('before', store.getStore());
      yield* on(sleep(1));
      log('between', store.getStore());
      yield* on(sleep(1));
      log('after', store.getStore());
    });
    await store.run('s', async () => await inner());
    log('outside', store.getStore() ?? 'none');
  });
  expect(lines).toEqual(['before s', 'between s', 'after s', 'outside none']);
});

// X5
test.each(gears)('a store set around createTask holds for the whole task in the %s gear', async (gear) => {
  const { coroutineOf } = wordsOf(gear);
  const lines = await real(async (log) => {
    const inner = coroutineOf(function* () {
      log(store.getStore());
      yield* on(sleep(1));
      log(store.getStore());
    });
    const task = store.run('held', () => createTask(inner()));
    store.enterWith('changed later');
    await task;
  });
  expect(lines).toEqual(['held', 'held']);
});

// X5
test('a store entered inside a generator body is lost at its next step', async () => {
  const lines = await virtual(function* (log) {
    store.enterWith('entered');
    log(store.getStore());
    yield* sleep(1);
    log(store.getStore() ?? 'none');
  });
  expect(lines).toEqual(['entered', 'none']);
});

describe('the current task', () => {
  // X6
  test('is still the task in a callback of a foreign promise that waits', async () => {
    const lines = await real(async (log) => {
      const task = spawn(async () => {
        await Promise.resolve(1).then(async () => {
          await sleep(1);
          log(whoRuns());
        });
        await foreign(1);
        log(whoRuns());
      }, 'T');
      await task;
    });
    expect(lines).toEqual(['T', 'T']);
  });

  // X6
  test('in an async generator is the task that asked for the next value', async () => {
    const lines = await virtual(async (log) => {
      async function* shared(): AsyncGenerator<string, void, void> {
        for (;;) {
          await sleep(1);
          yield whoRuns();
        }
      }
      const values = shared();
      const taking = (name: string, delay: number) =>
        spawn(async () => {
          for (let turn = 0; turn < 2; turn += 1) {
            await sleep(delay);
            log(name, (await values.next()).value);
          }
        }, name);
      for (const task of [taking('A', 10), taking('B', 15)]) await task;
    });
    expect(lines).toEqual(['A A', 'B B', 'A A', 'B B']);
  });

  test('is each task in its own step, and none outside', async () => {
    const lines = await virtual(async (log) => {
      const tasks = [
        spawn(async () => {
          await sleep(1);
          log(whoRuns());
        }, 'async'),
        spawn(function* () {
          yield* sleep(1);
          log(whoRuns());
        }, 'generator'),
      ];
      log(whoRuns() === me().getName());
      for (const task of tasks) await task;
    });
    expect(lines).toEqual(['true', 'async', 'generator']);
    expect(currentTask()).toBe(null);
  });
});

// X7
test('two runs at once have a loop each, and one that stands at a foreign promise does not slow the other', async () => {
  const ends: string[] = [];
  const main = coroutine(async (name: string, work: () => Promise<unknown>) => {
    const loop = getRunningLoop();
    await work();
    ends.push(name);
    expect(getRunningLoop()).toBe(loop);
    return loop;
  });
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 1000; turn += 1) await sleep(0);
  };
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const stalled = run(main('stalled', () => gate));
  const busy = run(main('busy', turns)).finally(release);
  const [first, second] = await Promise.all([stalled, busy]);
  expect(ends).toEqual(['busy', 'stalled']);
  expect(first).not.toBe(second);
});
