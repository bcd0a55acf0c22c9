import { describe, expect, test } from 'vitest';

import {
  Queue,
  awaitChain,
  coroutine,
  createTask,
  currentTask,
  fromPromise,
  getRunningLoop,
  newEventLoop,
  run,
  shielded,
  sleep,
  taskGroup,
  timeout,
} from '../index.ts';
import type { Task, TaskGroup } from '../index.ts';
import { park } from '../lowlevel.ts';
import { attempt, gears, inGear, on, told } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import type { Script } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** A script in debug mode; its lines, with the lines of this file in the place of `file:line:column`. */
async function debugged(gear: Gear, script: Script): Promise<string[]> {
  const lines = await play(gear, script, { debug: true });
  return lines.map((line) => line.replaceAll(/[\w:/\\.-]*debug-mode\.test\.ts[?\w=&]*:\d+:\d+/g, 'HERE').trim());
}

/** The message of the one report. */
async function reportOf(gear: Gear, script: Script): Promise<string> {
  const lines = await debugged(gear, script);
  const reports = lines.filter((line) => line.startsWith('reported: '));
  return reports.map((line) => line.slice('reported: '.length)).join('\n');
}

const foreign = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(gears)('debug mode, in the %s gear, names', (gear) => {
  test('a callback that held the loop, and where it was registered', async () => {
    const words = await reportOf(gear, function* (stage) {
      stage.loop.callSoon(function grind() {
        stage.host.advance(250);
      });
      yield* on(sleep(1));
    });
    expect(words).toBe(
      'a callback "grind", registered at HERE, held the event loop for 250 ms: nothing else could run meanwhile',
    );
  });

  test('an async function as a callback', async () => {
    const words = await reportOf(gear, function* (stage) {
      stage.loop.callSoon(async function late() {});
      yield* on(sleep(1));
    });
    expect(words).toBe(
      'the callback "late" is an async or a generator function: nobody awaits what its call returns. Make a task of a coroutine with createTask() (HERE)',
    );
  });

  test('a task that caught a cancel and returned, unless it took the request back', async () => {
    const words = await reportOf(gear, function* (stage) {
      const swallow = (back: boolean): Task<unknown> =>
        stage.spawn(
          function* () {
            yield* attempt(sleep(100));
            if (back) me().uncancel();
          },
          { name: `swallows ${back}` },
        );
      const tasks = [swallow(false), swallow(true)];
      yield* on(sleep(1));
      for (const task of tasks) task.cancel();
      for (const task of tasks) yield* on(task);
    });
    expect(words).toBe(
      'task "swallows false" was cancelled and returned a value all the same: let CancelledError through, or call uncancel()',
    );
  });

  test('a future of another loop that is waited for', async () => {
    const other = newEventLoop({ host: new VirtualHost() });
    const words = await reportOf(gear, function* (stage) {
      me().setName('main');
      const future = other.createFuture<string>('a letter');
      stage.loop.callLater(1, () => future.setResult('v'));
      yield* on(future);
    });
    expect(words).toMatch(
      /^task "main" waits for a letter of another event loop( \(HERE\))?: it comes only while that loop runs$/,
    );
    other.close();
  });

  test('an undo that calls back into the loop', async () => {
    const words = await reportOf(gear, function* (stage) {
      const wait = park<void>('a bell', () => () => void stage.loop.callSoon(() => {}));
      const task = stage.spawn(() => on(wait));
      yield* on(sleep(1));
      task.cancel();
      yield* attempt(task);
    });
    expect(words).toBe(
      'the undo of "a bell" called back into the event loop, in the midst of a cancel: it may only stop what was begun',
    );
  });

  test('no mistake in a program that makes none', async () => {
    const lines = await debugged(gear, function* (stage) {
      const queue = new Queue<number>(1);
      const producer = stage.spawn(function* () {
        for (let i = 0; i < 3; i++) yield* on(queue.put(i));
        queue.shutdown();
      });
      for (let i = 0; i < 3; i++) stage.log(yield* on(queue.get()));
      yield* on(producer);
      const cancelled = stage.spawn(() => on(sleep(100)));
      yield* on(sleep(1));
      cancelled.cancel();
      stage.log(yield* attempt(cancelled));
      stage.log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(sleep(100))),
          ),
        ),
      );
    });
    expect(lines).toEqual(['0', '1', '2', 'C', 'TO']);
  });

  test('no cancel that a shield keeps out to the end, however long', async () => {
    const lines = await debugged(gear, function* (stage) {
      const cleanUp = inGear(gear, () => on(sleep(6_000)));
      const shieldedTask = stage.spawn(() => on(shielded(cleanUp)));
      yield* on(sleep(1));
      shieldedTask.cancel();
      stage.log(
        yield* attempt(shieldedTask),
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(shielded(cleanUp))),
          ),
        ),
      );
    });
    expect(lines).toEqual(['undefined undefined']);
  });

  test('no cancel that a value has overtaken, however late its step is', async () => {
    const host = new VirtualHost();
    const messages: string[] = [];
    const main = coroutine(function* () {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, { message }) => messages.push(message));
      const value = loop.createFuture<string>();
      const task = createTask(coroutine(inGear(gear, () => on(value)))());
      yield* sleep(0);
      loop.callSoon(() => host.advance(50));
      value.setResult('value');
      task.cancel();
      return yield* task;
    });
    expect(await run(main(), { host, debug: true })).toBe('value');
    expect(messages).toEqual([]);
  });

  test('no coroutine that a group which has ended refused', async () => {
    const lines = await debugged(gear, function* (stage) {
      const nothing = coroutine(inGear(gear, () => on(sleep(0))));
      const body = inGear(gear, function* (group: TaskGroup): EitherBody<void> {
        group.cancel();
        stage.log(
          yield* told(
            (function* () {
              return group.createTask(nothing());
            })(),
          ),
        );
      });
      yield* on(taskGroup(body));
    });
    expect(lines).toEqual(['a task group is being aborted; it takes no more tasks']);
  });
});

describe('debug mode names the lines of a step that held the loop', () => {
  test.each<[string, (host: VirtualHost) => Parameters<typeof coroutine<void, [], void>>[0]]>([
    [
      'async',
      (host) => async () => {
        await sleep(1);
        host.advance(200);
        await sleep(2);
      },
    ],
    [
      'generator',
      (host) =>
        function* () {
          yield* sleep(1);
          host.advance(200);
          yield* sleep(2);
        },
    ],
    [
      'async, between its turns',
      (host) => async () => {
        await sleep(0);
        host.advance(200);
        await sleep(0);
      },
    ],
    [
      'generator, between its turns',
      (host) =>
        function* () {
          yield* sleep(0);
          host.advance(200);
          yield* sleep(0);
        },
    ],
  ])('of an %s body', async (_, body) => {
    const host = new VirtualHost();
    const messages: string[] = [];
    const slow = coroutine(body(host));
    const main = coroutine(function* () {
      getRunningLoop().setExceptionHandler((_loop, { message, task }) => messages.push(message, String(task?.name)));
      yield* createTask(slow(), { name: 'slow' });
    });
    await run(main(), { host, debug: true });
    expect(messages).toHaveLength(2);
    const [, from, to] =
      /^task "slow", from (\S+) to (\S+), held the event loop for 200 ms/.exec(messages[0] ?? '') ?? [];
    const lines = [from, to].map((place) => Number(/debug-mode\.test\.ts[?\w=&]*:(\d+):\d+$/.exec(place ?? '')?.[1]));
    // Between the two waits stands one line.
    expect(lines[1]).toBe((lines[0] ?? Number.NaN) + 2);
    expect(messages[1]).toBe('slow');
  });
});

describe('under await, debug mode names', () => {
  test('a value that flattens, once for each place', async () => {
    const words = await reportOf('async', function* (stage) {
      me().setName('main');
      const queue = new Queue<Task<string>>();
      for (const name of ['a', 'b', 'c']) queue.putNowait(stage.spawn(() => on(sleep(1, name)), { name }));
      for (let i = 0; i < 2; i++) stage.log(yield* on(queue.get()));
      stage.log(yield* on(queue.get()));
    });
    expect(words.split('\n')[0]).toMatch(
      /^an await in task "main" gave task "a", which is awaited as well: the body gets its result\. To get the thing itself put it into an object, or use yield\*/,
    );
    expect(words.split('\n')).toHaveLength(1);
  });

  test('a deadline that a body did not hear of, and how late it was', async () => {
    const messages: string[] = [];
    const main = coroutine(async () => {
      getRunningLoop().setExceptionHandler((_loop, { message }) => messages.push(message));
      const late = new Promise<void>((resolve) => void getRunningLoop().callLater(40, resolve));
      await timeout(5, () => late);
    });
    await run(main(), { debug: true, host: new VirtualHost() });
    expect(messages).toEqual([
      expect.stringMatching(
        /^a scope in task "main" was cancelled \(deadline\) 35 ms before it ended, and did not hear/,
      ),
    ]);
  });

  test('a cancel that went to a wait which nobody looks at', async () => {
    const messages: string[] = [];
    const main = coroutine(async () => {
      const loop = getRunningLoop();
      const task = createTask(
        coroutine(async () => {
          await Promise.race([loop.createFuture('the loser'), foreign(1)]);
          await foreign(200);
        })(),
        { name: 'racer' },
      );
      await sleep(50);
      loop.slowCallbackDuration = 5;
      task.cancel();
      loop.setExceptionHandler((_loop, { message }) => messages.push(message));
      await fromPromise(foreign(200));
      return (await Promise.allSettled([task]))[0]?.status;
    });
    expect(await run(main(), { debug: true })).toBe('fulfilled');
    expect(messages.filter((message) => message.includes('cancel'))).toEqual([
      expect.stringMatching(/^task "racer" was cancelled and returned a value all the same/),
      expect.stringMatching(/^task "racer" was given a cancel at its wait for the loser, and did nothing for \d+ ms/),
    ]);
  });

  test('twenty thousand open waits of one task, once', async () => {
    const words = await reportOf('async', function* (stage) {
      me().setName('main');
      const future = stage.loop.createFuture<void>('the loser');
      const done = Promise.resolve();
      const race = coroutine(async () => {
        for (let i = 0; i < 40_500; i++) await Promise.race([future, done]);
        future.setResult();
      });
      yield* on(race());
    });
    expect(words).toBe(
      'task "main" has 20000 open waits, among them many for the loser: the losers of Promise.race stay; race with wait() or race() of cotask',
    );
  }, 60_000);
});

describe('debug mode', () => {
  const host = (): VirtualHost => new VirtualHost();

  test('can be turned on and off in the midst of a run', async () => {
    const messages: string[] = [];
    const swallow = coroutine(function* () {
      try {
        yield* sleep(100);
      } catch {
        // Swallowed.
      }
    });
    const main = coroutine(function* () {
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, { message }) => messages.push(message));
      for (const [name, debug] of [
        ['before', false],
        ['while', true],
        ['after', false],
      ] as const) {
        loop.setDebug(debug);
        yield* fromPromise(import('./debug-mode.ts').then(() => foreign(5)));
        const task = createTask(swallow(), { name });
        yield* sleep(1);
        task.cancel();
        yield* task;
      }
    });
    await run(main(), { host: host() });
    expect(messages).toEqual([
      'task "while" was cancelled and returned a value all the same: let CancelledError through, or call uncancel()',
    ]);
  });

  test('of one run does not look at another that runs beside it', async () => {
    const messages: string[] = [];
    const swallow = coroutine(async (name: string) => {
      getRunningLoop().setExceptionHandler((_loop, { message }) => messages.push(`${name}: ${message}`));
      const task = currentTask();
      await sleep(1);
      task?.cancel();
      await sleep(10).then(
        () => {},
        () => {},
      );
    });
    await Promise.all([run(swallow('debug'), { host: host(), debug: true }), run(swallow('plain'), { host: host() })]);
    expect(messages).toEqual([
      'debug: task "main" was cancelled and returned a value all the same: let CancelledError through, or call uncancel()',
    ]);
  });

  test('says where a failed task was made', async () => {
    const bad = coroutine(async () => {
      throw new Error('broken');
    });
    const main = coroutine(async () => await createTask(bad(), { name: 'bad' }));
    const error = await run(main(), { host: host(), debug: true }).catch((reason: unknown) => reason);
    expect(awaitChain(error)[0]?.madeAt).toMatch(/debug-mode\.test\.ts[?\w=&]*:\d+:\d+$/);
    expect(error instanceof Error ? error.stack : '').toMatch(
      /in task "bad" made at .*debug-mode\.test\.ts[?\w=&]*:\d+:\d+/,
    );
  });

  test('gives reports the stack of the line where their task was made', async () => {
    const traces: (string | undefined)[] = [];
    const bad = coroutine(async () => {
      throw new Error('broken');
    });
    const main = coroutine(async () => {
      getRunningLoop().setExceptionHandler((_loop, { sourceTraceback }) => traces.push(sourceTraceback));
      createTask(bad(), { name: 'bad' });
      await sleep(1);
    });
    await run(main(), { host: host(), debug: true });
    expect(traces).toEqual([expect.stringMatching(/^ *at .*debug-mode\.test\.ts[?\w=&]*:\d+:\d+/)]);
  });

  test('shows the calls of a body that wait', async () => {
    const stacks: string[][] = [];
    const inner = coroutine(async function inner() {
      await sleep(5);
    });
    const outer = coroutine(async function outer() {
      await inner();
    });
    const deep = coroutine(function* deep() {
      yield* sleep(5);
    });
    const top = coroutine(function* top() {
      yield* deep();
    });
    const main = coroutine(function* () {
      const tasks = [createTask(outer()), createTask(top())];
      yield* sleep(1);
      for (const task of tasks) stacks.push(task.getStack().map(({ what }) => what));
      yield* tasks[0] ?? sleep(0);
    });
    await run(main(), { host: host(), debug: true });
    expect(stacks.map((stack) => stack.slice(0, 3))).toEqual([
      ['waits for sleep(5)', 'inner', 'outer'],
      ['waits for sleep(5)', expect.stringMatching('deep'), expect.stringMatching('top')],
    ]);
  });
});
