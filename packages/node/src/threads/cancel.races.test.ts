/**
 * Cast: a task that calls a function in a thread of a pool with one thread, or few; `task.cancel()`, `timeout()`, `close()`.
 * Plot: the cancel comes before the task's first step, in its very first step, while it waits for a thread, in the tick in
 * which it is given one, while the function computes, blocks or waits, in the tick in which the result comes, while the pool
 * closes. What must hold: a call that had no thread touches none; the thread of one that ran ends and its place
 * is taken by another; a value that is there wins; nobody waits for a thread that was given up; nothing is left.
 */
import {
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  run,
  sleep,
  timeout,
  type Awaitable,
  type Task,
} from 'cotask';
import { describe, expect, test } from 'vitest';
import { ThreadPool } from '../index.ts';
import { opened, work } from '../probes/stage.ts';
import { begun, makeGate, mayEnd, open, told } from '../probes/work.ts';

const waits = {
  async: <T>(make: () => Awaitable<T>) => coroutine(async () => await make())(),
  generator: <T>(make: () => Awaitable<T>) =>
    coroutine(function* () {
      return yield* make();
    })(),
};
const gears = ['async', 'generator'] as const;

/** How a task ended, in a word. */
async function endOf(task: Task<unknown>): Promise<unknown> {
  try {
    return await task;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

/** Until what a task waits for is there, and the task has not run yet: who asks runs before it. */
async function untilReady(task: Task<unknown>): Promise<void> {
  while (task.state === 'waiting') await sleep(0);
  expect(task.state).toBe('ready');
}

describe.each(gears)('a cancel, in the %s gear', (gear) => {
  const inTask = <T>(make: () => Awaitable<T>): Task<T> => createTask(waits[gear](make));

  test('before the first step touches no thread', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const main = coroutine(async () => {
      const task = inTask(() => pool.run(work, 'count', [gate]));
      task.cancel();
      expect(await endOf(task)).toBe('COTASK_CANCELLED');
    });
    await run(main());
    expect([pool.threads, pool.running, Atomics.load(gate, begun)]).toEqual([0, 0, 0]);
  });

  test('that is due when the call begins touches no thread', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const main = coroutine(async () => {
      const task = inTask(() => {
        currentTask()?.cancel();
        return pool.run(work, 'add', [1, 2]);
      });
      expect(await endOf(task)).toBe('COTASK_CANCELLED');
    });
    await run(main());
    expect([pool.threads, pool.running]).toEqual([0, 0]);
  });

  test('while the call waits for a thread withdraws it', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const [held, counted] = [makeGate(), makeGate()];
    const main = coroutine(async () => {
      const first = inTask(() => pool.run(work, 'hold', [held]));
      const [second, third] = [1, 2].map(() => inTask(() => pool.run(work, 'count', [counted])));
      await opened(held);
      expect(pool.waiting).toBe(2);
      second?.cancel();
      expect(await endOf(second as Task<unknown>)).toBe('COTASK_CANCELLED');
      expect(pool.waiting).toBe(1);
      open(held, mayEnd);
      expect(await gather(first, third as Task<number>)).toEqual(['held', 0]);
    });
    await run(main());
    expect(Atomics.load(counted, begun)).toBe(1);
  });

  test('in the tick in which it is given a thread leaves that to the next', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const [held, counted] = [makeGate(), makeGate()];
    const main = coroutine(async () => {
      const first = inTask(() => pool.run(work, 'hold', [held]));
      const second = inTask(() => pool.run(work, 'count', [counted]));
      const third = inTask(() => pool.run(work, 'count', [counted]));
      await opened(held);
      open(held, mayEnd);
      await untilReady(second);
      second.cancel();
      expect([await endOf(first), await endOf(second), await endOf(third)]).toEqual(['held', 'COTASK_CANCELLED', 0]);
    });
    await run(main());
    expect(pool.threads).toBe(1);
  });

  test.each(['spin', 'hold'] as const)(
    'while the function runs (%s) ends its thread, and another takes its place',
    async (name) => {
      await using pool = new ThreadPool({ maxThreads: 1 });
      const gate = makeGate();
      const main = coroutine(async () => {
        const before = await pool.run(work, 'whereAmI', []);
        const task = inTask(() => pool.run(work, name, [gate]));
        await opened(gate);
        const began = performance.now();
        task.cancel('enough');
        expect(await endOf(task)).toBe('COTASK_CANCELLED');
        expect(performance.now() - began).toBeLessThan(1000);
        const after = await pool.run(work, 'whereAmI', []);
        expect(after.thread).not.toBe(before.thread);
      });
      await run(main());
      expect([pool.threads, pool.running]).toEqual([1, 0]);
    },
  );

  test('while the thread starts is as good', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const main = coroutine(async () => {
      const task = inTask(() => pool.run(work, 'count', [gate]));
      await sleep(0);
      expect(pool.running).toBe(1);
      task.cancel();
      expect(await endOf(task)).toBe('COTASK_CANCELLED');
      expect(await pool.run(work, 'count', [gate])).toBe(0);
    });
    await run(main());
  });

  test('in the tick in which the result comes leaves the result', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const main = coroutine(async () => {
      await pool.run(work, 'add', [1, 2]);
      const task = inTask(() => pool.run(work, 'add', [3, 4]));
      await sleep(0);
      await untilReady(task);
      task.cancel();
      expect(await endOf(task)).toBe(7);
      return task.cancelled();
    });
    expect(await run(main())).toBe(false);
  });

  test('by a timeout gives the thread back', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const main = coroutine(async () => {
      await pool.run(work, 'add', [1, 2]);
      const task = inTask(() => timeout(50, () => waits[gear](() => pool.run(work, 'spin', [gate]))));
      expect(await endOf(task)).toBe('COTASK_TIMEOUT');
      expect(await pool.run(work, 'add', [1, 2])).toBe(3);
    });
    await run(main());
  });

  test('while the pool closes comes too late, or first, and both end', async () => {
    const pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const main = coroutine(async () => {
      const runs = inTask(() => pool.run(work, 'spin', [gate]));
      const waitsToo = inTask(() => pool.run(work, 'add', [1, 2]));
      await opened(gate);
      const closing = createTask(pool.close());
      runs.cancel();
      waitsToo.cancel();
      expect([await endOf(runs), await endOf(waitsToo)]).toEqual(['COTASK_CANCELLED', 'COTASK_CANCELLED']);
      await closing;
    });
    await run(main());
    expect([pool.threads, pool.running, pool.waiting]).toEqual([0, 0, 0]);
  });
});

describe('a function that can be told', () => {
  const scenes = ['spinUntilTold', 'waitUntilTold', 'throwWhenTold'] as const;

  test.each(scenes)('%s: ends by itself, and its thread lives on', async (name) => {
    await using pool = new ThreadPool({ maxThreads: 1, graceMs: 20_000 });
    const gate = makeGate();
    const main = coroutine(async () => {
      const before = await pool.run(work, 'whereAmI', []);
      const task = createTask(pool.run(work, name, [gate]));
      await opened(gate);
      task.cancel();
      expect(await endOf(task)).toBe('COTASK_CANCELLED');
      await opened(gate, told);
      expect(await pool.run(work, 'whereAmI', [])).toEqual(before);
    });
    await run(main());
  });

  test('and does not hear is ended when its grace is over', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const main = coroutine(async () => {
      const task = createTask(pool.run(work, 'spin', [gate], { graceMs: 30 }));
      await opened(gate);
      task.cancel();
      expect(await endOf(task)).toBe('COTASK_CANCELLED');
      expect(pool.running).toBe(1);
      expect(await pool.run(work, 'add', [1, 2])).toBe(3);
    });
    await run(main());
  });

  test('holds up neither its caller nor the end of its pool', async () => {
    const pool = new ThreadPool({ maxThreads: 1, graceMs: Infinity });
    const gate = makeGate();
    const main = coroutine(async () => {
      const task = createTask(pool.run(work, 'spin', [gate]));
      await opened(gate);
      task.cancel();
      expect(await endOf(task)).toBe('COTASK_CANCELLED');
      await pool.close();
    });
    await run(main());
    expect([pool.threads, pool.running]).toEqual([0, 0]);
  });
});

test('ends a call without a word to the loop in the midst of the cancel', async () => {
  await using pool = new ThreadPool({ maxThreads: 1 });
  const gate = makeGate();
  const said: string[] = [];
  const main = coroutine(async () => {
    getRunningLoop().setExceptionHandler((_loop, { message }) => void said.push(message));
    const tasks = [1, 2].map(() => createTask(pool.run(work, 'spin', [gate])));
    await opened(gate);
    for (const task of tasks) task.cancel();
    for (const task of tasks) expect(await endOf(task)).toBe('COTASK_CANCELLED');
  });
  await run(main(), { debug: true });
  expect(said.filter((message) => message.includes('undo'))).toEqual([]);
});
