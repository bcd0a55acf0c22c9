import { coroutine, createTask, gather, run, sleep, type Coroutine } from 'cotask';
import { describe, expect, test } from 'vitest';
import { ThreadPool, type ThreadPoolOptions } from '../index.ts';
import { heldThreads, inEachGear, opened, until, work } from '../probes/stage.ts';
import { begun, makeGate, mayEnd, open } from '../probes/work.ts';

const all = coroutine(async <T>(calls: Coroutine<T>[]): Promise<T[]> => await gather(calls));

describe.each(inEachGear)('a pool, in the %s gear', (_gear, inGear) => {
  test('runs calls, and ends with close()', async () => {
    const pool = new ThreadPool({ maxThreads: 1 });
    expect(await inGear(() => pool.run(work, 'add', [1, 2]))).toBe(3);
    expect([pool.threads, pool.running, pool.waiting, pool.closed]).toEqual([1, 0, 0, false]);
    await inGear(() => pool.close());
    expect([pool.threads, pool.running, pool.waiting, pool.closed]).toEqual([0, 0, 0, true]);
    await inGear(() => pool.close());
    await expect(inGear(() => pool.run(work, 'add', [1, 2]))).rejects.toMatchObject({
      name: 'ThreadPoolClosedError',
      code: 'COTASK_THREAD_POOL_CLOSED',
    });
  });
});

describe('the bounds of a pool', () => {
  test('hold: never more threads than maxThreads, however many calls there are', async () => {
    await using pool = new ThreadPool({ maxThreads: 3 });
    const gate = makeGate();
    let most = 0;
    const one = coroutine(async () => {
      const turn = await pool.run(work, 'count', [gate]);
      most = Math.max(most, pool.threads);
      return turn;
    });
    const turns = await run(all(Array.from({ length: 1000 }, one)));
    expect(most).toBeLessThanOrEqual(3);
    expect(turns.toSorted((a, b) => a - b)).toEqual(turns.map((_, index) => index));
  });

  test('hold: a thousand calls over one thread run one after the other', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const turns = await run(all(Array.from({ length: 1000 }, () => pool.run(work, 'count', [gate]))));
    expect(turns).toEqual(turns.map((_, index) => index));
    expect(pool.threads).toBe(1);
  });

  test('refuse a call when maxWaiting wait', async () => {
    await using pool = new ThreadPool({ maxThreads: 1, maxWaiting: 1 });
    const gate = makeGate();
    const main = coroutine(async () => {
      const first = createTask(pool.run(work, 'hold', [gate]));
      const second = createTask(pool.run(work, 'add', [1, 2]));
      await sleep(0);
      const full = { name: 'ThreadQueueFullError', code: 'COTASK_THREAD_QUEUE_FULL' };
      await expect(run1(pool)).rejects.toMatchObject({ ...full, message: expect.stringContaining('maxWaiting') });
      open(gate, mayEnd);
      return await gather(first, second);
    });
    const run1 = async (of: ThreadPool): Promise<number> => await of.run(work, 'add', [1, 2]);
    expect(await run(main())).toEqual(['held', 3]);
  });

  test('keep minThreads, and end the others when they are idle', async () => {
    await using pool = new ThreadPool({ minThreads: 1, maxThreads: 2, idleTimeoutMs: 20 });
    expect(pool.threads).toBe(1);
    await run(all(Array.from({ length: 4 }, () => pool.run(work, 'compute', [5]))));
    await until(() => pool.threads === 1, 'one thread is left');
    await run(sleep(60));
    expect(pool.threads).toBe(1);
  });
});

describe('the options of a pool', () => {
  test.each([
    [{ maxThreads: 0 }, 'maxThreads must be a whole number of at least 1, got 0'],
    [{ minThreads: -1 }, 'minThreads must be a whole number'],
    [{ minThreads: 3, maxThreads: 2 }, 'minThreads (3) is more than maxThreads (2)'],
    [{ idleTimeoutMs: Number.NaN }, 'idleTimeoutMs must be a number of milliseconds'],
    [{ graceMs: -1 }, 'graceMs must be'],
    [{ maxWaiting: 0.5 }, 'maxWaiting must be'],
    [{ name: '' }, 'name must be a text'],
    [{ resourceLimits: 5 }, 'resourceLimits must be an object'],
    [{ execArgv: 'x' }, 'execArgv must be a list of texts'],
    [{ execArgv: ['--no-such-option'] }, '--no-such-option'],
    [{ idleTimeout: 5 }, 'knows no option "idleTimeout"; it knows name, minThreads'],
  ])('are refused when they cannot be: %j', (options, message) => {
    const refused = expect.objectContaining({ code: 'COTASK_BAD_OPTION', message: expect.stringContaining(message) });
    expect(() => new ThreadPool(options as ThreadPoolOptions)).toThrow(refused);
  });

  test('of a call are, too', async () => {
    await using pool = new ThreadPool();
    const refused = expect.objectContaining({ code: 'COTASK_BAD_OPTION' });
    expect(() => pool.run(work.url, 'echo', 'text' as never)).toThrow(refused);
    expect(() => pool.run(expect.unreachable as never, 'echo')).toThrow('cannot hand a function to another thread');
    expect(() => pool.run(work.url, 'echo', [], { transfer: 5 as never })).toThrow(refused);
    expect(() => pool.run(work.url, 'echo', [], { signal: null } as never)).toThrow(refused);
  });

  test('reach the threads', async () => {
    await using pool = new ThreadPool({ env: { COLOUR: 'red' }, maxThreads: 1 });
    expect(await run(pool.run(work, 'environment', ['COLOUR']))).toBe('red');
    expect(await run(pool.run(work, 'environment', ['PATH']))).toBe(undefined);
  });
});

describe('what is transferred', () => {
  test('is moved into the thread, and is gone here', async () => {
    await using pool = new ThreadPool();
    const bytes = new Uint8Array(1000).fill(3);
    const back = await run(pool.run(work, 'echo', [{ bytes }], { transfer: [bytes.buffer] }));
    expect(back).toEqual({ bytes: new Uint8Array(1000).fill(3) });
    expect(bytes.byteLength).toBe(0);
  });

  test('is moved out of it', async () => {
    await using pool = new ThreadPool();
    expect(await run(pool.run(work, 'giveMoved', [5]))).toEqual(new Uint8Array([7, 7, 7, 7, 7]));
  });

  test('is an error of the result when it cannot be moved out', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const error = { name: 'ThreadResultError', code: 'COTASK_THREAD_RESULT' };
    await expect(run(pool.run(work, 'giveMovedWrongly', []))).rejects.toMatchObject(error);
    expect(await run(pool.run(work, 'add', [1, 2]))).toBe(3);
  });

  test('stays here while its call waits for a thread', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const gate = makeGate();
    const bytes = new Uint8Array(1000);
    const main = coroutine(async () => {
      const first = createTask(pool.run(work, 'hold', [gate]));
      const second = createTask(pool.run(work, 'echo', [bytes], { transfer: [bytes.buffer] }));
      await sleep(0);
      second.cancel();
      await expect(async () => await second).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
      open(gate, mayEnd);
      await first;
    });
    await run(main());
    expect(bytes.byteLength).toBe(1000);
  });

  test('is refused when it cannot be, and the pool goes on', async () => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const error = { name: 'ThreadArgumentError', code: 'COTASK_THREAD_ARGUMENT' };
    await expect(run(pool.run(work, 'echo', [1], { transfer: [{} as never] }))).rejects.toMatchObject(error);
    const detached = new ArrayBuffer(8);
    structuredClone(detached, { transfer: [detached] });
    await expect(run(pool.run(work, 'echo', [1], { transfer: [detached] }))).rejects.toMatchObject(error);
    expect(await run(pool.run(work, 'add', [1, 2]))).toBe(3);
  });
});

describe('close()', () => {
  test('ends calls that wait and calls that run, and every thread', async () => {
    const before = heldThreads();
    const gate = makeGate();
    const main = coroutine(async () => {
      const pool = new ThreadPool({ maxThreads: 2 });
      const tasks = [1, 2, 3, 4].map(() => createTask(pool.run(work, 'spin', [gate])));
      await opened(gate, begun, 2);
      expect([pool.running, pool.waiting]).toEqual([2, 2]);
      await pool.close();
      expect([pool.threads, pool.running, pool.waiting]).toEqual([0, 0, 0]);
      const ends = await gather(tasks, { returnExceptions: true });
      expect(ends).toEqual(ends.map(() => expect.objectContaining({ code: 'COTASK_THREAD_POOL_CLOSED' })));
    });
    await run(main());
    expect(Atomics.load(gate, begun)).toBe(2);
    await until(() => heldThreads() <= before, 'no thread is left');
  });

  test('may be called by two, and given up', async () => {
    const gate = makeGate();
    const pool = new ThreadPool({ maxThreads: 1 });
    const main = coroutine(async () => {
      const call = createTask(pool.run(work, 'spin', [gate]));
      await opened(gate);
      const closing = [createTask(pool.close()), createTask(pool.close())];
      await sleep(0);
      closing[0]?.cancel();
      const ends = await gather([call, ...closing], { returnExceptions: true });
      expect(ends).toMatchObject([{ code: 'COTASK_THREAD_POOL_CLOSED' }, { code: 'COTASK_CANCELLED' }, undefined]);
    });
    await run(main());
    expect(pool.threads).toBe(0);
  });
});
