import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';

import { Task, allTasks, createTask, currentTask, forEach, map, sleep, taskLocal } from '../index.ts';
import type { GeneratorBody } from '../index.ts';
import { isAskedToEnd } from '../tasks/call.ts';
import { current } from '../tasks/current.ts';
import { attempt, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const one = { concurrency: 1 };

function* nap(n: number): GeneratorBody<number> {
  yield* sleep(1);
  return n;
}

describe('the tasks of a map() over generators', () => {
  test('do several items, each under its own name', async () => {
    const lines = await play('generator', function* (stage) {
      const made: string[] = [];
      const tasks = new Set<unknown>();
      const work = function* (n: number): GeneratorBody<number> {
        tasks.add(current.driver?.owner);
        yield* sleep(1);
        const future = stage.loop.createFuture<number>();
        stage.loop.callSoon(() => future.setResult(n));
        made.push(future.subject?.known ?? '');
        return yield* future;
      };
      stage.log(
        yield* on(map([1, 2, 3], work, one)),
        made.map((words) => words.trim()),
      );
      stage.log(tasks.size);
    });
    expect(lines).toEqual([
      '[1, 2, 3] [made by task "map work #0", made by task "map work #1", made by task "map work #2"]',
      '1',
    ]);
  });

  test('end with their item where somebody was given them', async () => {
    const lines = await play('generator', function* (stage) {
      const seen = new Set<unknown>();
      const work = function* (n: number): GeneratorBody<number> {
        const task = currentTask();
        seen.add(task);
        stage.loop.callLater(1.5, () => task?.cancel('too late'));
        yield* sleep(1);
        return n;
      };
      stage.log(yield* on(map([1, 2, 3], work, one)), stage.loop.time(), seen.size);
      const listed = new Set<unknown>();
      const list = function* (): GeneratorBody<void> {
        for (const task of allTasks()) if (task.name.includes('#')) listed.add(task);
        yield* sleep(1);
      };
      yield* on(forEach([1, 2, 3], list, one));
      stage.log(listed.size);
    });
    expect(lines).toEqual(['[1, 2, 3] 3 3', '3']);
  });

  test('hand on no task locals', async () => {
    const local = taskLocal<string>({ default: 'none' });
    const lines = await play('generator', function* (stage) {
      const work = function* (n: number): GeneratorBody<void> {
        stage.log(n, local.get());
        yield* sleep(1);
        if (n === 2) local.set('two');
      };
      local.set('outer');
      yield* on(map([1, 2, 3], work, one));
      const items = (function* () {
        for (const n of [1, 2]) {
          local.set(`item ${n}`);
          yield n;
        }
      })();
      yield* on(map(items, work, one));
    });
    expect(lines).toEqual(['1 outer', '2 outer', '3 outer', '1 item 1', '2 item 2']);
  });

  test('hand on no stores that an item has entered', async () => {
    const store = new AsyncLocalStorage<string>();
    const lines = await play('generator', function* (stage) {
      const work = function* (n: number): GeneratorBody<void> {
        stage.log(n, store.getStore());
        yield* sleep(1);
        store.enterWith(`of ${n}`);
      };
      yield* on(map([1, 2, 3], work, one));
    });
    expect(lines).toEqual(['1 undefined', '2 undefined', '3 undefined']);
  });

  test('do no other item after one that swallowed a cancel', async () => {
    const lines = await play('generator', function* (stage) {
      const work = function* (n: number): GeneratorBody<number> {
        try {
          yield* sleep(n);
        } catch (error) {
          stage.log(String(error));
        }
        stage.log(n, isAskedToEnd());
        return n;
      };
      stage.loop.callLater(1, () => {
        for (const task of allTasks()) if (task.name === 'map work #0') task.cancel('x');
      });
      stage.log(yield* on(map([100, 2], work, one)), stage.loop.time());
    });
    expect(lines).toEqual([expect.stringMatching(/x/), '100 true', '2 false', '[100, 2] 3']);
  });

  test('leave behind what an item leaves behind', async () => {
    const lines = await play('generator', function* (stage) {
      const work = function* (n: number): GeneratorBody<number> {
        void Promise.all([sleep(4), sleep(5)]).then(() => stage.log('left by', n, 'ends'));
        yield* sleep(1);
        if (n === 3) throw new Error('three');
        return n;
      };
      stage.log(yield* attempt(map([1, 2, 3], work, one)));
      yield* on(sleep(10));
    });
    expect(lines).toEqual(['three', 'left by 1 ends', 'left by 2 ends', 'left by 3 ends']);
  });

  test('ask a source that is code in the task that reads it, and hear of its failure', async () => {
    const lines = await play('generator', function* (stage) {
      const items = (function* () {
        for (const n of [1, 2, 3]) {
          stage.log(currentTask()?.name);
          yield n;
        }
        throw new Error('no more');
      })();
      stage.log(yield* attempt(map(items, nap, one)), stage.loop.time());
    });
    const reader = 'map nap, its source';
    expect(lines).toEqual([reader, reader, reader, 'no more 3']);
  });

  test('begin no item that a source gives after it has cancelled everything, or has listed the tasks', async () => {
    const lines = await play('generator', function* (stage) {
      const listed = new Set<unknown>();
      let cancel = (): void => {};
      const items = (function* () {
        for (const n of [1, 2, 3]) {
          for (const other of allTasks()) if (other.name.includes('#')) listed.add(other);
          if (n === 3) cancel();
          yield n;
        }
      })();
      const work = function* (n: number): GeneratorBody<void> {
        stage.log(n, listed.has(current.driver?.owner));
        yield* sleep(1);
      };
      const task = createTask(map(items, work, one));
      cancel = () => void task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['1 false', '2 false', 'C(x)']);
  });

  test('give way between items that wait for nothing', async () => {
    const lines = await play('generator', function* (stage) {
      let count = 0;
      const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: count++ }) }) };
      const task = createTask(forEach(endless, (n) => n, one));
      for (let i = 0; i < 10; i++) yield* on(sleep(0));
      task.cancel('x');
      stage.log(yield* attempt(task), count > 1, count <= 10);
    });
    expect(lines).toEqual(['C(x) true true']);
  });

  test('that were given an item and are cancelled before they begin it do not begin it', async () => {
    const lines = await play('generator', function* (stage) {
      const work = (n: number): void => {
        stage.log(n);
        if (n === 0)
          stage.loop.callSoon(() =>
            allTasks()
              .find(({ name }) => name.endsWith('#1'))
              ?.cancel('x'),
          );
      };
      stage.log(yield* attempt(map([0, 1, 2], work, one)));
    });
    expect(lines).toEqual(['0', 'C(x)']);
  });

  test('are made by the task factory, one for each item', async () => {
    const lines = await play('generator', function* (stage) {
      const made: (string | undefined)[] = [];
      stage.loop.setTaskFactory((loop, coro, options) => {
        made.push(options?.name);
        return new Task(loop, coro, options);
      });
      const mapping = map([1, 2], nap, one);
      const first = yield* on(mapping.pull());
      const second = yield* on(mapping.pull());
      yield* on(mapping.close());
      stage.loop.setTaskFactory(null);
      stage.log(first.value, second.value, made);
    });
    expect(lines).toEqual(['1 2 [map nap, its source, map nap #0, map nap #1]']);
  });
});
