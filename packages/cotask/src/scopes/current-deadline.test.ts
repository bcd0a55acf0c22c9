import { describe, expect, test } from 'vitest';

import {
  asCompleted,
  createTask,
  currentDeadline,
  gather,
  shield,
  shielded,
  sleep,
  taskGroup,
  timeout,
  timeoutAt,
  wait,
} from '../index.ts';
import type { TaskGroup, TimeoutScope } from '../index.ts';
import { gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

test('there is no deadline outside any task', () => {
  expect(currentDeadline()).toBe(Infinity);
});

describe.each(gears)('currentDeadline(), in the %s gear', (gear) => {
  const within = <T>(ms: number | null, body: (scope: TimeoutScope) => EitherBody<T>) =>
    on(timeout(ms, inGear(gear, body)));

  test('is the nearest of the timeouts around, wherever they were moved', async () => {
    const lines = await play(gear, function* ({ log }) {
      log(currentDeadline());
      yield* within(50, function* (outer) {
        log(currentDeadline());
        yield* on(sleep(10));
        yield* within(100, function* () {
          log(currentDeadline());
        });
        yield* within(20, function* (inner) {
          log(currentDeadline());
          inner.reschedule(null);
          log(currentDeadline());
        });
        yield* on(
          timeoutAt(
            45,
            inGear(gear, function* () {
              log(currentDeadline());
            }),
          ),
        );
        outer.reschedule(1_000);
        log(currentDeadline());
      });
      yield* within(null, function* () {
        log(currentDeadline());
      });
    });
    expect(lines).toEqual(['Infinity', '50', '50', '30', '50', '45', '1000', 'Infinity']);
  });

  test('is inherited by the tasks of a group, also while its body does something else', async () => {
    const lines = await play(gear, function* (stage) {
      const child = stage.coroutineOf(function* () {
        stage.log(currentDeadline());
        yield* within(5, function* () {
          stage.log(currentDeadline());
        });
      });
      const group = function* (inner: TaskGroup): EitherBody<void> {
        void inner.createTask(child());
        yield* on(sleep(1));
      };
      yield* within(50, () => on(taskGroup(inGear(gear, group))));
    });
    expect(lines).toEqual(['50', '5']);
  });

  test('is that of who waits for the task, directly or for a gather', async () => {
    const lines = await play(gear, function* (stage) {
      const show = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        stage.log(currentDeadline());
      });
      const through = stage.coroutineOf(() => on(createTask(show())));
      yield* within(50, () => on(createTask(show())));
      yield* within(50, () => on(gather(through(), show())));
    });
    expect(lines).toEqual(['50', '51', '51']);
  });

  test('is not that of who only looks on, or waits behind a shield, or has a shielded scope between', async () => {
    const lines = await play(gear, function* (stage) {
      const show = stage.coroutineOf(function* () {
        yield* on(sleep(1));
        stage.log(currentDeadline());
      });
      yield* within(50, () => on(wait([createTask(show())])));
      yield* within(50, () => on(shield(show())));
      yield* within(50, function* () {
        for (const next of asCompleted([show()])) yield* on(next);
      });
      const safe = inGear(gear, function* () {
        stage.log(currentDeadline());
        yield* within(7, function* () {
          stage.log(currentDeadline() - stage.loop.time());
        });
      });
      yield* within(50, () => on(shielded(safe)));
    });
    expect(lines).toEqual(['Infinity', 'Infinity', 'Infinity', 'Infinity', '7']);
  });

  test('has passed in the clean-up after it', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const body = function* (): EitherBody<void> {
        try {
          yield* on(sleep(100));
        } finally {
          yield* on(sleep(2));
          log(currentDeadline() - loop.time());
        }
      };
      try {
        yield* within(5, body);
      } catch (error) {
        log(error);
      }
    });
    expect(lines).toEqual(['-2', 'TO']);
  });
});
