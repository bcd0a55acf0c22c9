/**
 * The cast: tasks at the end of their groups; children that wait for such a task, their own parent or another's.
 * The plot: nobody can end by itself, and a task at the end of its group swallows what comes through its children. A
 * cancel ends the circle all the same, and a deadline around it passes.
 */
import { describe, expect, test } from 'vitest';

import { any, createTask, forEach, gather, map, race, taskGroup, timeout, sleep } from '../index.ts';
import type { Awaitable, Task, TaskGroup } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

/** A task whose group has one child, which waits for what `other` gives. */
function withChild(stage: Stage, name: string, other: () => Task<unknown> | null): Task<unknown> {
  const child = stage.coroutineOf(function* () {
    yield* on(sleep(0));
    const joined = other();
    if (joined !== null) stage.log(`${name}'s child:`, yield* attempt(joined));
  });
  const body = inGear(stage.gear, function* (group: TaskGroup) {
    yield* on(sleep(0));
    group.createTask(child(), { name: `${name}'s child` });
  });
  return createTask(taskGroup(body), { name });
}

describe.each(gears)('a circle through the end of a group, in the %s gear', (gear) => {
  test('of a child that waits for its parent ends with a cancel', async () => {
    const lines = await play(gear, function* (stage) {
      const parent: Task<unknown> = withChild(stage, 'a', () => parent);
      yield* on(sleep(1));
      parent.cancel('x');
      stage.log(yield* attempt(parent), stage.loop.time());
    });
    expect(lines).toEqual(["a's child: C", 'C(x) 1']);
  });

  test('of two parents and their children ends with a cancel of one', async () => {
    const lines = await play(gear, function* (stage) {
      let b: Task<unknown> | null = null;
      const a: Task<unknown> = withChild(stage, 'a', () => b);
      b = withChild(stage, 'b', () => a);
      yield* on(sleep(1));
      a.cancel('x');
      stage.log(yield* attempt(a), yield* attempt(b), stage.loop.time());
    });
    expect(lines.at(-1)).toMatch(/^C\(x\) .* 1$/);
    expect(lines.slice(0, -1).toSorted()).toEqual([
      expect.stringMatching("a's child: "),
      expect.stringMatching("b's child: "),
    ]);
  });

  test('lets the deadline around it pass', async () => {
    const lines = await play(gear, function* (stage) {
      const parent: Task<unknown> = withChild(stage, 'a', () => parent);
      stage.log(
        yield* attempt(
          timeout(
            5,
            inGear(gear, () => on(parent)),
          ),
        ),
        stage.loop.time(),
      );
    });
    expect(lines).toEqual(["a's child: C", 'TO 5']);
  });
});

/** What waits for several at once, in a task that one of them waits for. */
const several: Record<string, (child: Task<unknown>, other: Awaitable<unknown>) => Awaitable<unknown>> = {
  race: (child, other) => race(child, other),
  any: (child, other) => any(child, other),
  gather: (child, other) => gather([child, other]),
  'gather in a gather': (child, other) => gather([gather([child]), other]),
};

describe.each(gears)('a circle through a task that waits for several, in the %s gear', (gear) => {
  /** The owner waits for a child, which waits for the owner, and for another one of 5 ms. */
  function cast(stage: Stage, kind: string): { owner: Task<unknown>; child: Task<unknown> } {
    const child = stage.spawn(
      function* (): EitherBody<void> {
        yield* on(sleep(0));
        try {
          stage.log('child:', yield* attempt(owner));
        } finally {
          yield* on(sleep(2));
        }
      },
      { name: 'child' },
    );
    const other = stage.spawn(() => attempt(sleep(5, 'other')));
    const owner: Task<unknown> = stage.spawn(
      function* () {
        const come = yield* attempt(several[kind]?.(child, other) ?? sleep(0));
        stage.log('owner:', come, child.done(), other.done(), me().cancelling(), stage.loop.time());
      },
      { name: 'owner' },
    );
    return { owner, child };
  }

  test.each(['race', 'any'])('%s: the loser waits no more, and the winner counts', async (kind) => {
    const lines = await play(gear, function* (stage) {
      const { owner } = cast(stage, kind);
      yield* on(owner);
    });
    expect(lines).toEqual(['child: C(another one was first)', 'owner: other true true 0 7']);
  });

  test.each(Object.keys(several))('%s: a cancel of the owner ends all of them', async (kind) => {
    const lines = await play(gear, function* (stage) {
      const { owner } = cast(stage, kind);
      yield* on(sleep(1));
      owner.cancel('x');
      yield* on(owner);
    });
    expect(lines).toEqual(['child: C(x)', 'owner: C(x) true true 1 3']);
  });

  test.each(Object.keys(several))('%s: so does a cancel of the child', async (kind) => {
    const lines = await play(gear, function* (stage) {
      const { owner, child } = cast(stage, kind);
      yield* on(sleep(1));
      child.cancel('y');
      yield* on(owner);
    });
    expect(lines).toEqual(['child: C(y)', 'owner: C(y) true true 1 3']);
  });

  test.each(['map', 'forEach'])('%s: an item ends with a cancel of the task that waits for it', async (kind) => {
    const lines = await play(gear, function* (stage) {
      const item = stage.coroutineOf(function* (name: string): EitherBody<void> {
        yield* on(sleep(0));
        stage.log(name, yield* attempt(name === 'waits' ? owner : sleep(5)));
      });
      const owner: Task<unknown> = stage.spawn(function* () {
        const names = ['waits', 'sleeps'];
        const options = { concurrency: 2 };
        const work = kind === 'map' ? map(names, item, options) : forEach(names, item, options);
        stage.log('owner:', yield* attempt(work), stage.loop.time());
      });
      yield* on(sleep(1));
      owner.cancel('x');
      yield* on(owner);
    });
    expect(lines).toEqual(['waits C(x)', 'sleeps C(x)', 'owner: C(x) 1']);
  });

  test.each(['fails', 'is cancelled'])(
    'forEach: an item that waits for the task around ends when another one %s',
    async (how) => {
      const lines = await play(gear, function* (stage) {
        const item = stage.coroutineOf(function* (name: string): EitherBody<void> {
          yield* on(sleep(1));
          if (name === 'waits') stage.log(name, yield* attempt(owner));
          else if (how === 'fails') throw new Error('broken');
          else me().cancel('z');
          yield* on(sleep(0));
        });
        const owner: Task<unknown> = stage.spawn(function* () {
          const work = forEach(['waits', 'other'], item, { concurrency: 2 });
          stage.log('owner:', yield* attempt(work), me().cancelling(), stage.loop.time());
        });
        yield* on(owner);
      });
      expect(lines).toEqual(['waits C', how === 'fails' ? 'owner: broken 0 1' : 'owner: C(z) 0 1']);
    },
  );
});
