/**
 * The cast: a task that waits for a gather of a and b; whoever sets them; whoever cancels the task.
 * The plot: the last value, or the first error, and the cancel come in one tick, or one after the other while a child
 * cleans up. The task sees one end and each cancel once; no child is left.
 */
import { describe, expect, test } from 'vitest';

import { gather, sleep } from '../index.ts';
import type { Future, Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script } from '../testing/stage.ts';

interface Scene {
  a: Future<string>;
  b: Future<string>;
  task: Task<void>;
  soon(call: () => void): void;
}

const scene = (plot: (scene: Scene) => void): Script =>
  function* (stage) {
    const [a, b] = [stage.loop.createFuture<string>('a'), stage.loop.createFuture<string>('b')];
    const task = stage.spawn(function* () {
      stage.log(yield* attempt(gather(a, b)));
      stage.log(yield* attempt(sleep(1, 'goes on')), a.cancelled(), b.cancelled());
    });
    yield* on(sleep(1));
    plot({ a, b, task, soon: (call) => void stage.loop.callSoon(call) });
    yield* on(task);
  };

describe.each(gears)('a gather, in the %s gear', (gear) => {
  test('whose last child is done before the cancel gives its values first, also when it has not seen that yet', async () => {
    for (const ticks of [0, 1]) {
      const lines = await play(
        gear,
        scene(({ a, b, task, soon }) => {
          a.setResult('A');
          b.setResult('B');
          if (ticks === 0) task.cancel('x');
          else soon(() => task.cancel('x'));
        }),
      );
      expect(lines).toEqual(['[A, B]', 'C(x) false false']);
    }
  });

  test('one of whose children is done when the cancel comes cancels the other', async () => {
    const lines = await play(
      gear,
      scene(({ a, task }) => {
        a.setResult('A');
        task.cancel('x');
      }),
    );
    expect(lines).toEqual(['C(x)', 'goes on false true']);
  });

  test('whose child fails before the cancel gives the error first', async () => {
    const lines = await play(
      gear,
      scene(({ a, b, task, soon }) => {
        a.setException(new Error('broken'));
        soon(() => {
          task.cancel('x');
          b.setResult('B');
        });
      }),
    );
    expect(lines).toEqual(['broken', 'C(x) false false']);
  });

  test('whose child fails after the cancel is cancelled, and the error is no news', async () => {
    const lines = await play(gear, function* (stage) {
      const stubborn = stage.coroutineOf(function* () {
        yield* attempt(sleep(100));
        throw new Error('broken');
      });
      const task = stage.spawn(() => on(gather(stubborn(), sleep(100))));
      yield* on(sleep(1));
      task.cancel('x');
      stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)']);
  });

  test('that is cancelled again while its children clean up hits their clean-up, and the task sees one cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const child = stage.coroutineOf(function* (name: string) {
        stage.log(name, yield* attempt(sleep(100)));
        stage.log(name, yield* attempt(sleep(10, 'cleaned up')));
      });
      const task = stage.spawn(function* () {
        stage.log(yield* attempt(gather(child('a'), child('b'))));
        stage.log(yield* attempt(sleep(1, 'goes on')));
      });
      yield* on(sleep(1));
      task.cancel('first');
      yield* on(sleep(1));
      task.cancel('second');
      yield* on(task);
    });
    expect(lines).toEqual(['a C(first)', 'b C(first)', 'a C(second)', 'b C(second)', 'C(first)', 'goes on']);
  });

  test('whose children are all cancelled by somebody else in one tick fails with the first of these, and is not cancelled', async () => {
    const lines = await play(
      gear,
      scene(({ a, b, task }) => {
        b.cancel('of b');
        a.cancel('of a');
        expect(task.cancelling()).toBe(0);
      }),
    );
    expect(lines).toEqual(['C(of b)', 'goes on true true']);
  });
});
