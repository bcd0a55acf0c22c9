import { describe, expect, test } from 'vitest';

import { TaskGroupError, sleep, taskGroup } from '../index.ts';
import type { Task, TaskGroup } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { me, play } from '../testing/stage.ts';

const group = <T>(gear: Gear, body: (own: TaskGroup) => EitherBody<T>) => taskGroup(inGear(gear, body));

describe.each(gears)('taskGroup() whose body waits, in the %s gear', (gear) => {
  const kind = gated((stage, gate) => () => group(stage.gear, () => on(gate())), { fails: false });
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('taskGroup() that waits for a task, in the %s gear', (gear) => {
  const kind = gated(
    (stage, gate) => () =>
      group(stage.gear, function* (own) {
        own.createTask(stage.coroutineOf(() => on(gate()))());
        return 'value';
      }),
    { fails: false, ticks: 2 },
  );
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

function* fail(ms: number): EitherBody<never> {
  yield* on(sleep(ms));
  throw new Error('broken');
}

describe.each(gears)('a task group, in the %s gear', (gear) => {
  test('ends when its body and all its tasks have ended, and gives the value of the body', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const child = stage.coroutineOf(function* (ms: number, name: string) {
        yield* on(sleep(ms));
        log('child', name, loop.time());
        return name;
      });
      const both = yield* on(
        group(gear, function* (own) {
          const tasks = [own.createTask(child(2, 'a')), own.createTask(child(1, 'b'))];
          log('body', loop.time());
          return { tasks };
        }),
      );
      log(
        'group',
        loop.time(),
        both.tasks.map((task) => task.result()),
      );
    });
    expect(lines).toEqual(['body 0', 'child b 1', 'child a 2', 'group 2 [a, b]']);
  });

  test('takes tasks from its tasks, until the last has ended', async () => {
    const lines = await play(gear, function* (stage) {
      const nest = (own: TaskGroup, depth: number): Task<void> =>
        own.createTask(
          stage.coroutineOf(function* () {
            yield* on(sleep(1));
            stage.log(depth, stage.loop.time());
            if (depth < 3) void nest(own, depth + 1);
          })(),
        );
      yield* on(
        group(gear, function* (own) {
          void nest(own, 1);
        }),
      );
      stage.log('end', stage.loop.time());
    });
    expect(lines).toEqual(['1 1', '2 2', '3 3', 'end 3']);
  });

  test('cancels the others and its body when a task fails, and fails with the error', async () => {
    const lines = await play(gear, function* (stage) {
      const { log, loop } = stage;
      const patient = stage.coroutineOf(function* (name: string) {
        try {
          yield* on(sleep(10));
        } finally {
          log(name, loop.time());
        }
      });
      const whole = group(gear, function* (own) {
        own.createTask(stage.coroutineOf(() => fail(1))());
        own.createTask(patient('sibling'));
        yield* on(patient('body'));
      });
      log(yield* attempt(whole), me().cancelling());
    });
    expect(lines).toEqual(['sibling 1', 'body 1', 'G[broken] 0']);
  });

  test('collects the errors in the order in which the tasks ended, its own last', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.coroutineOf(function* (name: string, ms: number) {
        try {
          yield* on(sleep(ms));
        } catch {
          yield* on(sleep(ms));
          throw new Error(`${name} cleaning up`);
        }
        throw new Error(name);
      });
      const children = [
        ['slow', 3],
        ['fast', 1],
        ['also fast', 1],
        ['mid', 2],
      ] as const;
      const whole = group(gear, function* (own) {
        for (const [name, ms] of children) own.createTask(bad(name, ms));
        yield* on(bad('body', 2.5));
      });
      stage.log(yield* attempt(whole), stage.loop.time());
    });
    expect(lines).toEqual(['G[fast, also fast, mid cleaning up, slow cleaning up, body cleaning up] 4']);
  });

  test('has an error once that its body, or another of its tasks, gets from the task that it waits for', async () => {
    const lines = await play(gear, function* (stage) {
      const fails = () => stage.coroutineOf(() => fail(1))();
      const waitsInBody = group(gear, function* (own) {
        yield* on(own.createTask(fails()));
      });
      stage.log(yield* attempt(waitsInBody));
      const waitsInTask = group(gear, function* (own) {
        const failing = own.createTask(fails());
        own.createTask(stage.coroutineOf(() => on(failing))());
        own.createTask(fails());
      });
      stage.log(yield* attempt(waitsInTask));
    });
    expect(lines).toEqual(['G[broken]', 'G[broken, broken]']);
  });

  test('whose task is cancelled alone does not fail, and touches nobody else', async () => {
    const lines = await play(gear, function* (stage) {
      const tasks = yield* on(
        group(gear, function* (own) {
          const made = [own.createTask(sleep(2, 'a')), own.createTask(sleep(2, 'b'))];
          yield* on(sleep(1));
          made[0]?.cancel('x');
          return { made };
        }),
      );
      for (const task of tasks.made) stage.log(yield* attempt(task));
    });
    expect(lines).toEqual(['C(x)', 'b']);
  });

  test('waits for tasks that swallow its abort, and their results stand', async () => {
    const lines = await play(gear, function* (stage) {
      let stubborn: Task<string> | undefined;
      const whole = group(gear, function* (own) {
        stubborn = own.createTask(
          stage.coroutineOf(function* () {
            yield* attempt(sleep(10));
            yield* on(sleep(5));
            return 'done anyway';
          })(),
        );
        yield* on(sleep(1));
        throw new Error('body');
      });
      stage.log(yield* attempt(whole), stubborn?.result(), stage.loop.time());
    });
    expect(lines).toEqual(['G[body] done anyway 6']);
  });

  test('keeps the results of tasks that had ended before the failure', async () => {
    const lines = await play(gear, function* (stage) {
      const tasks: Task<string>[] = [];
      const whole = group(gear, function* (own) {
        tasks.push(own.createTask(sleep(1, 'early')), own.createTask(sleep(3, 'late')));
        own.createTask(stage.coroutineOf(() => fail(2))());
      });
      stage.log(yield* attempt(whole), tasks[0]?.result(), tasks[1]?.cancelled());
    });
    expect(lines).toEqual(['G[broken] early true']);
  });

  test('that is cancelled cancels its tasks, waits for them, and lets the cancel out once', async () => {
    const lines = await play(gear, function* (stage) {
      const parent = stage.spawn(() =>
        on(
          group(gear, function* (own) {
            own.createTask(
              stage.coroutineOf(function* () {
                try {
                  yield* on(sleep(100));
                } finally {
                  yield* on(sleep(5));
                  stage.log('cleaned up', stage.loop.time());
                }
              })(),
            );
          }),
        ),
      );
      for (const reason of ['a', 'b', 'c']) {
        yield* on(sleep(1));
        parent.cancel(reason);
      }
      stage.log(yield* attempt(parent), stage.loop.time(), parent.cancelling());
    });
    expect(lines).toEqual(['cleaned up 6', 'C(a) 6 3']);
  });

  test('goes on with a body that swallows the abort, and fails all the same', async () => {
    const lines = await play(gear, function* (stage) {
      const whole = group(gear, function* (own) {
        own.createTask(stage.coroutineOf(() => fail(2))());
        stage.log(yield* attempt(sleep(10)), me().cancelling());
        yield* on(sleep(2));
        stage.log('body', stage.loop.time());
      });
      stage.log(yield* attempt(whole), me().cancelling());
    });
    expect(lines).toEqual(['C 1', 'body 4', 'G[broken] 0']);
  });

  test('fails with the error of its body alone when no task failed', async () => {
    const lines = await play(gear, function* (stage) {
      const error = new Error('body');
      const whole = group(gear, function* () {
        throw error;
      });
      try {
        yield* on(whole);
      } catch (thrown) {
        if (!(thrown instanceof TaskGroupError)) throw thrown;
        stage.log(thrown, thrown.code, thrown.errors[0] === error, thrown.message);
      }
    });
    expect(lines).toEqual(['G[body] COTASK_TASK_GROUP true a task of the group failed: Error: body']);
  });

  test('takes no more tasks once it aborts or has ended', async () => {
    const lines = await play(gear, function* (stage) {
      let ended: TaskGroup | undefined;
      const whole = group(gear, function* (own) {
        ended = own;
        own.createTask(stage.coroutineOf(() => fail(2))());
        yield* attempt(sleep(10));
        stage.log(refusal(own));
      });
      stage.log(yield* attempt(whole), refusal(ended));
    });
    expect(lines).toEqual(['COTASK_GROUP_ENDED', 'G[broken] COTASK_GROUP_ENDED']);
  });

  test('names its tasks and lists those that have not ended', async () => {
    const lines = await play(gear, function* ({ log }) {
      yield* on(
        group(gear, function* (own) {
          own.createTask(sleep(1), { name: 'a' });
          own.createTask(sleep(2), { name: 'b' });
          log(own.tasks);
          yield* on(sleep(1.5));
          log(own.tasks);
        }),
      );
    });
    expect(lines).toEqual(['[task "a", task "b"]', '[task "b"]']);
  });
});

function refusal(group: TaskGroup | undefined): unknown {
  try {
    void group?.createTask(sleep(1));
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'taken';
}
