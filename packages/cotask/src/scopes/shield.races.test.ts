/**
 * The cast: a task that waits for a shield around an inner future; whoever sets that; whoever cancels the task.
 * The plot: the value and the cancel come in one tick, and on either side of the iteration that a shield costs. The
 * inner future is never cancelled; a value that has arrived at the shield wins.
 */
import { describe, expect, test } from 'vitest';

import { shield, sleep } from '../index.ts';
import type { Future, Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script } from '../testing/stage.ts';

const scene = (plot: (inner: Future<string>, task: Task<void>, soon: (call: () => void) => void) => void): Script =>
  function* (stage) {
    const inner = stage.loop.createFuture<string>();
    const task = stage.spawn(function* () {
      stage.log(yield* attempt(shield(inner)));
      stage.log(yield* attempt(sleep(1, 'goes on')));
    });
    yield* on(sleep(1));
    plot(inner, task, (call) => void stage.loop.callSoon(call));
    yield* on(task);
    stage.log('inner', yield* attempt(inner));
  };

describe.each(gears)('a shield, in the %s gear', (gear) => {
  test('is cancelled by a cancel that comes before the value', async () => {
    const lines = await play(
      gear,
      scene((inner, task) => {
        task.cancel('x');
        inner.setResult('value');
      }),
    );
    expect(lines).toEqual(['C(x)', 'goes on', 'inner value']);
  });

  test('is cancelled by a cancel that comes while the value is on its way to it', async () => {
    const lines = await play(
      gear,
      scene((inner, task) => {
        inner.setResult('value');
        task.cancel('x');
      }),
    );
    expect(lines).toEqual(['C(x)', 'goes on', 'inner value']);
  });

  test('that has the value gives it, and the cancel comes at the next wait', async () => {
    const lines = await play(
      gear,
      scene((inner, task, soon) => {
        inner.setResult('value');
        soon(() => task.cancel('x'));
      }),
    );
    expect(lines).toEqual(['value', 'C(x)', 'inner value']);
  });
});
