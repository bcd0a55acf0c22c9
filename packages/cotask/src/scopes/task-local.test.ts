import { describe, expect, test } from 'vitest';

import {
  Runner,
  copyContext,
  coroutine,
  createTask,
  eagerTaskFactory,
  gather,
  run,
  sleep,
  taskGroup,
  taskLocal,
  timeout,
} from '../index.ts';
import type { TaskLocal } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

const local = (): TaskLocal<number> => taskLocal<number>({ name: 'v', default: 0 });

describe.each(gears)('a task local, in the %s gear', (gear) => {
  const within = <T>(v: TaskLocal<number>, value: number, write: () => EitherBody<T>) =>
    v.run(value, inGear(gear, write));

  test('holds in every step of its task; sibling tasks do not see each other’s changes', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const count = stage.coroutineOf(function* (n: number) {
        const seen: number[] = [];
        for (let i = 0; i < 3; i += 1) {
          v.set(v.get() + n);
          seen.push(v.get());
          yield* on(sleep(0));
        }
        return seen;
      });
      stage.log(yield* on(gather(count(1), count(10))), v.get());
    });
    expect(told).toEqual(['[[1, 2, 3], [10, 20, 30]] 0']);
  });

  test('is seen by a task as its maker saw it then; later changes are not seen by the other side', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      v.set(1);
      const child = stage.spawn(function* () {
        stage.log('child', v.get());
        v.set(2);
        yield* on(sleep(1));
        return v.get();
      });
      v.set(3);
      stage.log(yield* on(child), v.get());
    });
    expect(told).toEqual(['child 1', '2 3']);
  });

  test('set in a coroutine that is awaited is set for the task: a call is no task', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const set = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        v.set(1);
      });
      yield* on(set());
      stage.log(v.get());
    });
    expect(told).toEqual(['1']);
  });

  test('set inside timeout() and taskGroup() is set for the task', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      yield* on(
        timeout(
          10,
          inGear(gear, function* () {
            yield* on(sleep(1));
            v.set(1);
          }),
        ),
      );
      stage.log(v.get());
      yield* on(
        taskGroup(
          inGear(gear, function* (group) {
            stage.log('inside', v.get());
            v.set(2);
            const child = stage.coroutineOf(function* () {
              return v.get();
            });
            stage.log('child', yield* on(group.createTask(child())));
          }),
        ),
      );
      stage.log(v.get());
    });
    expect(told).toEqual(['1', 'inside 1', 'child 2', '2']);
  });

  test('is put back by its token, once and in the task that set it', async () => {
    const v = taskLocal<string>({ name: 'v' });
    const told = await play(gear, function* (stage) {
      const first = v.set('a');
      const second = v.set('b');
      v.reset(second);
      stage.log(v.get());
      v.reset(first);
      stage.log(v.get('none'));
      for (const wrong of [first, taskLocal<string>().set('other')])
        stage.log(yield* on(stage.coroutineOf(refuse(() => v.reset(wrong)))()));
      const mine = v.set('c');
      stage.log(yield* on(stage.spawn(refuse(() => v.reset(mine)))));
      mine[Symbol.dispose]();
      mine[Symbol.dispose]();
      stage.log(v.get('none'));
    });
    expect(told).toEqual(['a', 'none', 'COTASK_BAD_TOKEN', 'COTASK_BAD_TOKEN', 'COTASK_BAD_TOKEN', 'none']);
  });

  test('has a value for the length of run(), and what is set inside ends with it', async () => {
    const v = local();
    const w = local();
    const told = await play(gear, function* (stage) {
      const result = yield* on(
        within(v, 1, function* () {
          yield* on(sleep(1));
          w.set(5);
          v.set(v.get() + 1);
          const child = stage.spawn(function* () {
            return [v.get(), w.get()];
          });
          return [v.get(), w.get(), yield* on(child)];
        }),
      );
      stage.log(result, v.get(), w.get());
    });
    expect(told).toEqual(['[2, 5, [2, 5]] 0 0']);
  });

  test('nests, and the innermost run counts', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const inner = within(v, 2, function* () {
        yield* on(sleep(1));
        return v.get();
      });
      stage.log(
        yield* on(
          within(v, 1, function* () {
            return [v.get(), yield* on(inner), v.get()];
          }),
        ),
      );
    });
    expect(told).toEqual(['[1, 2, 1]']);
  });

  test('gives back what run() threw, and lets a cancel through', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const failing = within(v, 1, function* () {
        yield* on(sleep(1));
        throw new Error('broken');
      });
      stage.log(yield* attempt(failing), v.get());
      const task = stage.spawn(() =>
        on(
          within(v, 1, function* () {
            try {
              yield* on(sleep(1_000));
            } finally {
              stage.log('cleans up with', v.get());
              yield* on(sleep(1));
            }
          }),
        ),
      );
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(told).toEqual(['broken 0', 'cleans up with 1', 'C(x)']);
  });

  test('is seen by callbacks as it was when they were registered, and what they set is theirs', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const { loop, log } = stage;
      const future = loop.createFuture<number>();
      v.set(1);
      loop.callSoon(() => {
        log('soon', v.get());
        v.set(10);
        loop.callSoon(() => log('soon after', v.get()));
      });
      loop.callLater(2, () => log('later', v.get()));
      future.addDoneCallback(() => log('done', v.get()));
      v.set(2);
      loop.callSoon(() => log('soon', v.get()));
      future.setResult(1);
      yield* on(sleep(3));
      log(v.get());
    });
    expect(told).toEqual(['soon 1', 'soon 2', 'done 1', 'soon after 10', 'later 1', '2']);
  });

  test('of an eager task is its own from the first line', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      v.set(1);
      stage.loop.setTaskFactory(eagerTaskFactory);
      const task = stage.spawn(function* () {
        const before = v.get();
        v.set(2);
        yield* on(sleep(1));
        return [before, v.get()];
      });
      stage.log(v.get(), yield* on(task));
    });
    expect(told).toEqual(['1 [1, 2]']);
  });

  test('stays with what a task leaves behind when it ends', async () => {
    const v = local();
    const told = await play(gear, function* (stage) {
      const release = stage.loop.createFuture<void>();
      const seen: number[] = [];
      yield* on(
        createTask(
          coroutine(async () => {
            v.set(1);
            void timeout(100, async () => {
              await release;
              seen.push(v.get());
            }).then(() => seen.push(v.get()));
            await sleep(1);
          })(),
        ),
      );
      release.setResult();
      yield* on(sleep(1));
      stage.log(seen);
    });
    expect(told).toEqual(['[1, 1]']);
  });

  test('persists over the runs of a Runner, and never reaches the code around', async () => {
    const v = taskLocal<number>({ default: -1 });
    const swap = coroutine(
      inGear(gear, function* (value: number) {
        const before = v.get();
        yield* on(sleep(0));
        v.set(value);
        return before;
      }),
    );
    await using runner = new Runner({ host: new VirtualHost() });
    expect([await runner.run(swap(1)), await runner.run(swap(2)), await runner.run(swap(3)), v.get()]).toEqual([
      -1, 1, 2, -1,
    ]);
    const own = copyContext();
    expect(await runner.run(swap(7), { context: own })).toBe(-1);
    expect([own.run(() => v.get()), await runner.run(swap(4))]).toEqual([7, 3]);
  });
});

/** Its code, of the error that `call` throws. */
function refuse(call: () => void): () => EitherBody<unknown> {
  return function* () {
    try {
      call();
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
    return 'not refused';
  };
}

test('two runs side by side in one task do not mix', async () => {
  const v = local();
  const helper = async (ms: number): Promise<number[]> => {
    const before = v.get();
    await sleep(ms);
    return [before, v.get()];
  };
  const main = coroutine(async () =>
    Promise.all([v.run(1, () => helper(5)), helper(4), v.run(2, () => helper(3)), v.run(3, async () => helper(2))]),
  );
  expect(await run(main(), { host: new VirtualHost() })).toEqual([
    [1, 1],
    [0, 0],
    [2, 2],
    [3, 3],
  ]);
});

test('what plain code outside any task sets holds for the runs that it begins', async () => {
  const v = taskLocal<string>({ default: 'default' });
  const read = coroutine(async () => v.get());
  expect(await run(read())).toBe('default');
  const token = v.set('outside');
  expect(await run(read())).toBe('outside');
  v.reset(token);
  expect(await run(read())).toBe('default');
});

test('a local without a value says what to do; one that holds undefined has a value', () => {
  const v = taskLocal<string | undefined>({ name: 'request' });
  expect(() => v.get()).toThrow(expect.objectContaining({ code: 'COTASK_NO_VALUE' }));
  expect(() => v.get()).toThrow('request has no value');
  expect(v.get('fallback')).toBe('fallback');
  expect(v.get(undefined)).toBe(undefined);
  v.set(undefined);
  expect(v.get('fallback')).toBe(undefined);
  expect(taskLocal<number | undefined>({ default: undefined }).get()).toBe(undefined);
  // @ts-expect-error there is no such option
  expect(() => taskLocal({ defaultValue: 1 })).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
});

test('run() needs a task around it, and a function', async () => {
  const v = local();
  await expect(run(coroutine(async () => v.run(1, 5 as never))())).rejects.toMatchObject({ code: 'COTASK_BAD_OPTION' });
});

test('a spawn costs the same with a hundred locals: what they share is one map', async () => {
  const locals = Array.from({ length: 100 }, () => local());
  const main = coroutine(function* () {
    for (const each of locals) each.set(1);
    const tasks = Array.from({ length: 1_000 }, () => createTask(coroutine(() => sleep(1))()));
    const maps = new Set(tasks.map((task) => task.scope.locals?.values));
    yield* gather(tasks);
    return maps.size;
  });
  expect(await run(main(), { host: new VirtualHost() })).toBe(1);
});
