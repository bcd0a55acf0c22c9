/**
 * The cast: a body that waits for a future, or for a queue, under a deadline of 5; whoever sets the future; whoever
 * cancels the task from outside.
 * The plot: two or three of value, error, deadline and cancel come in one tick, in every order. Whoever comes first
 * wins; a value is never lost, a cancel from outside is never swallowed.
 */
import { describe, expect, test } from 'vitest';

import { Queue, sleep, timeout, waitFor } from '../index.ts';
import type { Awaitable, EventLoop, Future, Task } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { Gear } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

type Under = (gear: Gear, future: Future<string>, begun: () => void) => Awaitable<unknown>;

const ways: readonly { name: string; under: Under }[] = [
  {
    name: 'timeout()',
    under: (gear, future, begun) =>
      timeout(
        5,
        inGear(gear, function* () {
          begun();
          return yield* on(future);
        }),
      ),
  },
  {
    name: 'waitFor()',
    under(_, future, begun) {
      begun();
      return waitFor(future, 5);
    },
  },
];

interface Act {
  loop: EventLoop;
  future: Future<string>;
  task: Task<void>;
}

const acts = {
  value: ({ future }: Act) => void (future.done() || future.setResult('value')),
  error: ({ future }: Act) => void (future.done() || future.setException(new Error('broken'))),
  cancel: ({ task }: Act) => void task.cancel('x'),
};
type ActName = keyof typeof acts;

/** Who comes before the deadline, who after it, all in its tick; then what the task sees, and what at its next wait. */
const cases: readonly { before: readonly ActName[]; after: readonly ActName[]; right: readonly string[] }[] = [
  { before: [], after: ['value'], right: ['TO', 'goes on'] },
  { before: ['value'], after: [], right: ['value', 'goes on'] },
  { before: ['error'], after: [], right: ['broken', 'goes on'] },
  { before: ['cancel'], after: [], right: ['C(x)', 'goes on'] },
  { before: [], after: ['cancel'], right: ['C(x)', 'goes on'] },
  { before: ['cancel'], after: ['value'], right: ['C(x)', 'goes on'] },
  { before: ['value'], after: ['cancel'], right: ['value', 'C(x)'] },
  { before: ['value', 'cancel'], after: [], right: ['value', 'C(x)'] },
  { before: ['error', 'cancel'], after: [], right: ['broken', 'C(x)'] },
  { before: ['cancel', 'value'], after: [], right: ['C(x)', 'goes on'] },
  { before: [], after: ['value', 'cancel'], right: ['C(x)', 'goes on'] },
];

for (const { name, under } of ways) {
  describe.each(gears)(`${name}, in the %s gear`, (gear) => {
    test.each(cases)(
      'with $before before its deadline and $after after it in one tick',
      async ({ before, after, right }) => {
        const lines = await play(gear, function* (stage) {
          const { loop } = stage;
          const future = loop.createFuture<string>();
          const arm = (names: readonly ActName[]): void => {
            for (const each of names) loop.callAt(5, () => acts[each]({ loop, future, task }));
          };
          const task: Task<void> = stage.spawn(function* () {
            arm(before);
            // What comes after is armed when the body runs: the deadline is then.
            stage.log(yield* attempt(under(gear, future, () => loop.callSoon(arm, after))));
            stage.log(yield* attempt(sleep(1, 'goes on')));
            stage.log(yield* attempt(sleep(1, 'goes on')));
          });
          yield* on(task);
        });
        expect(lines).toEqual([...right, 'goes on']);
      },
    );
  });
}

describe.each(gears)('a deadline, in the %s gear', (gear) => {
  test('that passes in the tick in which another around it does: each turns its own cancel, or the outer one alone', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      for (const [outer, inner] of [
        [5, 5],
        [5, 6],
        [6, 5],
      ] as const) {
        const nested = timeout(
          outer,
          inGear(gear, function* () {
            const own = timeout(
              inner,
              inGear(gear, () => on(sleep(100))),
            );
            log('inner', yield* attempt(own));
            return yield* on(sleep(0, 'ended'));
          }),
        );
        loop.callLater(4, () => log('before'));
        log('outer', yield* attempt(nested));
      }
    });
    expect(lines).toEqual([
      ...['before', 'inner C', 'outer TO'],
      ...['before', 'inner C', 'outer TO'],
      ...['before', 'inner TO', 'outer ended'],
    ]);
  });

  test('leaves an item that comes after it in its tick in the queue, and takes one that came before', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const queue = new Queue<string>();
      loop.callAt(5, () => queue.putNowait('before'));
      log(
        yield* attempt(
          timeout(
            5,
            inGear(gear, () => on(queue.get())),
          ),
        ),
        queue.qsize(),
      );
      const late = timeout(
        5,
        inGear(gear, function* () {
          loop.callAt(10, () => queue.putNowait('after'));
          return yield* on(queue.get());
        }),
      );
      log(yield* attempt(late), queue.qsize());
      yield* on(sleep(0));
      log(queue.qsize());
    });
    expect(lines).toEqual(['before 0', 'TO 1', '1']);
  });
});
