import { afterEach, describe, expect, test, vi } from 'vitest';

import { newEventLoop, sleep } from '../index.ts';
import { runSource } from '../probes/start-program.ts';
import { NodeHost } from './node.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('a wait that is longer than the timers of Node can be', () => {
  const aMonth = 31 * 24 * 3_600_000;

  test('is made of several, and none wakes the loop too early or too late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const host = new NodeHost();
    const woken: number[] = [];
    const deadline = host.now() + aMonth;
    const wake = (): void => {
      woken.push(host.now());
      if (host.idle(deadline, wake) === 'now') woken.push(Number.NaN);
    };
    const began = host.now();
    expect(host.idle(deadline, wake)).toBe('armed');
    await vi.advanceTimersByTimeAsync(aMonth - 1);
    expect(woken.map((time) => time - began)).toEqual([2 ** 31 - 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(woken.map((time) => time - began)).toEqual([2 ** 31 - 1, aMonth, Number.NaN]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not end at once', async () => {
    const loop = newEventLoop();
    let ended = false;
    const task = loop.createTask(sleep(2 ** 31 + 5));
    task.addDoneCallback(() => (ended = true));
    await loop.runUntilComplete(sleep(5));
    expect(ended).toBe(false);
    task.cancel();
    await loop.runUntilComplete(task).catch(() => {});
    loop.close();
  });
});

describe('a real loop', () => {
  test('wakes no timer early, and those of the same time in their order', async () => {
    const loop = newEventLoop();
    const began = loop.time();
    const woken: { ms: number; after: number }[] = [];
    for (const ms of [7, 1, 3, 3, 1]) loop.callAt(began + ms, () => woken.push({ ms, after: loop.time() - began }));
    await loop.runUntilComplete(sleep(20));
    expect(woken.map(({ ms }) => ms)).toEqual([1, 1, 3, 3, 7]);
    for (const { ms, after } of woken) expect(after).toBeGreaterThanOrEqual(ms - 0.01);
    loop.close();
  });

  test('lets the platform have its turns while it is busy', async () => {
    const loop = newEventLoop();
    let spinning = true;
    const spin = (): void => {
      if (spinning) loop.callSoon(spin);
    };
    loop.callSoon(spin);
    const running = loop.runForever();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setImmediate(resolve));
    spinning = false;
    loop.stop();
    await running;
    loop.close();
  });

  test('keeps the process alive for its next timer, and not for one that was cancelled', async () => {
    const { code, out } = await runSource(`
      import { getEventLoop } from 'cotask';
      const loop = getEventLoop();
      const far = loop.callLater(60_000, () => console.log('never'));
      loop.callLater(20, () => { console.log('due'); far.cancel(); });
    `);
    expect({ code, out }).toEqual({ code: 0, out: ['due'] });
  });

  test('that is closed keeps no process alive', async () => {
    const { code, out } = await runSource(`
      import { newEventLoop, sleep } from 'cotask';
      const loop = newEventLoop();
      loop.callLater(60_000, () => console.log('never'));
      await loop.runUntilComplete(sleep(1));
      loop.close();
      console.log('closed');
    `);
    expect({ code, out }).toEqual({ code: 0, out: ['closed'] });
  });
});
