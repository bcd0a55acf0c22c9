/** `group.cancel()`: the cast of asyncio's programs 740, 741 and 745, and what may come at the same time. */
import { describe, expect, test } from 'vitest';

import { sleep, taskGroup, timeout } from '../index.ts';
import type { TaskGroup } from '../index.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';

describe.each(gears)('group.cancel(), in the %s gear', (gear) => {
  const grouped = <T>(body: (group: TaskGroup) => EitherBody<T>) => on(taskGroup(inGear(gear, body)));

  /** Waits long, and cleans up for a while. */
  const patient = (stage: Stage, cleanUpMs: number) =>
    stage.coroutineOf(function* () {
      try {
        yield* on(sleep(100));
      } finally {
        if (cleanUpMs > 0) yield* on(sleep(cleanUpMs));
        stage.log('cleaned up', stage.loop.time());
      }
    })();

  test('ends the body and the tasks, and the group without an error; again it does nothing', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      let kept: TaskGroup | undefined;
      const result = yield* grouped(function* (group) {
        kept = group;
        void group.createTask(patient(stage, 2));
        yield* on(sleep(1));
        group.cancel();
        group.cancel();
        log('goes on to its next wait');
        yield* on(sleep(5));
        log('not reached');
        return 'value';
      });
      log(result, loop.time(), me().cancelling());
      kept?.cancel();
      log(yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual(['goes on to its next wait', 'cleaned up 3', 'undefined 3 0', 'free']);
  });

  test('by a task of the group leaves that its value, and a body that has ended its own', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const result = yield* grouped(function* (group) {
        const stopper = group.createTask(
          stage.coroutineOf(function* () {
            yield* on(sleep(1));
            group.cancel();
            return 'stopped';
          })(),
        );
        stopper.addDoneCallback((task) => log(task.result()));
        void group.createTask(patient(stage, 0));
        return 'value';
      });
      log(result);
    });
    expect(lines).toEqual(['cleaned up 1', 'stopped', 'value']);
  });

  test('gives the value of a body that swallows it, or that never waits again', async () => {
    const lines = await play(gear, function* ({ log }) {
      const swallows = grouped(function* (group) {
        group.cancel();
        return yield* attempt(sleep(5));
      });
      log(yield* swallows);
      const never = grouped(function* (group) {
        group.cancel();
        return 'value';
      });
      log(yield* never, yield* attempt(sleep(1, 'free')));
    });
    expect(lines).toEqual(['C', 'value free']);
  });

  test('lets out what the tasks and the body fail with in their clean-up', async () => {
    const lines = await play(gear, function* (stage) {
      const failing = (message: string) =>
        function* (): EitherBody<void> {
          try {
            yield* on(sleep(100));
          } finally {
            // eslint-disable-next-line no-unsafe-finally
            throw new Error(message);
          }
        };
      const whole = grouped(function* (group) {
        void group.createTask(stage.coroutineOf(failing('task'))());
        stage.loop.callLater(1, () => group.cancel());
        yield* failing('body')();
      });
      stage.log(yield* told(whole));
    });
    expect(lines).toEqual(['G[task, body]']);
  });

  test('refuses more tasks, and does nothing to a group that aborts', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const whole = grouped(function* (group) {
        group.cancel();
        const late = patient(stage, 0);
        try {
          void group.createTask(late);
        } catch (error) {
          log((error as { code: string }).code);
        }
      });
      yield* whole;
      const failed = grouped(function* (group) {
        void group.createTask(
          stage.coroutineOf(function* () {
            yield* on(sleep(1));
            throw new Error('broken');
          })(),
        );
        try {
          yield* on(sleep(100));
        } finally {
          group.cancel();
        }
      });
      log(yield* told(failed));
    });
    expect(lines).toEqual(['COTASK_GROUP_ENDED', 'G[broken]']);
  });

  test('does not hide a deadline that passes while the tasks clean up, nor a cancel from outside', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const cut = function* (): EitherBody<void> {
        yield* grouped(function* (group) {
          void group.createTask(patient(stage, 5));
          yield* on(sleep(1));
          group.cancel();
        });
        log('not reached');
      };
      log(yield* attempt(timeout(2, inGear(gear, cut))), loop.time(), me().cancelling());
      const task = stage.spawn(cut);
      yield* on(sleep(2));
      task.cancel('x');
      log(yield* attempt(task), loop.time());
    });
    expect(lines).toEqual(['cleaned up 6', 'TO 6 0', 'cleaned up 12', 'C(x) 12']);
  });

  test('does not hide a cancel from outside that came before, or in the same tick', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      for (const order of ['outside first', 'group first', 'body cleans up']) {
        let group: TaskGroup | undefined;
        const task = stage.spawn(() =>
          grouped(function* (own) {
            group = own;
            try {
              yield* on(sleep(100));
            } finally {
              if (order === 'body cleans up') yield* on(sleep(5));
            }
          }),
        );
        yield* on(sleep(1));
        if (order === 'group first') group?.cancel();
        task.cancel('x');
        if (order === 'body cleans up') yield* on(sleep(1));
        group?.cancel();
        log(order, yield* attempt(task), task.cancelled());
      }
    });
    expect(lines).toEqual(['outside first C(x) true', 'group first C(x) true', 'body cleans up C(x) true']);
  });

  test('leaves it at that where the body has swallowed a cancel from outside and has ended by itself', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(function* () {
        return yield* grouped(function* (group) {
          void group.createTask(patient(stage, 0));
          log(yield* attempt(sleep(100)));
          stage.loop.callLater(5, () => group.cancel());
          return 'value';
        });
      });
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)', 'cleaned up 6', 'value']);
  });
});
