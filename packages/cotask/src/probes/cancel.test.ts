import { describe, expect, test } from 'vitest';

import { Event, Queue, fromPromise, getRunningLoop, shield, sleep } from '../index.ts';
import { abortable, attempt, foreign, gears, me, on, outcomeOf, real, spawn, virtual, wordsOf } from './vocabulary.ts';

describe.each(gears)('in the %s gear', (gear) => {
  const { program, spawn: spawnHere } = wordsOf(gear);

  // C1
  test('a cancelled getter sees the reason, cleans up with a wait and ends cancelled', async () => {
    const lines = await program(function* (log) {
      const queue = new Queue<string>();
      const task = spawnHere(function* () {
        try {
          yield* on(queue.get());
        } catch (error) {
          log(error);
          yield* on(sleep(1));
          log('clean');
          throw error;
        }
      });
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task));
      log(task.cancelled());
    });
    expect(lines).toEqual(['C(x)', 'clean', 'C(x)', 'true']);
  });

  // C2
  test('a body that swallows its cancel goes on: one request is one error', async () => {
    const lines = await program(function* (log) {
      const task = spawnHere(function* () {
        log(yield* attempt(sleep(50)));
        yield* on(sleep(1));
        return 'on';
      });
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)', 'on']);
  });

  // C3
  test('two cancels before the step are one error, the first one, and count as two', async () => {
    const lines = await program(function* (log) {
      const task = spawnHere(function* () {
        try {
          yield* on(sleep(50));
        } catch (error) {
          log(error, me().cancelling());
          yield* on(sleep(1));
          log('clean');
          throw error;
        }
      });
      yield* on(sleep(1));
      log(task.cancel('first'), task.cancel('second'));
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['true true', 'C(first) 2', 'clean', 'C(first)']);
  });

  // C4
  test('a value that is there comes first, the cancel at the next wait', async () => {
    const lines = await program(function* (log) {
      const future = getRunningLoop().createFuture<string>();
      const task = spawnHere(function* () {
        log(yield* on(future));
        log(yield* attempt(sleep(1)));
        yield* on(sleep(1));
        log('clean');
      });
      yield* on(sleep(1));
      future.setResult('v');
      log(task.cancel('x'));
      yield* on(task);
    });
    expect(lines).toEqual(['true', 'v', 'C(x)', 'clean']);
  });

  // C5
  test('a child that returns before the cancel reaches it keeps its value, and the parent gets both', async () => {
    const lines = await program(function* (log) {
      const future = getRunningLoop().createFuture<string>();
      const child = spawnHere(function* () {
        return yield* on(future);
      });
      const parent = spawnHere(function* () {
        log(yield* attempt(child));
        log(yield* attempt(sleep(5)));
        yield* on(sleep(1));
        log('clean');
      });
      yield* on(sleep(1));
      future.setResult('v');
      parent.cancel('x');
      yield* on(parent);
      log('child', child.result());
    });
    expect(lines).toEqual(['v', 'C(x)', 'clean', 'child v']);
  });

  // C6
  test('a child that swallows the cancel ends the matter: the parent goes on', async () => {
    const lines = await program(function* (log) {
      const child = spawnHere(function* () {
        return `swallowed ${yield* attempt(sleep(50))}`;
      });
      const parent = spawnHere(function* () {
        log(yield* on(child), me().cancelling());
        log(yield* attempt(sleep(1, 'on')));
      });
      yield* on(sleep(1));
      parent.cancel('x');
      yield* on(parent);
      log(parent.cancelled());
    });
    expect(lines).toEqual(['swallowed C(x) 1', 'on', 'false']);
  });

  // C11
  test('a cancel travels into a shared future, and to all who wait for it; a shield keeps it off', async () => {
    const lines = await program(function* (log) {
      const loop = getRunningLoop();
      const [open, guarded] = [loop.createFuture<string>(), loop.createFuture<string>()];
      const waiting = (name: string, future: typeof open, shielded: boolean) =>
        spawnHere(function* () {
          log(name, yield* attempt(shielded ? shield(future) : future));
        });
      const a = waiting('a', open, false);
      const b = waiting('b', open, false);
      const c = waiting('c', guarded, true);
      const d = waiting('d', guarded, false);
      yield* on(sleep(1));
      a.cancel('x');
      c.cancel('y');
      for (const task of [a, b, c]) yield* on(task);
      guarded.setResult('v');
      yield* on(d);
    });
    expect(lines).toEqual(['a C(x)', 'b C(x)', 'c C(y)', 'd v']);
  });
});

// C7
test('a cancel that finds no wait of ours open comes at the next one', async () => {
  const lines = await real(async (log) => {
    const task = spawn(async () => {
      await foreign(10);
      log('went on');
      log(await outcomeOf(sleep(5)));
      await sleep(1);
      log('clean');
    });
    await sleep(1);
    log(task.cancel('x'));
    await task;
  });
  expect(lines).toEqual(['true', 'went on', 'C(x)', 'clean']);
});

// C8
test('a cancel that a value overtook survives a foreign promise', async () => {
  const lines = await real(async (log) => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      log(await queue.get());
      await foreign(5);
      log(await outcomeOf(sleep(5)));
      await sleep(1);
      log('clean');
    });
    await sleep(1);
    queue.putNowait('item');
    task.cancel('x');
    await task;
  });
  expect(lines).toEqual(['item', 'C(x)', 'clean']);
});

// C9
test('a task that cancels itself is hit at its next wait, though the loser of a race is still open', async () => {
  const lines = await virtual(async (log) => {
    const event = new Event();
    const task = spawn(async () => {
      await Promise.race([event.wait(), sleep(1)]);
      me().cancel('x');
      log('still running');
      log(await outcomeOf(sleep(5)));
      await sleep(1);
      log('clean');
    });
    await task;
  });
  expect(lines).toEqual(['still running', 'C(x)', 'clean']);
});

// C10
test('a step that called then by hand has ended: the wait it opened takes the cancel and the body goes on', async () => {
  const lines = await virtual(async (log) => {
    const task = spawn(async () => {
      await sleep(1);
      const future = getRunningLoop().createFuture<void>();
      future.then(undefined, (error) => log('future', error));
      me().cancel('x');
      await sleep(5);
      log('went on');
    });
    await task;
  });
  expect(lines).toEqual(['future C(x)', 'went on']);
});

// C12
test('a platform timer that a task set to cancel itself is no step of the task: its clean-up is left alone', async () => {
  const lines = await real(async (log) => {
    const task = spawn(async () => {
      const self = me();
      setTimeout(() => self.cancel('x'), 1);
      log(await outcomeOf(sleep(500)));
      await sleep(1);
      log('clean');
    });
    await task;
  });
  expect(lines).toEqual(['C(x)', 'clean']);
});

// C13
test('all waits are settled before the signal is aborted: its listener cannot put an item before the cancel', async () => {
  const lines = await virtual(async (log) => {
    const queue = new Queue<string>();
    const task = spawn(async () => {
      me().signal.addEventListener('abort', () => queue.putNowait('item'));
      log(await outcomeOf(queue.get()));
    });
    await sleep(1);
    task.cancel('x');
    await task;
    log('left', queue.qsize());
  });
  expect(lines).toEqual(['C(x)', 'left 1']);
});

describe('a foreign promise that is given the signal', () => {
  // C14
  test('rejects unseen: the cancel is still due and comes at the first wait of the clean-up', async () => {
    const lines = await real(async (log) => {
      const task = spawn(async () => {
        try {
          await abortable(500, 0, me().signal);
        } catch (error) {
          log(error instanceof Error ? error.name : error);
          log(await outcomeOf(sleep(1)));
        }
        await sleep(1);
        log('clean');
      });
      await sleep(1);
      task.cancel('x');
      await task;
    });
    expect(lines).toEqual(['AbortError', 'C(x)', 'clean']);
  });

  test('as a wait of ours is cancelled once', async () => {
    const lines = await real(async (log) => {
      const task = spawn(async () => {
        log(await outcomeOf(fromPromise(abortable(500, 0, me().signal))));
        await sleep(1);
        log('clean');
      });
      await sleep(1);
      task.cancel('x');
      await task;
    });
    expect(lines).toEqual(['C(x)', 'clean']);
  });

  test('gets a fresh signal for the clean-up, once the cancel was delivered', async () => {
    const lines = await real(async (log) => {
      const task = spawn(async () => {
        const { signal } = me();
        log(await outcomeOf(sleep(500)));
        log(signal.aborted, signal.reason, me().signal.aborted);
        log(await abortable(1, 'clean', me().signal));
      });
      await sleep(1);
      task.cancel('x');
      await task;
    });
    expect(lines).toEqual(['C(x)', 'true C(x) false', 'clean']);
  });
});
