import { describe, expect, test } from 'vitest';

import { allTasks, currentTask, run, sleep } from '../index.ts';
import type { Task } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** A task that waits for a gate; each wait is for a new one. */
const waiting: AwaitableKind = {
  value: 'value',
  fails: true,
  beginsAtOnce: true,
  make(stage) {
    let gate = stage.loop.createFuture<string>();
    return {
      wait() {
        const opened = (gate = stage.loop.createFuture<string>());
        return stage.spawn(() => on(opened));
      },
      *complete(after) {
        if (!gate.done()) gate.setResult('value');
        if (after !== undefined) stage.loop.callSoon(after);
      },
      *fail(error, after) {
        gate.setException(error);
        if (after !== undefined) stage.loop.callSoon(after);
      },
    };
  },
};

describe.each(gears)('Task, in the %s gear', (gear) => {
  test.each(contractOf(waiting, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

const names = (tasks: readonly Task<unknown>[]): string => tasks.map((task) => task.getName()).join(' ');

describe.each(gears)('a task, in the %s gear', (gear) => {
  test('runs nothing when it is made: its first step comes in the next iteration, in the order of the calls', async () => {
    const lines = await play(gear, function* (stage) {
      const child = (name: string) =>
        stage.spawn(function* () {
          stage.log('start', name, stage.tick);
        });
      const a = child('a');
      stage.loop.callSoon(() => stage.log('callback', stage.tick));
      const b = child('b');
      stage.log('made', stage.tick, a.state, b.state);
      yield* on(sleep(0));
      stage.log('main', stage.tick, a.state, b.state);
    });
    expect(lines).toEqual(['made 0 ready ready', 'start a 1', 'callback 1', 'start b 1', 'main 1 done done']);
  });

  test('wakes who waits for it one iteration after its end, and each in a chain one later', async () => {
    const lines = await play(gear, function* (stage) {
      const future = stage.loop.createFuture<string>();
      let task = stage.spawn(() => on(future));
      const link = (inner: Task<string>, name: number) =>
        stage.spawn(function* () {
          const value = yield* on(inner);
          stage.log('link', name, stage.tick);
          return value;
        });
      for (let i = 0; i < 3; i++) task = link(task, i);
      yield* on(sleep(0));
      future.setResult('v');
      stage.log('set', stage.tick);
      stage.log(yield* on(task), stage.tick);
    });
    expect(lines).toEqual(['set 1', 'link 0 3', 'link 1 4', 'link 2 5', 'v 6']);
  });

  test('ends with a value, an error or a cancel, and tells which', async () => {
    const lines = await play(gear, function* (stage) {
      const good = stage.spawn(function* () {
        return 'value';
      });
      const bad = stage.spawn(function* () {
        throw new Error('broken');
      });
      const gone = stage.spawn(() => on(sleep(10)));
      yield* on(sleep(1));
      gone.cancel();
      yield* attempt(gone);
      for (const task of [good, bad, gone]) stage.log(task.done(), task.cancelled(), yield* attempt(task));
      stage.log(bad.exception());
    });
    expect(lines).toEqual(['true false value', 'true false broken', 'true true C', 'broken']);
  });

  test('passes through its states, and stands in the list of its state', async () => {
    const lines = await play(gear, function* (stage) {
      const { loop, log } = stage;
      const future = loop.createFuture<void>();
      const task = stage.spawn(
        function* () {
          log(task.state, names(loop.readyTasks()), '|', names(loop.waitingTasks()));
          yield* on(future);
        },
        { name: 'child' },
      );
      me().setName('main');
      const tell = (): void => log(task.state, names(loop.readyTasks()), '|', names(loop.waitingTasks()));
      tell();
      yield* on(sleep(1));
      tell();
      future.setResult();
      tell();
      yield* on(task);
      tell();
    });
    expect(lines).toEqual(['ready child | ', 'running  | main', 'waiting  | child', 'ready child | ', 'done  | ']);
  });

  test('goes on after the one that made it has ended', async () => {
    const lines = await play(gear, function* (stage) {
      const parent = stage.spawn(function* () {
        const child = stage.spawn(function* () {
          yield* on(sleep(2));
          stage.log('child', stage.loop.time());
        });
        stage.log('parent');
        return [child];
      });
      const [child] = yield* on(parent);
      if (child !== undefined) yield* on(child);
    });
    expect(lines).toEqual(['parent', 'child 2']);
  });

  test('that fails disturbs no other', async () => {
    const lines = await play(gear, function* (stage) {
      const bad = stage.spawn(function* () {
        throw new Error('broken');
      });
      const good = stage.spawn(() => on(sleep(1, 'good')));
      stage.log(yield* on(good), bad.exception());
    });
    expect(lines).toEqual(['good broken']);
  });

  test('is the current one in its steps, and nobody is in a callback', async () => {
    const lines = await play(gear, function* (stage) {
      stage.loop.callSoon(() => stage.log('callback', currentTask()));
      const worker = (name: string) =>
        stage.spawn(
          function* () {
            for (let i = 0; i < 2; i++) {
              stage.log(me().getName());
              yield* on(sleep(0));
            }
          },
          { name },
        );
      for (const task of ['a', 'b'].map(worker)) yield* on(task);
    });
    expect(lines).toEqual(['callback null', 'a', 'b', 'a', 'b']);
  });

  test('is listed from the moment it is made until it has ended', async () => {
    const lines = await play(gear, function* (stage) {
      me().setName('main');
      const quick = stage.spawn(function* () {}, { name: 'quick' });
      const slow = stage.spawn(() => on(sleep(10)), { name: 'slow' });
      stage.log(names(allTasks()));
      yield* on(quick);
      stage.log(names(allTasks()));
      slow.cancel();
      stage.log(names(allTasks()));
      yield* attempt(slow);
      stage.log(names(allTasks()));
    });
    expect(lines).toEqual(['main quick slow', 'main slow', 'main slow', 'main']);
  });

  test('calls its done callbacks with itself, one iteration after it has ended', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        return 'value';
      });
      task.addDoneCallback((done) => stage.log(done === task, done.result(), stage.tick));
      yield* on(task);
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['true value 2']);
  });

  test('that waits for itself is told so', async () => {
    const lines = await play(gear, function* (stage) {
      const task = stage.spawn(function* () {
        try {
          yield* on(me());
        } catch (error) {
          return (error as { code: string }).code;
        }
        return 'waited';
      });
      stage.log(yield* on(task));
    });
    expect(lines).toEqual(['COTASK_AWAITS_ITSELF']);
  });

  test('takes no result and no error from outside', async () => {
    const lines = await play(gear, function* (stage) {
      const task: Task<string> = stage.spawn(() => on(sleep(1, 'its own')));
      for (const set of [() => task.setResult(), () => task.setException()]) {
        try {
          set();
        } catch (error) {
          stage.log((error as { code: string }).code);
        }
      }
      stage.log(yield* on(task));
    });
    expect(lines).toEqual(['COTASK_TASK_RESULT', 'COTASK_TASK_RESULT', 'its own']);
  });
});

test('a task is called by its number until it is given a name', async () => {
  const lines = await play('generator', function* (stage) {
    const [a, b] = [stage.spawn(() => on(sleep(1))), stage.spawn(() => on(sleep(1)))];
    stage.log(/^Task-\d+$/.test(a.name), a.name === b.name, a.label === `task "${a.name}"`);
    a.name = 'first';
    b.setName('second');
    stage.log(a.getName(), b.name, a.label);
    yield* on(a);
    yield* on(b);
  });
  expect(lines).toEqual(['true false true', 'first second task "first"']);
});

test('a task has a coroutine to begin until its first step', async () => {
  const lines = await play('generator', function* (stage) {
    const coroutine = stage.coroutineOf(() => on(sleep(1)))();
    const task = stage.loop.createTask(coroutine);
    stage.log(task.getCoro() === coroutine);
    yield* on(sleep(0));
    stage.log(task.getCoro());
    yield* on(task);
  });
  expect(lines).toEqual(['true', 'null']);
});

test('a task of any awaitable waits for that', async () => {
  expect(await run(sleep(5, 'slept'), { host: new VirtualHost() })).toBe('slept');
});
