/**
 * The cast: a leaf that waits for a future, a middle that waits for the leaf, a root that waits for the middle; whoever
 * sets the future; whoever cancels one of them.
 * The plot: the value, or an error, starts at the leaf and climbs one task a tick; a cancel comes at every moment of that
 * climb, to every one of them. Whoever has a value keeps it, whoever has none is cancelled, and the request is delivered
 * once: at the task it was made of, or further in.
 */
import { describe, expect, test } from 'vitest';

import { sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script } from '../testing/stage.ts';

/** Each tells what came from below, then waits once more and tells that too. */
const chain = (ticks: number, victim: number, end: 'value' | 'error' | 'never'): Script =>
  function* (stage) {
    const future = stage.loop.createFuture<string>();
    const link = (name: string, below: () => EitherBody<string>): Task<string> =>
      stage.spawn(
        function* () {
          try {
            const value = yield* below();
            stage.log(name, value);
            return value;
          } catch (error) {
            stage.log(name, error);
            throw error;
          }
        },
        { name },
      );
    const leaf = link('leaf', () => on(future));
    const middle = link('middle', () => on(leaf));
    const root = link('root', () => on(middle));
    yield* on(sleep(1));
    if (end === 'value') future.setResult('v');
    if (end === 'error') future.setException(new Error('broken'));
    const cancelLater = (left: number): void => {
      if (left === 0) stage.log('cancel', [leaf, middle, root][victim]?.cancel('x'));
      else stage.loop.callSoon(cancelLater, left - 1);
    };
    cancelLater(ticks);
    stage.log('end', yield* attempt(root));
  };

const passes = ['leaf v', 'middle v', 'root v'];

describe.each(gears)('a chain of tasks, in the %s gear', (gear) => {
  test.each([0, 1, 2])(
    'that wait, link %i cancelled: the request travels to the leaf and climbs back',
    async (victim) => {
      const lines = await play(gear, chain(0, victim, 'never'));
      expect(lines).toEqual(['cancel true', 'leaf C(x)', 'middle C(x)', 'root C(x)', 'end C(x)']);
    },
  );

  test.each([0, 1, 2])('whose leaf has its value, link %i cancelled: all keep their values', async (victim) => {
    const lines = await play(gear, chain(0, victim, 'value'));
    expect(lines).toEqual(['cancel true', ...passes, 'end v']);
  });

  test.each([0, 1, 2])(
    'whose value has climbed to the middle, link %i cancelled: all keep their values',
    async (victim) => {
      const lines = await play(gear, chain(1, victim, 'value'));
      expect(lines).toEqual(['leaf v', `cancel ${victim > 0}`, 'middle v', 'root v', 'end v']);
    },
  );

  test.each([0, 1, 2])(
    'whose value has climbed to the root, link %i cancelled: all keep their values',
    async (victim) => {
      const lines = await play(gear, chain(2, victim, 'value'));
      expect(lines).toEqual(['leaf v', 'middle v', `cancel ${victim > 1}`, 'root v', 'end v']);
    },
  );

  test.each([0, 1, 2])('whose leaf has its error, link %i cancelled: the error climbs', async (victim) => {
    const lines = await play(gear, chain(0, victim, 'error'));
    expect(lines).toEqual(['cancel true', 'leaf broken', 'middle broken', 'root broken', 'end broken']);
  });

  test('that is cancelled at its root and at its leaf in one tick is cancelled once', async () => {
    const lines = await play(gear, function* (stage) {
      const leaf = stage.spawn(function* () {
        stage.log('leaf', yield* attempt(sleep(100)));
        yield* on(sleep(1));
        return 'cleaned up';
      });
      const root = stage.spawn(() => on(leaf));
      yield* on(sleep(1));
      leaf.cancel('inside');
      root.cancel('outside');
      stage.log(yield* attempt(root), leaf.cancelling(), root.cancelling());
    });
    expect(lines).toEqual(['leaf C(inside)', 'cleaned up 2 1']);
  });

  test('whose leaf ends in the tick in which it is cancelled twice ends once', async () => {
    const lines = await play(gear, function* (stage) {
      const leaf = stage.spawn(() => on(sleep(5, 'value')));
      yield* on(sleep(0));
      stage.loop.callAt(5, () => stage.log(leaf.cancel('late'), leaf.cancel('later')));
      stage.log(yield* attempt(leaf), leaf.cancel('too late'));
    });
    expect(lines).toEqual(['true true', 'value false']);
  });
});
