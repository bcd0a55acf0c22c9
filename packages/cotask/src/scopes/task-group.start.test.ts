import { describe, expect, test } from 'vitest';

import { sleep, taskGroup, timeout } from '../index.ts';
import type { Ready, TaskGroup, TaskOptions } from '../index.ts';
import { describeWaits } from '../lowlevel.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { me, play } from '../testing/stage.ts';

/** The wait for a task that is ready with what the gate gives, in a group that stays open. */
const started = (gear: Gear): AwaitableKind => {
  let group: TaskGroup | undefined;
  const kind = gated(
    (stage, gate) => () => {
      if (group === undefined) throw new TypeError('there is no group');
      const body = function* (ready: Ready<unknown>): EitherBody<void> {
        ready(yield* on(gate()));
      };
      return group.start(inGear(stage.gear, body));
    },
    { ticks: 1, fails: false },
  );
  return {
    ...kind,
    *make(stage) {
      const closing = stage.loop.createFuture<void>();
      const open = function* (own: TaskGroup): EitherBody<void> {
        group = own;
        yield* on(closing);
      };
      void stage.spawn(() => on(taskGroup(inGear(gear, open))));
      yield* on(sleep(0));
      yield* on(sleep(0));
      const made = kind.make(stage);
      const specimen = 'wait' in made ? made : yield* made;
      return { ...specimen, end: () => closing.setResult() };
    },
  };
};

describe.each(gears)('group.start(), in the %s gear', (gear) => {
  test.each(contractOf(started(gear), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  const grouped = <T>(body: (group: TaskGroup) => EitherBody<T>) => on(taskGroup(inGear(gear, body)));
  const start = <V>(group: TaskGroup, body: (ready: Ready<V>) => EitherBody<unknown>, options?: TaskOptions) =>
    group.start(inGear(gear, body), options);

  test('gives the value with which the task says that it is ready; from then on it is one of the group', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      yield* grouped(function* (group) {
        const service = function* (ready: Ready<number>): EitherBody<void> {
          yield* on(sleep(3));
          ready(8080);
          ready(9090);
          yield* on(sleep(4));
          log('served', loop.time());
        };
        const starting = start(group, service, { name: 'service' });
        log(group.tasks.length);
        log(yield* on(starting), loop.time(), group.tasks);
      });
      log('ended', loop.time());
    });
    expect(lines).toEqual(['0', '8080 3 [task "service"]', 'served 7', 'ended 7']);
  });

  test('fails as a task that fails before it is ready does, and the group does not', async () => {
    const lines = await play(gear, function* (stage) {
      yield* grouped(function* (group) {
        const fails = function* (): EitherBody<void> {
          yield* on(sleep(1));
          throw new Error('no port');
        };
        stage.log(yield* attempt(start<number>(group, fails)));
        const ends = function* (): EitherBody<void> {
          yield* on(sleep(1));
        };
        try {
          yield* on(start<number>(group, ends, { name: 'hasty' }));
        } catch (error) {
          stage.log((error as { code: string }).code, error);
        }
        stage.log(yield* attempt(sleep(1, 'goes on')));
      });
    });
    expect(lines).toEqual([
      'no port',
      'COTASK_NOT_READY task "hasty" ended without having been ready: call ready() in it, or make it with createTask()',
      'goes on',
    ]);
  });

  test('makes the group fail as a task that fails after it was ready', async () => {
    const lines = await play(gear, function* ({ log }) {
      const whole = grouped(function* (group) {
        const fails = function* (ready: Ready<string>): EitherBody<void> {
          ready('up');
          yield* on(sleep(1));
          throw new Error('down');
        };
        log(yield* on(start(group, fails)));
        yield* on(sleep(100));
      });
      log(yield* told(whole));
    });
    expect(lines).toEqual(['up', 'G[down]']);
  });

  test('cancels the task with whoever waits, and waits for its clean-up', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      yield* grouped(function* (group) {
        const slow = function* (): EitherBody<void> {
          try {
            yield* on(sleep(100));
          } finally {
            yield* on(sleep(2));
            log('cleaned up', loop.time());
          }
        };
        log(
          yield* attempt(
            timeout(
              5,
              inGear(gear, () => on(start(group, slow))),
            ),
          ),
          group.tasks.length,
        );
      });
      log(me().cancelling());
    });
    expect(lines).toEqual(['cleaned up 7', 'TO 0', '0']);
  });

  test('goes on where the task swallows the cancel and is ready', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const task = stage.spawn(() =>
        grouped(function* (group) {
          const stubborn = function* (ready: Ready<string>): EitherBody<void> {
            log(yield* attempt(sleep(100)));
            ready('up');
          };
          log(yield* on(start(group, stubborn)));
        }),
      );
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)', 'up', 'undefined']);
  });

  test('is cancelled with the group, by a sibling that fails and by cancel()', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const never = function* (): EitherBody<void> {
        log('starting', yield* attempt(sleep(100)));
      };
      const failed = grouped(function* (group) {
        void group.createTask(
          stage.coroutineOf(function* () {
            yield* on(sleep(1));
            throw new Error('broken');
          })(),
        );
        yield* on(start(group, never, { name: 'slow' }));
      });
      log(yield* told(failed));
      const ended = grouped(function* (group) {
        stage.loop.callLater(1, () => group.cancel());
        yield* on(start(group, never, { name: 'slow' }));
      });
      log(yield* told(ended));
    });
    const hasty = 'task "slow" ended without having been ready: call ready() in it, or make it with createTask()';
    expect(lines).toEqual(['starting C', `G[broken, ${hasty}]`, 'starting C', `G[${hasty}]`]);
  });

  test('of an eager task that is ready at once gives its value', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      yield* grouped(function* (group) {
        const body = function* (ready: Ready<string>): EitherBody<void> {
          ready('at once');
          yield* on(sleep(3));
        };
        log(yield* on(start(group, body, { eager: true })), group.tasks.length);
        const done = function* (ready: Ready<string>): EitherBody<void> {
          ready('done');
        };
        log(yield* on(start(group, done, { eager: true })));
      });
      log(loop.time());
    });
    expect(lines).toEqual(['at once 1', 'done', '3']);
  });

  test('tells a task that is ready after its group has ended, and cancels one that is while it aborts', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      let group: TaskGroup | undefined;
      yield* grouped(function* (own) {
        group = own;
        const late = function* (ready: Ready<void>): EitherBody<void> {
          yield* on(sleep(5));
          try {
            ready();
          } catch (error) {
            log((error as { code: string }).code);
          }
        };
        void stage.spawn(() => told(on(start(own, late))));
        yield* on(sleep(1));
      });
      yield* on(sleep(10));
      log(yield* attempt(group === undefined ? sleep(0) : start(group, () => on(sleep(1)))));
    });
    expect(lines).toEqual(['COTASK_GROUP_ENDED', 'a task group has ended; it takes no more tasks']);
  });

  test('names what it waits for, and the group what it is called', async () => {
    const lines = await play(gear, function* (stage) {
      const closing = stage.loop.createFuture<void>();
      const body = function* (group: TaskGroup): EitherBody<void> {
        const waits = function* (ready: Ready<void>): EitherBody<void> {
          yield* on(sleep(2));
          ready();
          yield* on(closing);
        };
        yield* on(start(group, waits, { name: 'db' }));
      };
      const task = stage.spawn(() => on(taskGroup(inGear(gear, body), { name: 'services' })));
      yield* on(sleep(1));
      stage.log(describeWaits(task));
      yield* on(sleep(2));
      stage.log(describeWaits(task));
      closing.setResult();
      yield* on(task);
    });
    expect(lines).toEqual(['task "db" to be ready', 'the task of task group "services"']);
  });
});

test('a wrong call of start() is refused', async () => {
  const lines = await play('generator', function* ({ log }) {
    yield* on(
      taskGroup(function* (group) {
        try {
          void group.start(5 as never);
        } catch (error) {
          log((error as { code: string }).code);
        }
        yield* sleep(0);
      }),
    );
  });
  expect(lines).toEqual(['COTASK_BAD_OPTION']);
});
