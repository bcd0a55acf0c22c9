/**
 * The cast: a parent with a group; a child that fails, a child that waits; somebody who cancels the parent from outside.
 * The plot: the failure, the cancel and the end of the body come in one tick, in every order. No error is lost, every
 * child has ended when the group has, and a cancel from outside comes out, or is due after the group's error.
 */
import { describe, expect, test } from 'vitest';

import { sleep, taskGroup } from '../index.ts';
import type { Task, TaskGroup } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Script, Stage } from '../testing/stage.ts';

interface Scene {
  stage: Stage;
  parent: Task<void>;
  /** The child that fails does so now. */
  fail(): void;
  /** The body's wait ends now. */
  release(): void;
}

/** A group of a child that fails when it is told to and one that waits, around a body that waits. */
const scene = (plot: (scene: Scene) => void): Script =>
  function* (stage) {
    const { log, loop } = stage;
    const [fails, ends] = [loop.createFuture<void>(), loop.createFuture<string>()];
    function* body(group: TaskGroup): EitherBody<string> {
      const child = (write: () => EitherBody<unknown>, name: string) =>
        group.createTask(stage.coroutineOf(write)(), { name });
      void child(function* () {
        yield* on(fails);
        throw new Error('broken');
      }, 'fails');
      void child(function* () {
        log('sibling', yield* attempt(sleep(3, 'ended')));
      }, 'sibling');
      return yield* on(ends);
    }
    const parent: Task<void> = stage.spawn(function* () {
      log('group', yield* attempt(taskGroup(inGear(stage.gear, body))), me().cancelling());
      log('parent', yield* attempt(sleep(1, 'goes on')));
    });
    yield* on(sleep(1));
    const release = (): void => void (ends.done() || ends.setResult('value'));
    plot({ stage, parent, release, fail: () => fails.setResult() });
    yield* on(parent);
    fails.cancel();
  };

describe.each(gears)('a group, in the %s gear', (gear) => {
  test('whose child fails in the tick in which its body ends fails, and the sibling is cancelled', async () => {
    for (const order of ['fail first', 'end first']) {
      const lines = await play(
        gear,
        scene(({ fail, release }) => {
          if (order === 'end first') release();
          fail();
          release();
        }),
      );
      expect(lines).toEqual(['sibling C', 'group G[broken] 0', 'parent goes on']);
    }
  });

  test('whose child fails in the tick in which the parent is cancelled fails, and the cancel is due after it', async () => {
    for (const order of ['fail first', 'cancel first']) {
      const lines = await play(
        gear,
        scene(({ fail, parent }) => {
          if (order === 'cancel first') parent.cancel('x');
          fail();
          if (order === 'fail first') parent.cancel('x');
        }),
      );
      expect(lines).toEqual(['sibling C', 'group G[broken] 1', 'parent C(x)']);
    }
  });

  test('whose parent is cancelled in the tick in which the body ends is cancelled while it waits for its tasks', async () => {
    const lines = await play(
      gear,
      scene(({ release, parent }) => {
        release();
        parent.cancel('x');
      }),
    );
    // The body has its value first; then the group waits for its tasks, and there the cancel comes.
    expect(lines).toEqual(['sibling C', 'group C(x) 1', 'parent goes on']);
  });

  test('that waits for its tasks lets a failure out that comes in the tick of the cancel', async () => {
    const lines = await play(
      gear,
      scene(({ release, parent, fail, stage }) => {
        release();
        stage.loop.callLater(1, () => {
          parent.cancel('x');
          fail();
        });
      }),
    );
    expect(lines).toEqual(['sibling C', 'group G[broken] 1', 'parent C(x)']);
  });

  test('two of whose children fail in one tick has both errors, in their order', async () => {
    const lines = await play(gear, function* (stage) {
      const fail = stage.coroutineOf(function* (name: string) {
        yield* on(sleep(1));
        throw new Error(name);
      });
      const whole = taskGroup(
        inGear(gear, function* (group) {
          for (const name of ['a', 'b', 'c']) group.createTask(fail(name));
          yield* on(sleep(100));
        }),
      );
      stage.log(yield* attempt(whole), me().cancelling());
    });
    expect(lines).toEqual(['G[a, b, c] 0']);
  });

  test('cancels a child, too, that was made in the very step in which another failed', async () => {
    const lines = await play(gear, function* (stage) {
      const late = stage.coroutineOf(function* () {
        stage.log('late', yield* attempt(sleep(5)), stage.loop.time());
      });
      const whole = taskGroup(
        inGear(gear, function* (group) {
          void group.createTask(
            stage.coroutineOf(function* () {
              yield* on(sleep(1));
              void group.createTask(late());
              throw new Error('broken');
            })(),
          );
          yield* on(sleep(100));
        }),
      );
      stage.log(yield* attempt(whole));
    });
    expect(lines).toEqual(['late C 1', 'G[broken]']);
  });
});
