import { describe, expect, test, vi } from 'vitest';

import { EventLoop, MisuseError, coroutine, newEventLoop, sleep } from '../index.ts';
import type { ExceptionContext } from '../index.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

const virtualLoop = (): EventLoop => newEventLoop({ host: new VirtualHost() });
const withCode = (code: string): unknown => expect.objectContaining({ code });

describe('runUntilComplete', () => {
  const ok = coroutine(async () => {
    await sleep(1);
    return 10;
  });
  const bad = coroutine(async () => {
    throw new Error('broken');
  });

  test('gives the result of a coroutine, a task, a future or another awaitable', async () => {
    const loop = virtualLoop();
    expect(await loop.runUntilComplete(ok())).toBe(10);
    expect(await loop.runUntilComplete(loop.createTask(ok()))).toBe(10);
    expect(await loop.runUntilComplete(sleep(5, 'slept'))).toBe('slept');
    const future = loop.createFuture<string>();
    loop.callLater(1, () => future.setResult('set'));
    expect(await loop.runUntilComplete(future)).toBe('set');
    expect(await loop.runUntilComplete(future)).toBe('set');
    expect([loop.isRunning(), loop.isClosed()]).toEqual([false, false]);
    loop.close();
  });

  test('throws the error of what it runs', async () => {
    const loop = virtualLoop();
    await expect(loop.runUntilComplete(bad())).rejects.toThrow('broken');
    expect(await loop.runUntilComplete(ok())).toBe(10);
    loop.close();
  });

  test('complains when the loop is stopped first, and goes on where it was', async () => {
    const loop = virtualLoop();
    const task = loop.createTask(ok());
    loop.callSoon(() => loop.stop());
    await expect(loop.runUntilComplete(task)).rejects.toThrow(withCode('COTASK_LOOP_STOPPED'));
    expect(task.done()).toBe(false);
    expect(await loop.runUntilComplete(task)).toBe(10);
    loop.close();
  });

  test('says who waits for what when nothing can wake it any more', async () => {
    const loop = virtualLoop();
    const task = loop.createTask(
      coroutine(async () => {
        await loop.createFuture('an answer');
      })(),
      { name: 'asker' },
    );
    await expect(loop.runUntilComplete(task)).rejects.toMatchObject({
      code: 'COTASK_DEADLOCK',
      message: expect.stringContaining('task "asker" waits for an answer'),
    });
    loop.close();
  });

  test('leaves other tasks for the next run', async () => {
    const loop = virtualLoop();
    const other = loop.createTask(sleep(10, 'other'));
    await loop.runUntilComplete(ok());
    expect([other.done(), loop.time()]).toEqual([false, 1]);
    expect(await loop.runUntilComplete(other)).toBe('other');
    expect(loop.time()).toBe(10);
    loop.close();
  });
});

describe('runForever and stop', () => {
  test('run until the end of the iteration in which stop was called', async () => {
    const loop = virtualLoop();
    const ran: string[] = [];
    loop.callSoon(() => {
      ran.push('one');
      loop.stop();
      loop.callSoon(() => ran.push('next iteration'));
    });
    loop.callSoon(() => ran.push('two'));
    await loop.runForever();
    expect(ran).toEqual(['one', 'two']);
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    expect(ran).toEqual(['one', 'two', 'next iteration']);
    loop.close();
  });

  test('run one iteration when stop was called before', async () => {
    const loop = virtualLoop();
    const ran: string[] = [];
    loop.callSoon(() => {
      ran.push('now');
      loop.callSoon(() => ran.push('later'));
    });
    loop.stop();
    await loop.runForever();
    expect(ran).toEqual(['now']);
    loop.close();
  });

  test('begin in a microtask, and isRunning says so from the call on', async () => {
    const loop = virtualLoop();
    let ran = false;
    loop.callSoon(() => {
      ran = true;
      loop.stop();
    });
    const running = loop.runForever();
    expect([loop.isRunning(), ran]).toEqual([true, false]);
    await running;
    expect([loop.isRunning(), ran]).toEqual([false, true]);
    loop.close();
  });
});

describe('a loop that runs', () => {
  test('refuses to be run again, or closed', async () => {
    const loop = virtualLoop();
    const refusals: unknown[] = [];
    const main = coroutine(async () => {
      for (const misuse of [() => loop.runForever(), () => loop.runUntilComplete(sleep(1)), () => loop.close()]) {
        refusals.push(await codeOf(misuse));
      }
      return [loop.isRunning(), loop.isClosed()];
    });
    expect(await loop.runUntilComplete(main())).toEqual([true, false]);
    expect(refusals).toEqual(Array(3).fill('COTASK_LOOP_RUNNING'));
    expect(await loop.runUntilComplete(sleep(1, 'still fit'))).toBe('still fit');
    loop.close();
  });
});

describe('a loop that is closed', () => {
  test('has dropped what was scheduled', async () => {
    const loop = virtualLoop();
    const call = vi.fn();
    loop.callSoon(call);
    loop.callLater(1, call);
    loop.close();
    loop.close();
    expect([loop.isClosed(), loop.isRunning()]).toEqual([true, false]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(call).not.toHaveBeenCalled();
  });

  test('refuses everything that would run on it', async () => {
    const loop = virtualLoop();
    loop.close();
    const future = loop.createFuture<void>();
    const misuses = [
      () => loop.callSoon(() => {}),
      () => loop.callLater(1, () => {}),
      () => loop.callAt(1, () => {}),
      () => loop.createTask(sleep(1)),
      () => loop.runForever(),
      () => loop.runUntilComplete(future),
    ];
    expect(await Promise.all(misuses.map(codeOf))).toEqual(misuses.map(() => 'COTASK_LOOP_CLOSED'));
  });
});

describe('the exception handler', () => {
  const report = (message: string): ExceptionContext => ({ message, exception: new Error('the cause') });

  test('gets the error of a callback, with its handle, and the next callback runs', async () => {
    const loop = virtualLoop();
    const told: unknown[] = [];
    loop.setExceptionHandler((where, context) => told.push(where === loop, context));
    const handle = loop.callSoon(() => {
      throw new Error('broken');
    });
    loop.callSoon(() => told.push('next'));
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    expect(told).toEqual([true, { message: 'a callback failed', exception: new Error('broken'), handle }, 'next']);
    loop.close();
  });

  test('that throws is reported by the default one, in one report with what it was told', () => {
    const loop = virtualLoop();
    const broken = new Error('the handler is broken');
    const byDefault = vi.spyOn(loop, 'defaultExceptionHandler').mockImplementation(() => {});
    loop.setExceptionHandler(() => {
      throw broken;
    });
    const original = report('original');
    loop.callExceptionHandler(original);
    const message = 'the exception handler of this loop failed';
    expect(byDefault.mock.calls).toEqual([[{ message, exception: broken, context: original }]]);
    loop.close();
  });

  test('that throws hides nothing: both reports are printed', () => {
    const loop = virtualLoop();
    const print = vi.spyOn(console, 'error').mockImplementation(() => {});
    loop.setExceptionHandler(() => {
      throw new Error('the handler is broken');
    });
    loop.callExceptionHandler(report('original'));
    expect(print.mock.calls.map(([words]) => String(words))).toEqual([
      'cotask: the exception handler of this loop failed',
      expect.stringContaining('original'),
    ]);
    print.mockRestore();
    loop.close();
  });

  test('is the default one again after null: it prints what happened', () => {
    const loop = virtualLoop();
    const print = vi.spyOn(console, 'error').mockImplementation(() => {});
    const handler = vi.fn();
    loop.setExceptionHandler(handler);
    expect(loop.getExceptionHandler()).toBe(handler);
    loop.setExceptionHandler(null);
    loop.callExceptionHandler(report('something happened'));
    expect(handler).not.toHaveBeenCalled();
    expect(print).toHaveBeenCalledOnce();
    expect(String(print.mock.calls[0]?.[0])).toContain('something happened');
    expect(loop.getExceptionHandler()).toBe(null);
    print.mockRestore();
    loop.close();
  });

  test('must be a function or null', () => {
    const loop = virtualLoop();
    expect(() => loop.setExceptionHandler('print' as never)).toThrow(MisuseError);
    expect(loop.getExceptionHandler()).toBe(null);
    loop.close();
  });
});

describe('debug mode', () => {
  test('is off by default, and may be set', () => {
    const loop = virtualLoop();
    expect(loop.getDebug()).toBe(false);
    loop.setDebug(true);
    expect(loop.getDebug()).toBe(true);
    loop.close();
    const debug = new EventLoop({ debug: true, host: new VirtualHost() });
    expect(debug.getDebug()).toBe(true);
    debug.close();
  });

  test('refuses a coroutine function as a callback, whose coroutine nobody would await', () => {
    const work = coroutine(async () => {});
    const debug = new EventLoop({ debug: true, host: new VirtualHost() });
    for (const call of [
      () => debug.callSoon(work),
      () => debug.callLater(1, work),
      () => debug.callAt(1, work),
      () => debug.addSignalHandler('SIGUSR2', work),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
    }
    debug.setDebug(false);
    debug.callSoon(work).cancel();
    debug.close();
  });

  test('names callbacks and tasks that hold the loop for too long', async () => {
    const host = new VirtualHost();
    const loop = new EventLoop({ debug: true, host });
    const told: string[] = [];
    loop.setExceptionHandler((_, { message }) => told.push(message));
    loop.slowCallbackDuration = 50;
    loop.callSoon(() => host.advance(60));
    const work = coroutine(function* () {
      yield* sleep(1);
      host.advance(49);
      yield* sleep(1);
      host.advance(70);
    });
    await loop.runUntilComplete(loop.createTask(work(), { name: 'worker' }));
    expect(told).toEqual([
      'a callback held the event loop for 60 ms: nothing else could run meanwhile',
      'task "worker" held the event loop for 70 ms: nothing else could run meanwhile',
    ]);
    loop.close();
  });
});

async function codeOf(misuse: () => unknown): Promise<unknown> {
  try {
    await misuse();
  } catch (error) {
    return error instanceof MisuseError ? error.code : error;
  }
  return 'nothing was thrown';
}
