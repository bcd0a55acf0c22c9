import { describe, expect, test } from 'vitest';

import {
  MisuseError,
  Task,
  coroutine,
  createEagerTaskFactory,
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  getRunningLoop,
  newEventLoop,
  run,
  sleep,
  taskGroup,
} from '../index.ts';
import type { Awaitable, Coroutine, EventLoop, TaskFactory, TaskOptions } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Script, Stage } from '../testing/stage.ts';

function* sleeper(stage: Stage, name: string): EitherBody<string> {
  stage.log('start', name);
  yield* on(sleep(0));
  stage.log('resume', name, stage.tick);
  return name;
}

describe.each(gears)('an eager task, in the %s gear', (gear) => {
  const lines = (script: Script): Promise<string[]> => play(gear, script);

  test('runs up to its first wait inside createTask', async () => {
    const told = await lines(function* (stage) {
      const a = stage.spawn(() => sleeper(stage, 'a'), { eager: true });
      stage.log('made a, done:', a.done());
      const b = stage.spawn(() => sleeper(stage, 'b'), { eager: true });
      stage.log(yield* on(a), yield* on(b));
    });
    expect(told).toEqual(['start a', 'made a, done: false', 'start b', 'resume a 1', 'resume b 1', 'a b']);
  });

  test('is begun once: its next step comes in its turn', async () => {
    const told = await lines(function* (stage) {
      const waits = stage.loop.createFuture<string>();
      const task = stage.spawn(
        function* () {
          stage.log('begun');
          return yield* on(waits);
        },
        { eager: true },
      );
      stage.log(task.getCoro());
      yield* on(sleep(5));
      stage.log(task.state);
      waits.setResult('value');
      stage.log(task.state);
      stage.log(yield* on(task));
    });
    expect(told).toEqual(['begun', 'null', 'waiting', 'ready', 'value']);
  });

  test('is the current task while it runs, with its name, and its maker is afterwards', async () => {
    const told = await lines(function* (stage) {
      me().setName('maker');
      const task = stage.spawn(
        function* () {
          stage.log(me().name, me().state);
          yield* on(sleep(0));
          stage.log(me().name, me().state);
        },
        { eager: true, name: 'child' },
      );
      stage.log(me().name, me().state, task.state);
      yield* on(task);
      stage.log(me().name);
    });
    const inFirstStep = gear === 'generator' ? 'ready' : 'waiting';
    expect(told).toEqual(['child running', `maker running ${inFirstStep}`, 'child running', 'maker']);
  });

  test('gives its value and its error', async () => {
    const told = await lines(function* (stage) {
      const good = stage.spawn(
        function* () {
          return 'value';
        },
        { eager: true },
      );
      const bad = stage.spawn(
        function* () {
          throw new Error('broken');
        },
        { eager: true },
      );
      stage.log(good.done(), bad.done());
      stage.log(yield* attempt(good), yield* attempt(bad));
    });
    const done = String(gear === 'generator');
    expect(told).toEqual([`${done} ${done}`, 'value broken']);
  });

  test('may begin eager tasks itself', async () => {
    const told = await lines(function* (stage) {
      const dig = (depth: number): Task<unknown> =>
        stage.spawn(
          function* () {
            stage.log('down', depth, me().name);
            const inner = depth < 3 ? dig(depth + 1) : null;
            stage.log('up', depth, me().name);
            if (inner !== null) yield* on(inner);
          },
          { eager: true, name: `t${depth}` },
        );
      yield* on(dig(1));
    });
    expect(told).toEqual(['down 1 t1', 'down 2 t2', 'down 3 t3', 'up 3 t3', 'up 2 t2', 'up 1 t1']);
  });

  test('is cancelled at its first wait, like any task', async () => {
    const told = await lines(function* (stage) {
      const task = stage.spawn(
        function* () {
          try {
            yield* on(sleep(1_000));
          } finally {
            stage.log('cleaned up');
          }
        },
        { eager: true },
      );
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time());
    });
    expect(told).toEqual(['cleaned up', 'C(x) 0']);
  });

  test('that cancels itself hears of it at its first wait, and its maker does not', async () => {
    const told = await lines(function* (stage) {
      const task = stage.spawn(
        function* () {
          me().cancel('x');
          stage.log(yield* attempt(sleep(1)));
        },
        { eager: true },
      );
      yield* on(sleep(0));
      stage.log(yield* attempt(task));
    });
    expect(told).toEqual(['C(x)', 'undefined']);
  });

  test('may cancel its maker, which hears of it at its next wait', async () => {
    const told = await lines(function* (stage) {
      const maker = me();
      void stage.spawn(
        function* () {
          maker.cancel('x');
        },
        { eager: true },
      );
      stage.log('goes on');
      stage.log(yield* attempt(sleep(1)));
    });
    expect(told).toEqual(['goes on', 'C(x)']);
  });

  test('is begun in the order of calls beside tasks that are not', async () => {
    const told = await lines(function* (stage) {
      const lazy = stage.spawn(() => sleeper(stage, 'lazy'));
      const eager = stage.spawn(() => sleeper(stage, 'eager'), { eager: true });
      yield* on(gather(lazy, eager));
    });
    expect(told).toEqual(['start eager', 'start lazy', 'resume eager 1', 'resume lazy 2']);
  });

  test('of a task group that fails at once aborts the group in a callback', async () => {
    const told = await lines(function* (stage) {
      const wait = stage.coroutineOf(function* () {
        try {
          yield* on(sleep(10));
        } finally {
          stage.log('sibling cancelled');
        }
      });
      const fail = stage.coroutineOf(function* () {
        throw new Error('at once');
      });
      stage.loop.setTaskFactory(eagerTaskFactory);
      stage.log(
        yield* attempt(
          taskGroup(
            inGear(gear, function* (group) {
              void group.createTask(wait());
              void group.createTask(fail());
              stage.log('body goes on');
              void group.createTask(wait());
              stage.log('another child accepted');
              yield* on(sleep(1));
              stage.log('not reached');
            }),
          ),
        ),
      );
    });
    expect(told).toEqual([
      'body goes on',
      'another child accepted',
      'sibling cancelled',
      'sibling cancelled',
      'G[at once]',
    ]);
  });

  test('is made by the task factory, unless it is asked to wait for its turn', async () => {
    const told = await lines(function* (stage) {
      const say = stage.coroutineOf(function* (what: string) {
        stage.log(what);
      });
      stage.loop.setTaskFactory(eagerTaskFactory);
      void createTask(say('eager'));
      void createTask(say('lazy'), { eager: false });
      stage.log(stage.loop.getTaskFactory() === eagerTaskFactory);
      yield* on(sleep(0));
      stage.loop.setTaskFactory(null);
      void createTask(say('lazy again'));
      stage.log('made');
      yield* on(sleep(0));
    });
    expect(told).toEqual(['eager', 'true', 'lazy', 'made', 'lazy again']);
  });
});

test.each(gears)(
  'eager tasks that begin one another, 5,000 deep, do not overflow the stack, in the %s gear',
  async (gear) => {
    const levels: (n: number) => Coroutine<number> = coroutine<void, [number], number>(
      inGear(gear, function* (n: number): EitherBody<number> {
        return n === 0 ? 0 : 1 + (yield* on(createTask(levels(n - 1), { eager: true })));
      }),
    );
    expect(await run(levels(5_000))).toBe(5_000);
  },
);

test('gather of eager generators that never wait is done at once', async () => {
  const told = await play('generator', function* (stage) {
    const give = stage.coroutineOf(function* (n: number) {
      return n;
    });
    stage.loop.setTaskFactory(eagerTaskFactory);
    const all = gather(give(1), give(2));
    stage.log(all.done(), yield* on(all), stage.tick);
  });
  expect(told).toEqual(['true [1, 2] 0']);
});

test('a generator that begins an async body eagerly goes on first; the loop holds for the body', async () => {
  const told = await play('generator', function* (stage) {
    const other = stage.spawn(function* () {
      stage.log('the next task');
    });
    const body = createTask(
      coroutine(async () => {
        stage.log('its first lines');
        await null;
        stage.log('after a foreign await');
        await sleep(0);
        stage.log('in its turn');
      })(),
      { eager: true },
    );
    stage.log('its maker');
    yield* on(gather(other, body));
  });
  expect(told).toEqual(['its first lines', 'its maker', 'after a foreign await', 'the next task', 'in its turn']);
});

test('an async body that stands at a foreign promise when its maker goes on is waited for on virtual time', async () => {
  const told = await play('async', function* (stage) {
    const task = createTask(
      coroutine(async () => {
        await new Promise<void>((resolve) => void setTimeout(resolve, 5));
        return 'from outside';
      })(),
      { eager: true },
    );
    stage.log(yield* on(task));
  });
  expect(told).toEqual(['from outside']);
});

test('a loop that does not run makes even an eager task wait for it', async () => {
  const loop = newEventLoop();
  const told: string[] = [];
  const task = loop.createTask(
    coroutine(function* () {
      told.push('begun');
    })(),
    { eager: true },
  );
  told.push('made');
  await loop.runUntilComplete(task);
  loop.close();
  expect(told).toEqual(['made', 'begun']);
});

class Counted<T> extends Task<T> {
  readonly firstStepSaw: string[] = [];
  static made = 0;

  constructor(loop: EventLoop, coro: Awaitable<T>, options: TaskOptions) {
    super(loop, coro, options);
    Counted.made += 1;
  }
}

test('a class of tasks of one’s own is whole when its body begins', async () => {
  const main = coroutine(function* () {
    const task = currentTask()?.loop.createTask(
      coroutine(function* () {
        const self = currentTask();
        if (self instanceof Counted) self.firstStepSaw.push('its own fields');
      })(),
    );
    return task instanceof Counted ? task.firstStepSaw : null;
  });
  const outer = coroutine(function* () {
    currentTask()?.loop.setTaskFactory(createEagerTaskFactory(Counted));
    return yield* main();
  });
  expect(await run(outer())).toEqual(['its own fields']);
  expect(Counted.made).toBe(1);
});

test('a task that a class makes outside a factory waits for its turn', async () => {
  const told: string[] = [];
  const main = coroutine(function* () {
    const loop = currentTask()?.loop;
    if (loop === undefined) return;
    const body = coroutine(function* () {
      told.push('begun');
    });
    const task = new Counted(loop, body(), { eager: true });
    told.push('made');
    yield* task;
  });
  await run(main());
  expect(told).toEqual(['made', 'begun']);
});

test('a factory that returns a task of another loop, or not the eager task that it made, is refused by name', async () => {
  const told: string[] = [];
  const other = newEventLoop();
  const body = coroutine(function* () {
    told.push('begun');
  });
  const main = coroutine(function* () {
    const loop = getRunningLoop();
    const kept = createTask(sleep(0));
    const factories: TaskFactory[] = [
      (_, coro, options) => new Task(other, coro, options),
      (own, coro, options) => {
        void new Task(own, body(), { name: 'stray', eager: true });
        return new Task(own, coro, options);
      },
      (own, coro, options) => {
        void new Task(own, coro, { ...options, eager: true });
        throw new Error('broken');
      },
    ];
    for (const factory of factories) {
      loop.setTaskFactory(factory);
      try {
        createTask(sleep(0), { name: 'one' });
      } catch (error) {
        told.push(String(error instanceof MisuseError ? error.code : error), String(error));
      }
    }
    loop.setTaskFactory(null);
    yield* kept;
    yield* sleep(1);
    told.push(loop.tasks.all().length === 1 ? 'none left' : 'tasks left');
  });
  await run(main());
  expect(told).toEqual([
    'COTASK_WRONG_LOOP',
    'MisuseError: a task factory returned task "one", which is of another loop',
    'COTASK_NOT_A_TASK',
    'MisuseError: a task factory made task "stray" to begin at once and returned task "one": return it, or make it with createTask',
    'Error: broken',
    'Error: broken',
    'none left',
  ]);
  other.close();
});

test('a factory that returns no task is refused, and so is what is no factory', async () => {
  const loop = newEventLoop();
  // @ts-expect-error a task factory returns a task
  loop.setTaskFactory(() => 1);
  expect(() => loop.createTask(sleep(1))).toThrow(expect.objectContaining({ code: 'COTASK_NOT_A_TASK' }));
  // @ts-expect-error a factory is a function
  expect(() => loop.setTaskFactory(1)).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
  loop.setTaskFactory(null);
  // @ts-expect-error eager is a boolean
  expect(() => loop.createTask(sleep(1), { eager: 1 })).toThrow(expect.objectContaining({ code: 'COTASK_BAD_OPTION' }));
  loop.close();
});
