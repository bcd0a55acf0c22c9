import { describe, expect, test } from 'vitest';

import { Queue, coroutine, sleep, taskGroup } from '../index.ts';
import type { Awaitable, TaskGroup } from '../index.ts';
import { foreign, me, outcomeOf, real, show, spawn, virtual } from './vocabulary.ts';
import type { Log } from './vocabulary.ts';

const fail = coroutine(async (ms: number, message: string): Promise<void> => {
  await sleep(ms);
  throw new Error(message);
});

/** A group whose body sleeps for 3 ms; one child of it fails after 1 ms where a message is given. */
function groupOf(log: Log, name: string, message?: string): Awaitable<void> {
  return taskGroup(async (scope: TaskGroup) => {
    if (message !== undefined) scope.createTask(fail(1, message));
    try {
      log(name, await sleep(3, 'ends'));
    } catch (error) {
      log(name, error);
      throw error;
    }
  });
}

function outcomes(settled: readonly PromiseSettledResult<unknown>[]): string {
  return settled.map((one) => (one.status === 'fulfilled' ? 'ok' : show(one.reason))).join(' ');
}

// S15
test('a wait beside a group that aborts is not in the group: it stays open', async () => {
  const lines = await virtual(async (log) => {
    const queue = new Queue<string>();
    log(await outcomeOf(Promise.all([groupOf(log, 'body', 'boom'), queue.get()])));
    queue.putNowait('item');
    await sleep(1);
    log('left', queue.qsize(), me().cancelling());
  });
  expect(lines).toEqual(['body C', 'G[boom]', 'left 0 0']);
});

// S16
describe('two groups side by side in one task', () => {
  test('one fails, the other ends well', async () => {
    const lines = await virtual(async (log) => {
      const settled = await Promise.allSettled([groupOf(log, 'a', 'A'), groupOf(log, 'b')]);
      log(outcomes(settled), me().cancelling());
    });
    expect(lines).toEqual(['a C', 'b ends', 'G[A] ok 0']);
  });

  test('both fail in one tick, each with its own error', async () => {
    const lines = await virtual(async (log) => {
      const settled = await Promise.allSettled([groupOf(log, 'a', 'A'), groupOf(log, 'b', 'B')]);
      log(outcomes(settled), me().cancelling());
    });
    expect(lines).toEqual(['a C', 'b C', 'G[A] G[B] 0']);
  });

  test('the parent is cancelled, and so is each of them', async () => {
    const lines = await virtual(async (log) => {
      const task = spawn(async () => {
        const settled = await Promise.allSettled([groupOf(log, 'a'), groupOf(log, 'b')]);
        log(outcomes(settled), me().cancelling());
        log(await outcomeOf(sleep(1, 'clean')));
      });
      await sleep(1);
      task.cancel('x');
      await task;
    });
    expect(lines).toEqual(['a C(x)', 'b C(x)', 'C(x) C(x) 1', 'clean']);
  });
});

// S17
describe('a child that fails while the body stands at a foreign promise', () => {
  test('cancels the body at its next wait', async () => {
    const lines = await real(async (log) => {
      const failing = taskGroup(async (scope: TaskGroup) => {
        scope.createTask(fail(1, 'boom'));
        await foreign(30);
        const outcome = await outcomeOf(sleep(5000));
        log('body', outcome);
        log('body', await outcomeOf(sleep(1, 'clean')));
      });
      log(await outcomeOf(failing), me().cancelling());
    });
    expect(lines).toEqual(['body C', 'body clean', 'G[boom] 0']);
  });

  test('is what comes out of a body that returns', async () => {
    const lines = await real(async (log) => {
      const failing = taskGroup(async (scope: TaskGroup) => {
        scope.createTask(fail(1, 'boom'));
        log(await foreign(30, 'body ends'));
      });
      log(await outcomeOf(failing));
      log(await outcomeOf(sleep(1, 'clean')), me().cancelling());
    });
    expect(lines).toEqual(['body ends', 'G[boom]', 'clean 0']);
  });
});
