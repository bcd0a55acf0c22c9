/**
 * The cast: a and b, who wait under the condition's lock in this order; the notifier, who is the test itself.
 * The plot: somebody is notified and cancelled in one tick, or while the lock is not free yet. A notification must not be
 * lost while somebody waits for it, everybody who leaves `wait()` holds the lock, and in the end it is free.
 */
import { describe, expect, test } from 'vitest';

import { Condition, sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script, Stage } from '../testing/stage.ts';

/** Waits, tells what came and whether it has the lock, then waits for something else. */
const waiter = (stage: Stage, condition: Condition, name: string): Task<void> =>
  stage.spawn(function* () {
    using _guard = yield* on(condition.hold());
    stage.log(name, yield* attempt(condition.wait()), condition.locked());
    stage.log(name, yield* attempt(sleep(1, 'goes on')));
  });

const scene = (plot: (condition: Condition, a: Task<void>, b: Task<void>, stage: Stage) => EitherBody<void>): Script =>
  function* (stage) {
    const condition = new Condition();
    const [a, b] = [waiter(stage, condition, 'a'), waiter(stage, condition, 'b')];
    yield* on(sleep(1));
    yield* plot(condition, a, b, stage);
    for (const each of [a, b]) yield* on(each);
    stage.log('locked', condition.locked());
  };

/** Tells those who are left, so that the scene can end. */
function* notifyAll(condition: Condition): EitherBody<void> {
  using _guard = yield* on(condition.hold());
  condition.notifyAll();
}

describe.each(gears)('a condition, in the %s gear', (gear) => {
  test('whose first waiter is cancelled before the notification notifies the next', async () => {
    const lines = await play(
      gear,
      scene(function* (condition, a) {
        yield* on(condition.acquire());
        a.cancel('x');
        condition.notify();
        condition.release();
      }),
    );
    expect(lines).toEqual(['a C(x) true', 'a goes on', 'b true true', 'b goes on', 'locked false']);
  });

  test('hands a notification over: a waiter that is cancelled in the same tick has had it', async () => {
    const lines = await play(
      gear,
      scene(function* (condition, a) {
        yield* on(condition.acquire());
        condition.notify();
        condition.release();
        a.cancel('x');
        yield* on(sleep(5));
        yield* notifyAll(condition);
      }),
    );
    expect(lines).toEqual(['a true true', 'a C(x)', 'b true true', 'b goes on', 'locked false']);
  });

  test('passes a notification on when the notified waiter is cancelled while it waits for the lock', async () => {
    const lines = await play(
      gear,
      scene(function* (condition, a, _, stage) {
        yield* on(condition.acquire());
        condition.notify();
        yield* on(sleep(1));
        a.cancel('x');
        stage.log('released');
        condition.release();
      }),
    );
    expect(lines).toEqual(['released', 'a C(x) true', 'a goes on', 'b true true', 'b goes on', 'locked false']);
  });

  test('gives a waiter that is cancelled twice, the second time while it waits for the lock, the lock and one error', async () => {
    const lines = await play(
      gear,
      scene(function* (condition, a, b, stage) {
        yield* on(condition.acquire());
        a.cancel('first');
        yield* on(sleep(1));
        a.cancel('second');
        yield* on(sleep(1));
        condition.release();
        yield* on(sleep(5));
        // Nobody was notified yet: what a had not, it cannot pass on.
        stage.log('b', b.state);
        yield* notifyAll(condition);
      }),
    );
    expect(lines.at(0)).toMatch(/^a C\((first|second)\) true$/);
    expect(lines.slice(1)).toEqual(['a goes on', 'b waiting', 'b true true', 'b goes on', 'locked false']);
  });

  test('all of whose waiters are cancelled in the tick of the notification leaves a free lock', async () => {
    const lines = await play(
      gear,
      scene(function* (condition, a, b) {
        yield* on(condition.acquire());
        condition.notifyAll();
        condition.release();
        a.cancel('x');
        b.cancel('y');
      }),
    );
    // b waits for the lock, which a has: there its cancel comes, and b has the lock all the same.
    expect(lines).toEqual(['a true true', 'a C(x)', 'b C(y) true', 'b goes on', 'locked false']);
  });
});
