import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { newEventLoop, sleep } from '../index.ts';
import { NodeHost } from './node.ts';

const index = fileURLToPath(new URL('../index.ts', import.meta.url));

/** Runs a program in a process of its own; what it printed, its exit code and how long it took. */
function runProgram(source: string): { lines: string[]; status: number | null } {
  const program = `import { coroutine, getEventLoop, getRunningLoop, newEventLoop, run, sleep } from ${JSON.stringify(index)};\n${source}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { lines: `${stdout}${stderr}`.trim().split('\n'), status };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a wait that is longer than the timers of Node can be', () => {
  const aMonth = 31 * 24 * 3_600_000;

  test('is made of several, and none wakes the loop too early or too late', () => {
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
    vi.advanceTimersByTime(aMonth - 1);
    expect(woken.map((time) => time - began)).toEqual([2 ** 31 - 1]);
    vi.advanceTimersByTime(1);
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
    for (const ms of [7, 1, 3, 3, 1]) loop.callLater(ms, () => woken.push({ ms, after: loop.time() - began }));
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

  test('keeps the process alive for its next timer, and not for one that was cancelled', () => {
    const { lines, status } = runProgram(`
      const loop = getEventLoop();
      const far = loop.callLater(60_000, () => console.log('never'));
      loop.callLater(20, () => { console.log('due'); far.cancel(); });
    `);
    expect({ lines, status }).toEqual({ lines: ['due'], status: 0 });
  });

  test('that is closed keeps no process alive', () => {
    const { lines, status } = runProgram(`
      const loop = newEventLoop();
      loop.callLater(60_000, () => console.log('never'));
      await loop.runUntilComplete(sleep(1));
      loop.close();
      console.log('closed');
    `);
    expect({ lines, status }).toEqual({ lines: ['closed'], status: 0 });
  });
});
