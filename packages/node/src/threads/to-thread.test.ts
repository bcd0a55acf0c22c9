import { coroutine, gather, getRunningLoop, isCancelled, run, sleep, timeout, TimeoutError, createTask } from 'cotask';
import { describeWaits } from 'cotask/lowlevel';
import { VirtualHost } from 'cotask/testing';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ThreadArgumentError, threadModule, ThreadPool, toThread } from '../index.ts';
import { threadSignal } from '../thread.ts';
import { inEachGear, opened, work } from '../probes/stage.ts';
import { makeGate, mayEnd, open } from '../probes/work.ts';

const failureOf = async (call: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

describe.each(inEachGear)('toThread(), in the %s gear', (_gear, inGear) => {
  test('gives the result of a function that ran in another thread', async () => {
    expect(await inGear(() => toThread(work, 'add', 2, 3))).toBe(5);
    expect(await inGear(() => toThread(work, 'whereAmI'))).toMatchObject({ main: false });
  });

  test('waits for an async function there', async () => {
    expect(await inGear(() => toThread(work, 'addLater', 2, 3))).toBe(5);
  });

  test('throws what the function throws', async () => {
    const error = await failureOf(inGear(() => toThread(work, 'failLater')));
    expect(error).toBeInstanceOf(SyntaxError);
    expect(error).toMatchObject({ message: 'not so' });
  });

  test('is ended by a timeout around it', async () => {
    const gate = makeGate();
    const error = await failureOf(
      inGear(() => timeout(150, () => toThread(work, 'spin', gate) as PromiseLike<unknown>)),
    );
    expect(error).toBeInstanceOf(TimeoutError);
  });
});

describe('the module', () => {
  test('is a URL, as an object or a text, of a file, a text or a part of Node', async () => {
    const url = new URL('../probes/work.ts', import.meta.url);
    const text = 'data:text/javascript,export const twice = (n) => 2 * n';
    expect(await run(toThread(url, 'add', 1, 2))).toBe(3);
    expect(await run(toThread(url.href, 'add', 1, 2))).toBe(3);
    expect(await run(toThread(text, 'twice', 4))).toBe(8);
    expect(await run(toThread('node:path', 'basename', '/a/b.ts'))).toBe('b.ts');
    const only = 'data:text/javascript,export default (n) => n + 1';
    expect(await run(toThread(only, 'default', 4))).toBe(5);
  });

  test.each([
    ['./hash.ts', 'pass new URL("./hash.ts", import.meta.url)'],
    ['../hash.ts', 'pass new URL("../hash.ts", import.meta.url)'],
    ['/srv/hash.ts', 'pathToFileURL()'],
    ['C:\\srv\\hash.ts', 'pathToFileURL()'],
    ['hash.ts', 'new URL("./hash.ts", import.meta.url)'],
    ['a-package', 'pass import.meta.resolve("a-package")'],
    ['https://example.org/hash.js', 'file:, data: and node: alone'],
    ['', 'import.meta.resolve("")'],
  ])('is refused at once as %j', (module, advice) => {
    const refused = expect.objectContaining({ code: 'COTASK_THREAD_URL', message: expect.stringContaining(advice) });
    expect(() => toThread(module, 'digest')).toThrow(refused);
    expect(() => threadModule(module)).toThrow(refused);
  });

  test('is refused when it is no URL at all, and an export without a name', () => {
    expect(() => toThread(7 as never, 'digest')).toThrow(expect.objectContaining({ code: 'COTASK_THREAD_URL' }));
    expect(() => toThread('node:zlib', '')).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
  });

  test.each([
    ['is not there', 'file:///nowhere/hash.ts', 'Cannot find module', 'ERR_MODULE_NOT_FOUND'],
    ['does not parse', 'data:text/javascript,export const', 'Unexpected', undefined],
    ['fails as it runs', "data:text/javascript,throw new TypeError('at load')", 'at load', undefined],
  ])('that %s is an error of its own', async (_what, module, message, code) => {
    const error = await failureOf(run(toThread(module, 'digest')));
    expect(error).toMatchObject({ name: 'ThreadModuleError', code: 'COTASK_THREAD_MODULE', exportName: 'digest' });
    expect(error).toMatchObject({ message: expect.stringContaining(message), cause: expect.any(Error) });
    if (code !== undefined) expect(error).toMatchObject({ cause: { code } });
  });

  test('without the export says which there are', async () => {
    const code = 'data:text/javascript,export const a = 1; export function b() {}';
    const missing = await failureOf(run(toThread(code, 'c')));
    expect(missing).toMatchObject({ name: 'ThreadExportError', code: 'COTASK_THREAD_EXPORT' });
    expect(missing).toMatchObject({ message: expect.stringContaining('it has a, b') });
    const error = await failureOf(run(toThread(work.url, 'notAFunction')));
    expect(error).toMatchObject({ code: 'COTASK_THREAD_EXPORT', message: expect.stringContaining('an object') });
  });
});

describe('what goes in and out', () => {
  test('is copied', async () => {
    const value = {
      when: new Date(5),
      map: new Map([['a', new Set([1n])]]),
      bytes: new Uint8Array([1, 2]),
      none: null,
      nothing: undefined,
    };
    const back = await run(toThread(work, 'echo', value));
    expect(back).toEqual(value);
    expect(back).not.toBe(value);
  });

  test('comes as bytes where it was a Buffer', async () => {
    const bytes = await run(toThread(work, 'giveBytes'));
    expect(bytes).toEqual(new Uint8Array([...Buffer.from('bytes')]));
    expect(Buffer.isBuffer(bytes)).toBe(false);
  });

  test.each([
    ['a function', () => 1, 'argument 1 is a function'],
    ['one deep inside', { rows: [new Map([['a', { show: () => 1 }]])] }, 'argument 1.rows[0][1].show is a function'],
    ['a promise', [Promise.resolve()], 'argument 1[0] is a promise'],
    ['a symbol', Symbol('x'), 'argument 1 is a symbol'],
    ['a URL', { home: new URL('https://example.org') }, 'argument 1 holds something that is no data'],
  ])('is refused before any work begins when it is %s', async (_what, argument, message) => {
    await using pool = new ThreadPool();
    const error = await failureOf(run(pool.run(work.url, 'echo', [argument])));
    expect(error).toBeInstanceOf(ThreadArgumentError);
    expect(error).toMatchObject({ code: 'COTASK_THREAD_ARGUMENT', message: expect.stringContaining(message) });
    expect(pool.threads).toBe(0);
  });

  test.each([
    ['giveFunction', 'result.rows[1].show is a function'],
    ['giveProxy', 'result is a Proxy'],
    ['giveUrl', 'result holds something that is no data'],
  ] as const)('is refused as a result of %s, and the thread lives on', async (name, message) => {
    await using pool = new ThreadPool({ maxThreads: 1 });
    const before = await run(pool.run(work, 'whereAmI', []));
    const error = await failureOf(run(pool.run(work, name, [])));
    expect(error).toMatchObject({ name: 'ThreadResultError', code: 'COTASK_THREAD_RESULT' });
    expect(error).toMatchObject({ message: expect.stringContaining(message), exportName: name });
    expect(await run(pool.run(work, 'whereAmI', []))).toEqual(before);
  });
});

describe('an error from a thread', () => {
  test('keeps its name, message, code, own data and causes, and says which call it was', async () => {
    const error = await failureOf(run(toThread(work, 'throwOwn')));
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'BadRecord', message: 'line 7 is no record', code: 'E_RECORD', line: 7 });
    expect(error).not.toHaveProperty('retry');
    expect(error).toMatchObject({ cause: { name: 'RangeError', message: 'a number is too large', cause: 'a text' } });
    expect(error instanceof Error && error.cause).toBeInstanceOf(RangeError);
    const { stack } = error as Error;
    expect(stack).toMatch(/^BadRecord: line 7 is no record\n +at .*throwOwn.*work\.ts:\d+/);
    expect(stack).toContain(`in a thread, called as throwOwn of ${work.url}`);
    expect(stack).not.toMatch(/thread-entry|piscina/);
  });

  test('may hold several', async () => {
    const error = await failureOf(run(toThread(work, 'throwSeveral')));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ message: 'both', errors: [{ name: 'TypeError', message: 'one' }, 'two'] });
  });

  test('may be any value', async () => {
    expect(await failureOf(run(toThread(work, 'throwValue', { code: 7 })))).toEqual({ code: 7 });
    expect(await failureOf(run(toThread(work, 'throwValue', undefined)))).toBe(undefined);
    expect(await failureOf(run(toThread(work, 'throwFunction')))).toContain('thrown in a thread: ');
    expect(await failureOf(run(toThread(work, 'throwTrap')))).toBe('thrown in a thread: Error: trap');
  });

  test('of a cancel in there is no cancel out here', async () => {
    const error = await failureOf(
      run(toThread(work, 'throwValue', Object.assign(new Error('x'), { code: 'COTASK_CANCELLED' }))),
    );
    expect(isCancelled(error)).toBe(false);
  });
});

describe('a thread that ends', () => {
  test('by process.exit, before its function has', async () => {
    const error = await failureOf(run(toThread(work, 'exit', 3)));
    expect(error).toMatchObject({
      name: 'ThreadExitError',
      code: 'COTASK_THREAD_EXIT',
      exitCode: 3,
      exportName: 'exit',
    });
    expect(await run(toThread(work, 'add', 1, 2))).toBe(3);
  });

  test('by an error that nobody caught', async () => {
    const error = await failureOf(run(toThread(work, 'rejectElsewhere')));
    expect(error).toMatchObject({ code: 'COTASK_THREAD_EXIT', exitCode: null, cause: { message: 'nobody caught it' } });
  });

  test('because it took too much memory', async () => {
    await using pool = new ThreadPool({ maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 24 } });
    const error = await failureOf(run(pool.run(work, 'fillMemory', [])));
    expect(error).toMatchObject({ name: 'ThreadMemoryError', code: 'COTASK_THREAD_MEMORY' });
    expect(error).toMatchObject({ cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } });
    expect(await run(pool.run(work, 'add', [1, 2]))).toBe(3);
  });

  test('by what its last call left behind is reported, and the pool goes on', async () => {
    await using pool = new ThreadPool({ name: 'tidy', maxThreads: 1 });
    const main = coroutine(async () => {
      const heard = Promise.withResolvers<string>();
      getRunningLoop().setExceptionHandler((_loop, { message, exception }) => {
        heard.resolve(`${message} ${String(exception)}`);
      });
      expect(await pool.run(work, 'failAfterwards', [])).toBe('well');
      expect(await heard.promise).toMatch(/^a thread of thread pool "tidy" ended .* Error: left behind$/);
      expect(await pool.run(work, 'add', [1, 2])).toBe(3);
    });
    await run(main());
  });
});

test('the loop goes on while a thread computes', async () => {
  const main = coroutine(async () => {
    await toThread(work, 'add', 1, 1);
    const call = createTask(toThread(work, 'compute', 200));
    let ticks = 0;
    while (!call.done()) {
      await sleep(5);
      ticks += 1;
    }
    return ticks;
  });
  expect(await run(main())).toBeGreaterThan(4);
});

test('who waits for a thread, and who runs in one, is seen in the list of those who wait', async () => {
  await using pool = new ThreadPool({ name: 'hashes', maxThreads: 1 });
  const gate = makeGate();
  const main = coroutine(async () => {
    const first = createTask(pool.run(work, 'hold', [gate]));
    const second = createTask(pool.run(work, 'add', [1, 2]));
    await opened(gate);
    expect(describeWaits(first)).toBe('thread pool "hashes" hold (running in a thread)');
    expect(describeWaits(second)).toBe('thread pool "hashes" add (waiting for a thread)');
    const waiting = getRunningLoop().waitingTasks();
    expect([first, second].filter((task) => !waiting.includes(task)).length).toBe(0);
    open(gate, mayEnd);
    expect(await gather(first, second)).toEqual(['held', 3]);
  });
  await run(main());
  const named = coroutine(async () => {
    const task = createTask(toThread(work, 'compute', 1));
    await sleep(0);
    expect(describeWaits(task)).toBe('toThread compute (running in a thread)');
    await task;
  });
  await run(named());
});

test('on virtual time a call is waited for, and no time passes', async () => {
  const host = new VirtualHost();
  expect(await run(toThread(work, 'add', 3, 4), { host })).toBe(7);
  expect(host.now()).toBe(0);
});

test('a call works in plain promise code', async () => {
  expect(await toThread(work, 'add', 3, 4)).toBe(7);
});

test('the signal of a function that is called without a thread is never aborted', () => {
  expect(threadSignal().aborted).toBe(false);
});

test('an idle thread does not keep the process alive, a call that runs does', async () => {
  const program = fileURLToPath(new URL('../probes/ends-by-itself-main.ts', import.meta.url));
  const began = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  expect(stdout).toBe('300\n');
  expect(performance.now() - began).toBeLessThan(9000);
});
