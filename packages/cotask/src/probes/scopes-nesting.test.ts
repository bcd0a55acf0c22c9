import { describe, expect, test } from 'vitest';

import { Queue, getRunningLoop, sleep, timeout } from '../index.ts';
import { abortable, foreign, me, outcomeOf, real, show, spawn, virtual } from './vocabulary.ts';
import type { Log } from './vocabulary.ts';

/** What came of scopes that ran side by side, in their order. */
function outcomes(settled: readonly PromiseSettledResult<unknown>[]): string {
  return settled.map((one) => show(one.status === 'fulfilled' ? one.value : one.reason)).join(' ');
}

describe('timeouts side by side in one task', () => {
  // S4
  test('end each by its own deadline', async () => {
    const lines = await real(async (log) => {
      const settled = await Promise.allSettled([
        timeout(10, async () => await sleep(5000)),
        timeout(5000, async () => await sleep(60, 'ok')),
        timeout(20, async () => {
          await foreign(40);
          await sleep(5000);
        }),
      ]);
      log(outcomes(settled), me().cancelling());
      log(await outcomeOf(sleep(1, 'clean')));
    });
    expect(lines).toEqual(['TO ok TO 0', 'clean']);
  });

  // S5
  test('may have their deadlines in one tick: siblings do not count', async () => {
    const lines = await virtual(async (log) => {
      const settled = await Promise.allSettled([
        timeout(3, async () => await sleep(50)),
        timeout(40, async () => await sleep(10, 'ok')),
        timeout(3, async () => await sleep(50)),
      ]);
      log(outcomes(settled), me().cancelling(), getRunningLoop().time());
    });
    expect(lines).toEqual(['TO ok TO 0 10']);
  });

  // S22
  test('count each its own request, until its exit', async () => {
    const lines = await virtual(async (log) => {
      const expired = async (): Promise<void> => {
        try {
          await sleep(50);
        } catch (error) {
          log('inside', me().cancelling());
          await sleep(5);
          log('inside, later', me().cancelling());
          throw error;
        }
      };
      const sibling = async (): Promise<void> => {
        await sleep(5);
        log('sibling', me().cancelling());
      };
      await Promise.allSettled([timeout(3, expired), timeout(50, sibling)]);
      log('after', me().cancelling());
    });
    expect(lines).toEqual(['inside 1', 'sibling 0', 'inside, later 1', 'after 0']);
  });
});

// S6
describe('a body that only hands on an awaitable of ours', () => {
  test.each([
    ['a timeout in a timeout, the inner first', () => timeout(60, () => timeout(3, () => sleep(50)))],
    ['a timeout in a timeout, the outer first', () => timeout(3, () => timeout(60, () => sleep(50)))],
    ['a sleep', () => timeout(3, () => sleep(50))],
  ])('waits inside its scope: %s', async (_name, scope) => {
    const lines = await virtual(async (log) => {
      log(await outcomeOf(scope()), getRunningLoop().time(), me().cancelling());
    });
    expect(lines).toEqual(['TO 3 0']);
  });
});

// S7
test('a promise begun outside a timeout is foreign to it: its value comes, late', async () => {
  const lines = await virtual(async (log) => {
    const helper = (async () => await sleep(10, 'v'))();
    log(await outcomeOf(timeout(3, () => helper)), getRunningLoop().time());
    log(await outcomeOf(sleep(1, 'clean')), me().cancelling());
  });
  expect(lines).toEqual(['v 10', 'clean 0']);
});

// S8
test('a deadline that found nothing to cancel ends with its scope', async () => {
  const lines = await real(async (log) => {
    log(await outcomeOf(timeout(5, async () => await foreign(30, 'late'))));
    log(await outcomeOf(sleep(1, 'clean')), me().cancelling());
  });
  expect(lines).toEqual(['late', 'clean 0']);
});

// S21
test('a helper left in a scope that has ended is cancelled with its task', async () => {
  const lines = await virtual(async (log) => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      let left: Promise<string> | undefined;
      await timeout(50, async () => {
        left = leave(queue);
      });
      log(await outcomeOf(left ?? Promise.resolve('no helper')));
      log(await outcomeOf(sleep(1, 'clean')));
    });
    await sleep(2);
    task.cancel('x');
    await task;
  });
  expect(lines).toEqual(['C(x)', 'clean']);
});

/** Waits once inside the scope that started it and once after that scope has ended. */
async function leave(queue: Queue<string>): Promise<string> {
  await sleep(1);
  return await queue.get();
}

describe('a timeout whose body gives its signal to a foreign promise', () => {
  // S25
  test('is a timeout, not an abort', async () => {
    const lines = await real(async (log) => {
      log(await outcomeOf(timeout(5, async ({ signal }) => await abortable(5000, 0, signal))));
      log(await outcomeOf(sleep(1, 'clean')), me().cancelling());
    });
    expect(lines).toEqual(['TO', 'clean 0']);
  });

  test('is a cancel where the task was cancelled', async () => {
    const lines = await real(async (log) => {
      const task = spawn(async () => await waitForPlatform(log));
      await sleep(1);
      task.cancel('x');
      log('task', await outcomeOf(task), task.cancelled());
    });
    expect(lines).toEqual(['scope C(x)', 'task C(x) true']);
  });

  async function waitForPlatform(log: Log): Promise<void> {
    try {
      await timeout(5000, async () => await abortable(5000, 0, me().signal));
    } catch (error) {
      log('scope', error);
      throw error;
    }
  }
});
