import { afterEach, describe, expect, test } from 'vitest';

import {
  Lock,
  coroutine,
  createTask,
  currentTask,
  getEventLoop,
  getRunningLoop,
  newEventLoop,
  run,
  setEventLoop,
  sleep,
} from '../index.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

afterEach(() => {
  getEventLoop().close();
  setEventLoop(null);
});

describe('the default loop', () => {
  test('is made on first use, and again after it was closed', () => {
    const first = getEventLoop();
    expect(getEventLoop()).toBe(first);
    first.close();
    const second = getEventLoop();
    expect(second).not.toBe(first);
    expect(second.isClosed()).toBe(false);
  });

  test('runs by itself: callbacks, timers and tasks', async () => {
    const seen = await new Promise<unknown[]>((resolve) => {
      const lines: unknown[] = [];
      const loop = getEventLoop();
      loop.callSoon(() => lines.push('soon'));
      loop.callLater(1, () => lines.push('later'));
      loop.callLater(2, () => resolve(lines));
    });
    expect(seen).toEqual(['soon', 'later']);
    expect(await createTask(sleep(1, 'a task'))).toBe('a task');
  });

  test('goes on after it has been idle', async () => {
    for (let i = 0; i < 3; i++) {
      expect(await sleep(1, i)).toBe(i);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });

  test('takes what plain promise code waits for, in an anonymous task that is gone afterwards', async () => {
    const lock = new Lock();
    await lock.acquire();
    const waiting = (async () => {
      await lock.acquire();
      return currentTask();
    })();
    await sleep(1);
    expect(getEventLoop().waitingTasks()).not.toEqual([]);
    lock.release();
    expect(await waiting).toBe(null);
    expect(getEventLoop().waitingTasks()).toEqual([]);
  });

  test('cancels such waits when it is closed', async () => {
    const waiting = Promise.allSettled([getEventLoop().createFuture(), sleep(10_000)]);
    await sleep(1);
    getEventLoop().close();
    const outcomes = await waiting;
    expect(outcomes).toMatchObject(Array(2).fill({ status: 'rejected', reason: { code: 'COTASK_CANCELLED' } }));
  });

  test('can be asked to run until something is done, though it runs already', async () => {
    expect(await getEventLoop().runUntilComplete(sleep(1, 'done'))).toBe('done');
  });
});

describe('setEventLoop', () => {
  test('makes a loop the default one, which does not run by itself', async () => {
    const loop = newEventLoop({ host: new VirtualHost() });
    setEventLoop(loop);
    expect(getEventLoop()).toBe(loop);
    const task = createTask(sleep(1_000, 'virtual'));
    expect([task.getLoop() === loop, loop.isRunning()]).toEqual([true, false]);
    expect(await loop.runUntilComplete(task)).toBe('virtual');
  });

  test('with null lets a new one be made', () => {
    const first = getEventLoop();
    setEventLoop(null);
    const second = getEventLoop();
    expect(second).not.toBe(first);
    first.close();
  });
});

describe('the running loop', () => {
  test('is the one whose task or callback runs', async () => {
    const seen: unknown[] = [];
    const main = coroutine(async () => {
      const loop = getRunningLoop();
      seen.push(getEventLoop() === loop);
      await sleep(1);
      seen.push(getRunningLoop() === loop);
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(getRunningLoop() === loop);
      await new Promise<void>((resolve) => {
        loop.callSoon(() => {
          seen.push(getRunningLoop() === loop, currentTask());
          resolve();
        });
      });
    });
    await run(main());
    expect(seen).toEqual([true, true, true, true, null]);
  });

  test('is none outside, and saying so is an error', () => {
    expect(() => getRunningLoop()).toThrow(expect.objectContaining({ code: 'COTASK_NO_RUNNING_LOOP' }));
  });

  test('is its own for each of two runs that overlap', async () => {
    const main = coroutine(async (ms: number) => {
      const loop = getRunningLoop();
      for (let i = 0; i < 3; i++) {
        await sleep(ms);
        if (getRunningLoop() !== loop) return false;
      }
      return loop;
    });
    const [a, b] = await Promise.all([run(main(1)), run(main(2))]);
    expect([a === b, a === false, b === false]).toEqual([false, false, false]);
  });
});
