/** The web's host stands on globals that Node has as well, so it is tried here; browsers try it for real. */
import { afterEach, describe, expect, test, vi } from 'vitest';

import { Queue, coroutine, gather, newEventLoop, run, sleep } from '../index.ts';
import { WebHost } from './web.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('a loop on the web', () => {
  test('runs tasks of both gears, timers and queues', async () => {
    const producer = coroutine(async (queue: Queue<number>) => {
      for (const item of [1, 2, 3]) {
        await sleep(1);
        await queue.put(item);
      }
      queue.shutdown();
    });
    const consumer = coroutine(function* (queue: Queue<number>) {
      return [yield* queue.get(), yield* queue.get(), yield* queue.get()];
    });
    const main = coroutine(async () => {
      const queue = new Queue<number>(1);
      const [, items] = await gather(producer(queue), consumer(queue));
      return items;
    });
    expect(await run(main(), { host: new WebHost() })).toEqual([1, 2, 3]);
  });

  test('goes on after a task has stood at a promise of the platform', async () => {
    const main = coroutine(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await sleep(1);
      return 'went on';
    });
    expect(await run(main(), { host: new WebHost() })).toBe('went on');
  });

  test('lets the platform have its turns while it is busy', async () => {
    const loop = newEventLoop({ host: new WebHost() });
    let spinning = true;
    const spin = (): void => {
      if (spinning) loop.callSoon(spin);
    };
    loop.callSoon(spin);
    const running = loop.runForever();
    await new Promise((resolve) => setTimeout(resolve, 5));
    spinning = false;
    loop.stop();
    await running;
    loop.close();
  });

  test('does not run before the code that another loop has woken has looked around', async () => {
    const [one, other] = [new WebHost(), new WebHost()];
    const seen: string[] = [];
    const woken = Promise.withResolvers<void>();
    one.inRoot(() => woken.resolve());
    other.soon(() => seen.push('the other loop'));
    one.soon(() => seen.push('the same loop'));
    await woken.promise;
    for (let microtask = 0; microtask < 5; microtask++) await null;
    seen.push('the code that was woken');
    await new Promise<void>((resolve) => one.turn(resolve));
    expect(seen).toEqual(['the same loop', 'the code that was woken', 'the other loop']);
    const turns: string[] = [];
    for (const name of ['a', 'b']) {
      one.turn(() => {
        turns.push(name);
        void Promise.resolve().then(() => turns.push(`microtask of ${name}`));
      });
    }
    await new Promise<void>((resolve) => one.turn(resolve));
    expect(turns).toEqual(['a', 'microtask of a', 'b', 'microtask of b']);
  });

  test('is woken by one timer, for the next deadline only', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const host = new WebHost();
    const woken: number[] = [];
    const wake = (): void => void woken.push(host.now());
    const began = host.now();
    expect(host.idle(began + 50, wake)).toBe('armed');
    expect(host.idle(began + 20, wake)).toBe('armed');
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(woken.map((time) => time - began)).toEqual([20]);
    expect(host.idle(began, wake)).toBe('now');
    expect(host.idle(null, wake)).toBe('armed');
    host.release();
    expect(vi.getTimerCount()).toBe(0);
  });
});
