/**
 * The cast: tasks at the end of their groups; children that wait for such a task, their own parent or another's.
 * The plot: nobody can end by itself, and a task at the end of its group swallows what comes through its children. A
 * cancel ends the circle all the same, and a deadline around it passes.
 */
import { describe, expect, test } from 'vitest';

import { createTask, taskGroup, timeout, sleep } from '../index.ts';
import type { Task, TaskGroup } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
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
