import { describe, expect, test } from 'vitest';

import { coroutine, createTask, isCoroutine, isCoroutineFunction, run, sleep } from '../index.ts';
import type { Coroutine, GeneratorBody } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { Gear } from '../testing/both-gears.ts';
import { me, play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';

/** A call of a coroutine function of one gear; the task that awaits it is of either. */
const calling = (inner: Gear): AwaitableKind => ({
  value: 'value',
  fails: true,
  make({ loop }) {
    let gate = loop.createFuture<string>();
    const work = coroutine(inGear(inner, () => on(gate)));
    const begin = coroutine(function* () {
      gate = loop.createFuture<string>();
      return yield* work();
    });
    return {
      wait: begin,
      *complete(after) {
        if (!gate.done()) gate.setResult('value');
        after?.();
      },
      *fail(error, after) {
        gate.setException(error);
        after?.();
      },
    };
  },
});

for (const inner of gears) {
  describe.each(gears)(`a coroutine of the ${inner} gear, in the %s gear`, (gear) => {
    test.each(contractOf(calling(inner), gear))('$name', async ({ transcript, right }) => {
      expect(await transcript()).toEqual(right);
    });
  });
}

describe.each(gears)('a coroutine, in the %s gear', (gear) => {
  test('runs in the task that awaits it, at once, without a tick', async () => {
    const lines = await play(gear, function* (stage) {
      me().setName('main');
      const inner = stage.coroutineOf(function* () {
        stage.log('inner', stage.tick, me().getName());
        return 1;
      });
      stage.loop.callSoon(() => stage.log('callback'));
      stage.log((yield* on(inner())) + (yield* on(inner())), stage.tick);
      yield* on(sleep(0));
    });
    expect(lines).toEqual(['inner 0 main', 'inner 0 main', '2 0', 'callback']);
  });

  test('in coroutines, two hundred deep, resumes in one tick', async () => {
    const lines = await play(gear, function* (stage) {
      const deep: (depth: number) => Coroutine<number> = stage.coroutineOf(function* (depth) {
        if (depth > 0) return 1 + (yield* on(deep(depth - 1)));
        return yield* on(sleep(0, 0));
      });
      stage.log(yield* on(deep(200)), stage.tick);
    });
    expect(lines).toEqual(['200 1']);
  });

  test('is begun once: a second await is refused, and the first goes on', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(() => on(sleep(1, 'value')))();
      const task = createTask(work);
      yield* on(sleep(0));
      try {
        yield* on(work);
      } catch (error) {
        stage.log((error as { code: string }).code);
      }
      stage.log(yield* on(task));
    });
    expect(lines).toEqual(['COTASK_COROUTINE_REUSED', 'value']);
  });

  test('gives its arguments and its this to its function', async () => {
    const lines = await play(gear, function* (stage) {
      const counter = {
        count: 1,
        add: coroutine(function* (this: { count: number }, by: number, word: string): GeneratorBody<string> {
          yield* sleep(0);
          this.count += by;
          return word;
        }),
      };
      stage.log(yield* on(counter.add(2, 'added')), counter.count);
    });
    expect(lines).toEqual(['added 3']);
  });

  test('whose body throws before its first wait fails its task, not the one that made it', async () => {
    const lines = await play(gear, function* (stage) {
      const broken = stage.coroutineOf(function* () {
        throw new Error('broken');
      });
      stage.log(yield* attempt(createTask(broken())), yield* attempt(broken()));
    });
    expect(lines).toEqual(['broken broken']);
  });
});

test('a call runs nothing', () => {
  let ran = false;
  const work = coroutine(async () => {
    ran = true;
  });
  expect(isCoroutine(work())).toBe(true);
  expect(ran).toBe(false);
});

test('isCoroutine knows what a coroutine function returned, and nothing else', () => {
  const work = coroutine(function* work() {});
  expect(isCoroutine(work())).toBe(true);
  expect(work().label).toBe('work');
  expect([work, sleep(1), Promise.resolve(), (function* () {})(), null].map(isCoroutine)).toEqual(Array(5).fill(false));
});

test('a program of both gears is one program', async () => {
  const leaf = coroutine(function* (n: number) {
    yield* sleep(1);
    return n;
  });
  const middle = coroutine(async (n: number) => {
    const [a, b] = await Promise.all([leaf(n), leaf(n + 1)]);
    return a + b;
  });
  const root = coroutine(function* () {
    return (yield* middle(1)) + (yield* middle(10));
  });
  expect(await run(root(), { host: new VirtualHost() })).toBe(24);
});

describe.each(gears)('a plain function that hands on an awaitable, in the %s gear', (gear) => {
  test('is a coroutine of its own, as a task and in place', async () => {
    const lines = await play(gear, function* (stage) {
      const future = stage.loop.createFuture<string>();
      stage.loop.callLater(1, () => future.setResult('value'));
      const onFuture = coroutine(() => future);
      stage.log(yield* on(createTask(onFuture())), yield* on(onFuture()));
      const onSleep = coroutine((ms: number) => sleep(ms, 'slept'));
      stage.log(yield* on(createTask(onSleep(1))), yield* on(onSleep(0)));
    });
    expect(lines).toEqual(['value value', 'slept slept']);
  });
});

test('a coroutine function has the name of the function that it was made of', () => {
  const fetchOne = async (): Promise<void> => {};
  expect([coroutine(fetchOne).name, coroutine(async () => {}).name]).toEqual(['fetchOne', '']);
});

test('isCoroutineFunction knows what coroutine() made, and nothing else', () => {
  expect(isCoroutineFunction(coroutine(async () => 1))).toBe(true);
  expect([async () => 1, function* () {}, coroutine(async () => 1)(), null].map(isCoroutineFunction)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
