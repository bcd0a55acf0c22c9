/**
 * The cast: a holder of the only permit, who is the test itself; a and b, who wait for it in this order; at times c, who
 * comes late. The plot: the permit comes back, and around that moment somebody is cancelled, or comes. It must reach
 * exactly one of those who are left, and in the end be there. The numbers are those of the races in tasks/wait-queue.ts.
 */
import { describe, expect, test } from 'vitest';

import { BoundedSemaphore, Semaphore, sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { gears, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import type { Script } from '../testing/stage.ts';

type Plot = (
  scene: { semaphore: Semaphore; log: (...parts: unknown[]) => void; visitor: (name: string) => Task<void> },
  a: Task<void>,
  b: Task<void>,
) => EitherBody<void>;

const scene = (Class: typeof Semaphore, plot: Plot): Script =>
  function* (stage) {
    const semaphore = new Class(1);
    yield* on(semaphore.acquire());
    function* visit(name: string): EitherBody<string> {
      using _permit = yield* on(semaphore.hold());
      stage.log(name, 'enters');
      yield* on(sleep(1));
      return 'leaves';
    }
    const visitor = (name: string): Task<void> =>
      stage.spawn(function* () {
        stage.log(name, yield* told(visit(name)));
      });
    const [a, b] = [visitor('a'), visitor('b')];
    yield* on(sleep(1));
    yield* plot({ log: stage.log, semaphore, visitor }, a, b);
    for (const each of [a, b]) yield* on(each);
    stage.log('free', semaphore.free);
  };

const classes = [
  { name: 'Semaphore', Class: Semaphore },
  { name: 'BoundedSemaphore', Class: BoundedSemaphore },
];

for (const { name, Class } of classes) {
  describe.each(gears)(`a ${name}, in the %s gear`, (gear) => {
    // Race 1
    test('whose first waiter is cancelled before it is served serves the next', async () => {
      const lines = await play(
        gear,
        scene(Class, function* ({ semaphore }, a) {
          a.cancel('x');
          semaphore.release();
        }),
      );
      expect(lines).toEqual(['a C(x)', 'b enters', 'b leaves', 'free 1']);
    });

    // Race 2
    test('whose first waiter is cancelled after it was served gets the permit back from its clean-up', async () => {
      const lines = await play(
        gear,
        scene(Class, function* ({ semaphore }, a) {
          semaphore.release();
          a.cancel('x');
        }),
      );
      expect(lines).toEqual(['a enters', 'a C(x)', 'b enters', 'b leaves', 'free 1']);
    });

    // Race 3
    test('does not give a permit that is on its way to a waiter to one who comes', async () => {
      const lines = await play(
        gear,
        scene(Class, function* ({ semaphore, log }) {
          semaphore.release();
          log('free', semaphore.free, semaphore.locked());
          yield* on(semaphore.acquire());
          log('the newcomer enters');
          semaphore.release();
        }),
      );
      expect(lines).toEqual([
        'free 0 true',
        'a enters',
        'a leaves',
        'b enters',
        'b leaves',
        'the newcomer enters',
        'free 1',
      ]);
    });

    // Races 1 and 2 at once
    test('all of whose waiters are cancelled in the tick of the release has its permit in the end', async () => {
      const lines = await play(
        gear,
        scene(Class, function* ({ semaphore }, a, b) {
          semaphore.release();
          a.cancel('x');
          b.cancel('y');
        }),
      );
      expect(lines).toEqual(['a enters', 'b C(y)', 'a C(x)', 'free 1']);
    });

    // Race 1, and one who comes in the same tick
    test('serves one who comes when all who waited were cancelled', async () => {
      const lines = await play(
        gear,
        scene(Class, function* ({ semaphore, visitor }, a, b) {
          a.cancel('x');
          b.cancel('y');
          const c = visitor('c');
          semaphore.release();
          yield* on(c);
        }),
      );
      expect(lines).toEqual(['a C(x)', 'b C(y)', 'c enters', 'c leaves', 'free 1']);
    });
  });
}
