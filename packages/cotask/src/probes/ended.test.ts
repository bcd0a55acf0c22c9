import { describe, expect, test } from 'vitest';

import { Event, Queue, allTasks, coroutine, createTask, getEventLoop, getRunningLoop, run, sleep } from '../index.ts';
import type { EventLoop, Future, Task } from '../index.ts';
import { foreign, outcomeOf, real, spawn, virtual } from './vocabulary.ts';

// E1
test('a helper that a task left at a queue is listed as a task, and cancelled when the run ends', async () => {
  const lines = await virtual(async (log) => {
    const queue = new Queue<string>();
    await spawn(async () => {
      void (async () => log('helper', await outcomeOf(queue.get())))();
    });
    await sleep(1);
    log('tasks', [...allTasks()].length, 'waiting', getRunningLoop().waitingTasks().length);
    log('main ends');
  });
  expect(lines).toEqual(['tasks 2 waiting 1', 'main ends', 'helper C']);
});

// E1
test('a helper that a task left still gets what it waits for', async () => {
  const lines = await virtual(async (log) => {
    const queue = new Queue<string>();
    await spawn(async () => {
      void (async () => {
        log('helper', await queue.get());
        log('helper', await queue.get());
      })();
    });
    for (const item of ['one', 'two']) {
      await sleep(1);
      queue.putNowait(item);
    }
    await sleep(1);
    log('tasks', [...allTasks()].length);
  });
  expect(lines).toEqual(['helper one', 'helper two', 'tasks 1']);
});

describe('a platform timer that a task left behind', () => {
  // E2
  test('waits on the loop of that task while this is open', async () => {
    const lines = await real(async (log) => {
      const started = new Event();
      await spawn(async () => {
        const handler = async (): Promise<void> => {
          started.set();
          log('handler', await outcomeOf(sleep(5000)));
        };
        setTimeout(() => void handler(), 1);
      });
      await started.wait();
      await sleep(1);
      log('waiting', getRunningLoop().waitingTasks().length);
    });
    expect(lines).toEqual(['waiting 1', 'handler C']);
  });

  // E2
  test('waits on the default loop once that loop is closed', async () => {
    const ended = Promise.withResolvers<string>();
    let loop: EventLoop | undefined;
    await real(async () => {
      loop = getRunningLoop();
      await spawn(async () => {
        const handler = async (): Promise<void> => ended.resolve(await outcomeOf(sleep(1, 'slept')));
        setTimeout(() => void handler(), 20);
      });
    });
    expect(loop?.isClosed()).toBe(true);
    expect(await ended.promise).toBe('slept');
    expect(getEventLoop()).not.toBe(loop);
  });
});

describe('code outside a run that waits for what belongs to it', () => {
  // E3
  test('gets the value of a task and of a future, from plain promise code', async () => {
    const shared = Promise.withResolvers<{ task: Task<string>; future: Future<string> }>();
    const running = real(async () => {
      const future = getRunningLoop().createFuture<string>();
      const task = spawn(async () => {
        await sleep(5);
        future.setResult('future');
        return 'task';
      });
      // Boxed: a promise would be resolved with what the task returns.
      shared.resolve({ task, future });
      await task;
      await foreign(1);
    });
    const { task, future } = await shared.promise;
    expect(await Promise.all([task, future])).toEqual(['task', 'future']);
    await running;
  });

  // E3
  test('is woken in its own loop', async () => {
    const shared = Promise.withResolvers<{ future: Future<string> }>();
    const giving = coroutine(async () => {
      const future = getRunningLoop().createFuture<string>();
      shared.resolve({ future });
      await sleep(5);
      future.setResult('v');
      await foreign(10);
    });
    const taking = coroutine(async () => {
      const loop = getRunningLoop();
      const { future } = await shared.promise;
      const task = createTask(coroutine(async () => `${await future} ${getRunningLoop() === loop}`)());
      const outcome = await outcomeOf(task);
      return `${outcome} ${getRunningLoop() === loop} ${future.getLoop() === loop}`;
    });
    const [, outcome] = await Promise.all([run(giving()), run(taking())]);
    expect(outcome).toBe('v true true false');
  });
});
