import { AsyncLocalStorage } from 'node:async_hooks';

import { describe, expect, test } from 'vitest';

import { copyContext, coroutine, createTask, currentTask, getRunningLoop, run, sleep, taskLocal } from '../index.ts';
import type { Context, TaskLocal } from '../index.ts';
import { gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

const local = (): TaskLocal<number> => taskLocal<number>({ default: 0 });

describe.each(gears)('a context, in the %s gear', (gear) => {
  test('keeps the values of the moment when it was copied', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      v.set(1);
      const context = copyContext();
      v.set(2);
      yield* on(sleep(1));
      stage.log(
        context.run(() => v.get()),
        v.get(),
      );
    });
    expect(told).toEqual(['1 2']);
  });

  test('keeps what is set in it; a copy of it goes its own way', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const context = copyContext();
      context.run((value: number) => v.set(value), 5);
      const copy = context.copy();
      copy.run(() => v.set(6));
      const get = (): number => v.get();
      stage.log(context.run(get), copy.run(get), v.get());
      yield* on(sleep(1));
    });
    expect(told).toEqual(['5 6 0']);
  });

  test('is run inside the task that calls', async () => {
    const told = await play(gear, function* (stage) {
      const context = copyContext();
      const task = stage.spawn(
        function* () {
          return context.run(() => [currentTask()?.name, getRunningLoop() === stage.loop]);
        },
        { name: 'caller' },
      );
      stage.log(yield* on(task));
    });
    expect(told).toEqual(['[caller, true]']);
  });

  test('given to a task is the one that it runs in', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const context = copyContext();
      const get = (): number => v.get();
      const task = stage.spawn(
        function* () {
          yield* on(sleep(1));
          v.set(1);
        },
        { context },
      );
      yield* on(task);
      stage.log(context.run(get), v.get(), task.getContext().run(get));
    });
    expect(told).toEqual(['1 0 1']);
  });

  test('given to a done callback, or bound to any other, is the one that it runs in', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const { loop, log } = stage;
      const context = copyContext();
      v.set(1);
      const future = loop.createFuture<string>();
      const callback = (what: unknown): void =>
        log(what === future ? 'done' : what, v.get(), v.set(v.get() + 10) && '');
      future.addDoneCallback(callback, { context });
      future.addDoneCallback(callback);
      loop.callSoon(context.bind(callback), 'soon');
      loop.callLater(1, context.bind(callback), 'later');
      future.setResult('x');
      yield* on(sleep(2));
      log(context.run(() => v.get()));
      log(future.removeDoneCallback(callback));
    });
    expect(told).toEqual(['soon 0 ', 'done 10 ', 'done 1 ', 'later 20 ', '30', '0']);
  });

  test('is told by tasks and handles, and what is set in it is seen by them', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      v.set(1);
      const get = (): number => v.get();
      const handle = stage.loop.callLater(1, () => stage.log('called', v.get()));
      const task = stage.spawn(function* () {
        v.set(2);
        yield* on(sleep(2));
        return v.get();
      });
      yield* on(sleep(0));
      stage.log(handle.getContext().run(get), task.getContext().run(get));
      task.getContext().run(() => v.set(3));
      handle.getContext().run(() => v.set(4));
      stage.log(yield* on(task), v.get());
    });
    expect(told).toEqual(['1 2', 'called 4', '3 1']);
  });

  test('holds the stores of the platform as well', async () => {
    const store = new AsyncLocalStorage<string>();
    const told = await play(gear, function* (stage) {
      const context = store.run('inside', () => copyContext());
      const read = function* () {
        yield* on(sleep(1));
        return store.getStore();
      };
      const tasks = [stage.spawn(read, { context }), stage.spawn(read)];
      stage.log(
        context.run(() => store.getStore()),
        store.getStore(),
      );
      for (const task of tasks) stage.log(yield* on(task));
    });
    expect(told).toEqual(['inside undefined', 'inside', 'undefined']);
  });

  test('in which an async function runs on is still that after its waits, and its waits are the task’s', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const context = copyContext();
      context.run(() => v.set(1));
      const inContext = coroutine(async () =>
        context.run(async () => {
          await sleep(1);
          const seen = [v.get(), currentTask()?.name];
          await sleep(1_000);
          return seen;
        }),
      );
      const task = createTask(inContext(), { name: 'caller' });
      yield* on(sleep(2));
      stage.log(stage.loop.waitingTasks().includes(task));
      yield* on(sleep(1_000));
      stage.log(yield* on(task), v.get());
    });
    expect(told).toEqual(['true', '[1, caller] 0']);
  });
});

test('plain code has one, too', () => {
  const v = local();
  const context = copyContext();
  context.run(() => v.set(1));
  const seen = context.run(() => [v.get(), currentTask()]);
  expect([seen, v.get()]).toEqual([[1, null], 0]);
  expect(() =>
    context.run(() => {
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect(v.get()).toBe(0);
});

test('one that was made in a task makes no task of plain code', async () => {
  const v = local();
  const context = await run(
    coroutine(async () => {
      v.set(1);
      return { context: copyContext() };
    })(),
  );
  expect(context.context.run(() => [v.get(), currentTask()])).toEqual([1, null]);
});

test('what is no context is refused', async () => {
  const fake: Context = { run: (fn, ...args) => fn(...args), bind: (fn) => fn, copy: () => fake };
  const main = coroutine(async () => {
    expect(() => createTask(sleep(1), { context: fake })).toThrow(
      expect.objectContaining({ code: 'COTASK_BAD_OPTION' }),
    );
    const future = getRunningLoop().createFuture();
    expect(() => future.addDoneCallback(() => {}, { context: fake })).toThrow(
      expect.objectContaining({ code: 'COTASK_BAD_OPTION' }),
    );
  });
  await run(main());
});

test('a callback that registers itself again and again keeps nothing alive', async () => {
  const v = taskLocal<object>();
  const held: WeakRef<object>[] = [];
  const main = coroutine(async () => {
    const loop = getRunningLoop();
    const again = (left: number): void => {
      const value = { payload: 'x'.repeat(100) };
      held.push(new WeakRef(value));
      v.set(value);
      if (left > 0) loop.callSoon(again, left - 1);
    };
    loop.callSoon(again, 1_000);
    await sleep(1);
  });
  await run(main(), { host: new VirtualHost() });
  const alive = (): number => held.filter((ref) => ref.deref() !== undefined).length;
  expect(held).toHaveLength(1_001);
  await expect.poll(() => (globalThis.gc?.(), alive()), { timeout: 10_000 }).toBeLessThan(10);
});
