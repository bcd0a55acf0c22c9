import { describe, expect, test } from 'vitest';

import { getRunningLoop, sleep } from '../index.ts';
import { foreign, real, spawn, tickCounter, virtual } from './vocabulary.ts';

describe('promises that are resolved already', () => {
  // F1
  test('a million of them in a row are one step: no tick passes and nobody else runs', async () => {
    const lines = await virtual(async (log) => {
      const ticks = tickCounter();
      const other = spawn(async () => log('other', ticks()));
      ticks();
      for (let turn = 0; turn < 1_000_000; turn += 1) await null;
      log('me', ticks());
      await other;
    });
    expect(lines).toEqual(['me 0', 'other 1']);
  });

  test('spinning on them never sees what another task would set', async () => {
    const lines = await virtual(async (log) => {
      let flag = false;
      getRunningLoop().callSoon(() => {
        flag = true;
      });
      for (let turn = 0; turn < 100_000 && !flag; turn += 1) await null;
      log('spinning', flag);
      await sleep(0);
      log('after a turn', flag);
    });
    expect(lines).toEqual(['spinning false', 'after a turn true']);
  });
});

// F2
test('a task that waits for a hundred things at once loses no wake', async () => {
  const lines = await virtual(async (log) => {
    const loop = getRunningLoop();
    const ticks = tickCounter();
    const futures = Array.from({ length: 100 }, () => loop.createFuture<number>());
    const woken: string[] = [];
    const task = spawn(async () => {
      const helper = async (index: number): Promise<number | undefined> => {
        const value = await futures[index];
        woken.push(`${value} ${ticks()}`);
        return value;
      };
      return (await Promise.all(futures.map((_, index) => helper(index)))).length;
    });
    await sleep(1);
    ticks();
    for (const [index, future] of futures.entries()) future.setResult(index);
    log(await task, ticks());
    log(
      woken.every((line, index) => line === `${index} 1`),
      woken.length,
    );
  });
  expect(lines).toEqual(['100 2', 'true 100']);
});

// F3
test('a task that stands at a foreign promise is waiting, with no wait of ours open', async () => {
  const lines = await real(async (log) => {
    const loop = getRunningLoop();
    const task = spawn(async () => {
      log('first step', task.state, loop.waitingTasks().includes(task));
      await foreign(20);
      await sleep(5);
      log('last step', task.state);
    });
    log('made', task.state, loop.readyTasks().includes(task));
    await sleep(1);
    log('at the foreign promise', task.state, loop.waitingTasks().includes(task), loop.readyTasks().includes(task));
    await task;
    log('ended', task.state, loop.waitingTasks().includes(task));
  });
  expect(lines).toEqual([
    'made ready true',
    'first step running false',
    'at the foreign promise waiting true false',
    'last step running',
    'ended done false',
  ]);
});

// F4
test('a platform turn between the steps of one task keeps nobody else from running', async () => {
  const lines = await real(async (log) => {
    const platform = spawn(async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await new Promise<void>((resolve) => process.nextTick(resolve));
        log('a', turn);
      }
    });
    const ours = spawn(async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await sleep(0);
        log('b', turn);
      }
    });
    await platform;
    await ours;
  });
  // Which of the two goes first is fair, not exact.
  expect(lines.filter((line) => line.startsWith('a'))).toEqual(['a 0', 'a 1', 'a 2']);
  expect(lines.filter((line) => line.startsWith('b'))).toEqual(['b 0', 'b 1', 'b 2']);
});
