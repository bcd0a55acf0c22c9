/**
 * The cast: a holder, who is the test itself; a and b, who wait for the lock in this order; at times c, who comes late.
 * The plot: the holder releases, and around that moment somebody is cancelled, or comes. The lock must reach exactly one
 * of those who are left, and in the end be free. The numbers are those of the races in tasks/wait-queue.ts.
 */
import { describe, expect, test } from 'vitest';

import { Lock, sleep } from '../index.ts';
import { gears, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script, Stage } from '../testing/stage.ts';

interface Scene extends Pick<Stage, 'log'> {
  lock: Lock;
  /** Somebody who enters, waits inside, leaves, and tells each. */
  visitor(name: string): ReturnType<Stage['spawn']>;
}

/** The holder holds; a and b wait. */
const scene = (
  plot: (scene: Scene, a: ReturnType<Stage['spawn']>, b: ReturnType<Stage['spawn']>) => EitherBody<void>,
): Script =>
  function* (stage) {
    const lock = new Lock();
    yield* on(lock.acquire());
    function* visit(name: string): EitherBody<string> {
      using _guard = yield* on(lock.hold());
      stage.log(name, 'enters');
      yield* on(sleep(1));
      return 'leaves';
    }
    const visitor: Scene['visitor'] = (name) =>
      stage.spawn(function* () {
        stage.log(name, yield* told(visit(name)));
      });
    const [a, b] = [visitor('a'), visitor('b')];
    yield* on(sleep(1));
    yield* plot({ log: stage.log, lock, visitor }, a, b);
    for (const each of [a, b]) yield* on(each);
    stage.log('locked', lock.locked());
  };

describe.each(gears)('a lock, in the %s gear', (gear) => {
  // Race 1
  test('whose first waiter is cancelled before it is served goes to the next', async () => {
    const lines = await play(
      gear,
      scene(function* ({ lock }, a) {
        a.cancel('x');
        lock.release();
      }),
    );
    expect(lines).toEqual(['a C(x)', 'b enters', 'b leaves', 'locked false']);
  });

  // Race 2
  test('whose first waiter is cancelled after it was served is its, until it gives it back in its clean-up', async () => {
    const lines = await play(
      gear,
      scene(function* ({ lock }, a) {
        lock.release();
        a.cancel('x');
      }),
    );
    expect(lines).toEqual(['a enters', 'a C(x)', 'b enters', 'b leaves', 'locked false']);
  });

  // Race 3
  test('that was given to a waiter which has not run is not taken by one who comes', async () => {
    const lines = await play(
      gear,
      scene(function* ({ lock, log }) {
        lock.release();
        log('locked', lock.locked());
        yield* on(lock.acquire());
        log('the newcomer enters');
        lock.release();
      }),
    );
    expect(lines).toEqual([
      'locked true',
      'a enters',
      'a leaves',
      'b enters',
      'b leaves',
      'the newcomer enters',
      'locked false',
    ]);
  });

  // Races 1 and 2 at once
  test('all of whose waiters are cancelled in the tick of the release is free in the end', async () => {
    const lines = await play(
      gear,
      scene(function* ({ lock }, a, b) {
        lock.release();
        a.cancel('x');
        b.cancel('y');
      }),
    );
    expect(lines).toEqual(['a enters', 'b C(y)', 'a C(x)', 'locked false']);
  });

  // Race 1, and one who comes in the same tick
  test('goes to one who comes when all who waited were cancelled', async () => {
    const lines = await play(
      gear,
      scene(function* ({ lock, visitor }, a, b) {
        a.cancel('x');
        b.cancel('y');
        const c = visitor('c');
        lock.release();
        yield* on(c);
      }),
    );
    expect(lines).toEqual(['a C(x)', 'b C(y)', 'c enters', 'c leaves', 'locked false']);
  });

  // Race 2, twice in a row
  test('passes on through waiters that are each cancelled as they are served', async () => {
    const lines = await play(
      gear,
      scene(function* ({ lock, visitor }, a, b) {
        const c = visitor('c');
        yield* on(sleep(1));
        lock.release();
        a.cancel('x');
        b.cancel('y');
        yield* on(c);
      }),
    );
    expect(lines).toEqual(['a enters', 'b C(y)', 'a C(x)', 'c enters', 'c leaves', 'locked false']);
  });
});
