import { describe, expect, test } from 'vitest';

import { Event, Queue, sleep, timeout } from '../index.ts';
import { foreign, me, outcomeOf, real, spawn, virtual } from './vocabulary.ts';
import type { Log } from './vocabulary.ts';

/** Waits, says what came under a name, and hands it on. */
async function seen<T>(log: Log, name: string, awaitable: PromiseLike<T>): Promise<T> {
  try {
    const value = await awaitable;
    log(name, value);
    return value;
  } catch (error) {
    log(name, error);
    throw error;
  }
}

/** Waits at two queues at once; its clean-up waits once more. */
async function waitAtBoth(log: Log, qa: Queue<string>, qb: Queue<string>): Promise<void> {
  try {
    await Promise.all([seen(log, 'a', qa.get()), seen(log, 'b', qb.get())]);
  } catch (error) {
    log('body', error);
    await sleep(1);
    log('clean');
    throw error;
  }
}

describe('a task that waits at two queues at once', () => {
  // W1
  test('is cancelled at both, and leaves no getter behind', async () => {
    const lines = await virtual(async (log) => {
      const [qa, qb] = [new Queue<string>(), new Queue<string>()];
      const task = spawn(async () => await waitAtBoth(log, qa, qb));
      await sleep(1);
      task.cancel('x');
      log('task', await outcomeOf(task));
      for (const queue of [qa, qb]) queue.putNowait('later');
      await sleep(1);
      log(task.cancelled(), qa.qsize(), qb.qsize());
    });
    expect(lines).toEqual(['a C(x)', 'body C(x)', 'b C(x)', 'clean', 'task C(x)', 'true 1 1']);
  });

  // W2
  test('takes the item that is there, is cancelled at the other queue, and its clean-up is left alone', async () => {
    const lines = await virtual(async (log) => {
      const [qa, qb] = [new Queue<string>(), new Queue<string>()];
      const task = spawn(async () => await waitAtBoth(log, qa, qb));
      await sleep(1);
      qa.putNowait('item');
      task.cancel('x');
      log('task', await outcomeOf(task));
      log(qa.qsize());
    });
    expect(lines).toEqual(['a item', 'b C(x)', 'body C(x)', 'clean', 'task C(x)', '0']);
  });

  // W3
  test('with an item in each: each line gets its own, then the cancel at its next wait; the clean-up is left alone', async () => {
    const lines = await virtual(async (log) => {
      const [qa, qb] = [new Queue<string>(), new Queue<string>()];
      const line = async (name: string, queue: Queue<string>): Promise<string> => {
        await seen(log, name, queue.get());
        return await seen(log, name, sleep(5, 'not cancelled'));
      };
      const task = spawn(async () => {
        try {
          await Promise.all([line('a', qa), line('b', qb)]);
        } catch (error) {
          log('body', error);
          await sleep(1);
          log('clean');
        }
      });
      await sleep(1);
      qa.putNowait('A');
      qb.putNowait('B');
      task.cancel('x');
      await task;
    });
    expect(lines).toEqual(['a A', 'b B', 'a C(x)', 'body C(x)', 'b C(x)', 'clean']);
  });
});

// W4
test('a helper that cancels its own task: the wait of the other helper takes it, and the body sees it once', async () => {
  const lines = await virtual(async (log) => {
    const first = async (): Promise<void> => {
      await sleep(1);
      me().cancel('x');
    };
    const task = spawn(async () => {
      try {
        await Promise.all([first(), seen(log, 'second', sleep(50))]);
      } catch (error) {
        log('body', error);
        await sleep(1);
        log('clean');
      }
    });
    await task;
  });
  expect(lines).toEqual(['second C(x)', 'body C(x)', 'clean']);
});

describe('the loser of a native race stays an open wait', () => {
  // W5
  test('20,000 of them pile up at the cost of one each, and all end when their event comes', async () => {
    const races = 20_000;
    const lines = await virtual(async (log) => {
      const [event, queue] = [new Event(), new Queue<number>()];
      const task = spawn(async () => {
        const losers: PromiseLike<unknown>[] = [];
        for (let race = 0; race < races; race += 1) {
          const loser = (async () => await event.wait())();
          losers.push(loser);
          await Promise.race([loser, queue.get()]);
        }
        event.set();
        log('ended', (await Promise.all(losers)).length);
      });
      for (let item = 0; item < races; item += 1) {
        queue.putNowait(item);
        await sleep(0);
      }
      await task;
    });
    expect(lines).toEqual([`ended ${races}`]);
  });

  // W6
  test('and takes the next item', async () => {
    const lines = await virtual(async (log) => {
      const queue = new Queue<string>();
      const task = spawn(async () => {
        log('winner', await Promise.race([queue.get(), sleep(1, 'sleep')]));
        await sleep(10);
      });
      await sleep(5);
      queue.putNowait('item');
      await task;
      log('left', queue.qsize());
    });
    expect(lines).toEqual(['winner sleep', 'left 0']);
  });

  // W7
  test('and lets a cancel travel into the child that nobody awaits any more', async () => {
    const lines = await virtual(async (log) => {
      const child = spawn(async () => await seen(log, 'child', sleep(50)));
      const task = spawn(async () => {
        await Promise.race([child, sleep(1)]);
        await seen(log, 'task', sleep(50));
      });
      await sleep(5);
      task.cancel('x');
      log(await outcomeOf(task), child.cancelled());
    });
    expect(lines.toSorted()).toEqual(['C(x) true', 'child C(x)', 'task C(x)']);
  });
});

// W8
test('a helper that was left at a queue takes the cancel while the body stands at a foreign promise', async () => {
  const lines = await real(async (log) => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      const helper = outcomeOf(queue.get());
      await foreign(10);
      log('helper', await helper);
      log('body', await outcomeOf(sleep(1, 'went on')));
    });
    await sleep(1);
    task.cancel('x');
    await task;
  });
  expect(lines).toEqual(['helper C(x)', 'body went on']);
});

// W9
test('of two timeouts side by side each is cancelled, though only one has a wait of ours open', async () => {
  const lines = await real(async (log) => {
    const task = spawn(async () => {
      await Promise.allSettled([
        timeout(5000, async () => await seen(log, 'a', sleep(5000))),
        timeout(5000, async () => {
          await foreign(20);
          await seen(log, 'b', sleep(5000));
        }),
      ]);
      log('clean', await outcomeOf(sleep(1, 'ok')));
    });
    await sleep(1);
    task.cancel('x');
    await task;
  });
  expect(lines).toEqual(['a C(x)', 'b C(x)', 'clean ok']);
});
