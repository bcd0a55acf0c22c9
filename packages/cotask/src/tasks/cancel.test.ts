/** How a request to cancel travels where it has far to go, and what foreign code hears of it. */
import { describe, expect, test } from 'vitest';

import { allTasks, coroutine, createTask, gather, run, sleep, timeout } from '../index.ts';
import type { Task } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import { show } from '../testing/transcript.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

describe.each(gears)('a cancel, in the %s gear', (gear) => {
  test('reaches the end of a chain of thousands of tasks, and climbs back', async () => {
    const lines = await play(gear, function* (stage) {
      const link = (below: Task<string>): Task<string> => stage.spawn(() => on(below));
      let root = stage.spawn(() => attempt(sleep(1e6)));
      const tasks = [root];
      for (let i = 0; i < 3_000; i++) tasks.push((root = link(root)));
      yield* on(sleep(1));
      root.cancel('x');
      stage.log(yield* on(root));
      stage.log(tasks.every((task) => task.done() && task.cancelling() === 1));
    });
    expect(lines).toEqual(['C(x)', 'true']);
  });

  test('of one in a great circle of tasks that wait for each other cancels all of them, each once', async () => {
    const lines = await play(gear, function* (stage) {
      const ring: Task<unknown>[] = [];
      const link = (index: number): Task<unknown> =>
        stage.spawn(function* () {
          yield* on(sleep(1));
          yield* on(ring[(index + 1) % 2_000] ?? sleep(0));
        });
      for (let i = 0; i < 2_000; i++) ring.push(link(i));
      yield* on(sleep(2));
      ring[7]?.cancel('x');
      yield* on(sleep(1));
      stage.log(
        ring.every((task) => task.cancelled()),
        ring.every((task) => task.cancelling() === 1),
      );
    });
    expect(lines).toEqual(['true true']);
  });

  test('that is swallowed again and again leaves few requests behind, and the last one counts', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        for (let i = 0; i < 5_000; i++) yield* attempt(sleep(1e6));
        yield* on(sleep(1e6));
      });
      for (let i = 0; i <= 5_000; i++) {
        yield* on(sleep(1));
        task.cancel(`${i}`);
      }
      let kept = 0;
      for (let request = task.scope.last; request !== null; request = request.earlier) kept += 1;
      stage.log(yield* attempt(task), task.cancelling(), kept < 100);
    });
    expect(lines).toEqual(['C(5000) 5001 true']);
  });

  test('that is asked for thousands of times before the next wait is delivered once, in the words of the last', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        for (let i = 0; i < 3_000; i++) me().cancel(`${i}`);
        stage.log(yield* attempt(sleep(1)), yield* attempt(sleep(1)), me().cancelling());
      });
      yield* on(task);
    });
    expect(lines).toEqual(['C(2999) undefined 3000']);
  });

  test('goes to all of thousands of children of a gather', async () => {
    const lines = await play(gear, function* (stage) {
      const child = stage.coroutineOf(() => on(sleep(1e6)));
      const children = Array.from({ length: 3_000 }, () => createTask(child()));
      const parent = stage.spawn(() => on(gather(children)));
      yield* on(sleep(1));
      parent.cancel('x');
      stage.log(
        yield* attempt(parent),
        children.every((task) => task.cancelled()),
      );
    });
    expect(lines).toEqual(['C(x) true']);
  });
});

describe.each(gears)("a task's signal, in the %s gear", (gear) => {
  test('is that of the innermost scope: a deadline aborts it, and not the one around', async () => {
    const lines = await play(gear, function* ({ log }) {
      const outer = me().signal;
      const body = inGear(gear, function* () {
        const inner = me().signal;
        log(inner === outer, inner === me().signal);
        yield* attempt(sleep(100));
        log(inner.aborted, outer.aborted);
      });
      log(yield* attempt(timeout(5, body)), me().signal === outer, outer.aborted);
    });
    expect(lines).toEqual(['false true', 'true false', 'TO true false']);
  });

  test('that is asked for while a cancel is due is aborted already, with its error as the reason', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        me().cancel('x');
        const { signal } = me();
        stage.log(signal.aborted, signal.reason);
        stage.log(yield* attempt(sleep(1)));
        stage.log(me().signal.aborted);
      });
      yield* on(task);
    });
    expect(lines).toEqual(['true C(x)', 'C(x)', 'false']);
  });

  test('is aborted by a cancel of the task, wherever it was asked for', async () => {
    const lines = await play(gear, function* (stage) {
      const signals: AbortSignal[] = [];
      const task = stage.spawn(function* () {
        signals.push(me().signal);
        const body = inGear(gear, function* () {
          signals.push(me().signal);
          yield* on(sleep(100));
        });
        yield* on(timeout(50, body));
      });
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(
        signals.map((signal) => show(signal.reason)),
        yield* attempt(task),
      );
    });
    expect(lines).toEqual(['[C(x), C(x)] C(x)']);
  });
});

test('a helper that a task leaves behind in a scope of its own keeps its deadline, and is gone when that has passed', async () => {
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const leaving = coroutine(async () => {
      void (async () => {
        try {
          await timeout(10, async () => sleep(100));
        } catch (error) {
          seen.push(show(error));
        }
      })();
      await sleep(1);
    });
    await createTask(leaving());
    await sleep(1);
    seen.push(allTasks().length > 1);
    await sleep(20);
    seen.push(allTasks().length);
  });
  await run(main(), { host: new VirtualHost() });
  expect(seen).toEqual([true, 'TO', 1]);
});

test('a helper that a task leaves behind in a scope of its own is cancelled with the run', async () => {
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const leaving = coroutine(async () => {
      void (async () => {
        seen.push(await timeout(1_000, async () => sleep(500)).then(show, show));
      })();
      await sleep(1);
    });
    await createTask(leaving());
  });
  const host = new VirtualHost();
  await run(main(), { host });
  expect([seen, host.now()]).toEqual([['C'], 1]);
});
