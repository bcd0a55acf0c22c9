import { describe, expectTypeOf, test } from 'vitest';

import {
  allTasks,
  awaitChain,
  coroutine,
  createEagerTaskFactory,
  createTask,
  currentTask,
  detached,
  eagerTaskFactory,
  ensureFuture,
  fromPromise,
  isCoroutineFunction,
  sleep,
  Task,
  wrapFuture,
} from '../index.ts';
import type {
  Awaitable,
  AwaitLink,
  Body,
  Coroutine,
  CoroutineFunction,
  EnsureFutureOptions,
  Future,
  GeneratorBody,
  TaskClass,
  TaskFactory,
  TaskOptions,
  Wait,
  WrapFutureOptions,
} from '../index.ts';

const work = coroutine(async (n: number) => `${n}`);

describe('a task', () => {
  test('keeps the type of what its body gives, under await and under yield*', () => {
    void (async () => {
      expectTypeOf(createTask(work(1), { name: 'a', priority: 1, eager: true })).toEqualTypeOf<Task<string>>();
      expectTypeOf(await createTask(work(1))).toEqualTypeOf<string>();
      expectTypeOf(allTasks()).toEqualTypeOf<Task<unknown>[]>();
      expectTypeOf(currentTask()).toEqualTypeOf<Task<unknown> | null>();
    });
    void function* (): GeneratorBody<void> {
      expectTypeOf(yield* createTask(work(1))).toEqualTypeOf<string>();
      expectTypeOf(yield* createTask(sleep(1, [1]))).toEqualTypeOf<number[]>();
    };
  });

  test('is made with options that it knows', () => {
    expectTypeOf<keyof TaskOptions>().toEqualTypeOf<'name' | 'priority' | 'share' | 'context' | 'eager' | 'graceMs'>();
    expectTypeOf<keyof EnsureFutureOptions>().toEqualTypeOf<'loop'>();
    void (() => {
      // @ts-expect-error a typo
      createTask(work(1), { eagre: true });
      // @ts-expect-error the name is an option
      createTask(work(1), 'a');
      // @ts-expect-error a typo
      ensureFuture(work(1), { lop: null });
    });
  });

  test('may be of a class of its own, made by a factory', () => {
    expectTypeOf(eagerTaskFactory).toEqualTypeOf<TaskFactory>();
    class Counted<T> extends Task<T> {}
    expectTypeOf(createEagerTaskFactory(Counted)).toEqualTypeOf<TaskFactory>();
    expectTypeOf<typeof Counted>().toExtend<TaskClass>();
    void (() => {
      // @ts-expect-error a class of something else
      createEagerTaskFactory(Date);
    });
  });
});

describe('under yield*', () => {
  test('stands what is awaitable, and nothing else', () => {
    void function* (promise: Promise<string>): GeneratorBody<void> {
      expectTypeOf(yield* fromPromise(promise)).toEqualTypeOf<string>();
      // @ts-expect-error a promise: yield* fromPromise(promise)
      yield* promise;
      // @ts-expect-error the function itself: work(1)
      yield* work;
      // @ts-expect-error a number
      yield* 5;
    };
  });

  test('a list compiles as a body only where it yields waits', () => {
    void (() => {
      // @ts-expect-error strings are iterable, but yield no waits
      coroutine(function* () {
        yield* 'abc';
      });
      // @ts-expect-error [task] is a list: gather() waits for one
      coroutine(function* () {
        yield* [sleep(1)];
      });
    });
  });

  test('a bare yield does not compile in a body whose type is written down', () => {
    void function* (): Generator<Wait, void, unknown> {
      // @ts-expect-error yield*
      yield sleep(1);
    };
  });
});

describe('a forgotten await', () => {
  test('shows where the result is used', () => {
    void (async () => {
      const saved = work(1);
      // @ts-expect-error a coroutine has no length: await it
      void saved.length;
      // @ts-expect-error a coroutine is no string
      const word: string = work(1);
      void word;
    });
    void function* (): GeneratorBody<string> {
      yield* sleep(0);
      // @ts-expect-error a coroutine is no string: yield* it
      return work(1);
    };
  });
});

describe('promises of somebody else', () => {
  test('keep their types', () => {
    void (async (promise: Promise<number>, thenable: PromiseLike<Date>) => {
      expectTypeOf(fromPromise(promise)).toEqualTypeOf<Awaitable<number>>();
      expectTypeOf(await fromPromise(thenable)).toEqualTypeOf<Date>();
      expectTypeOf(wrapFuture(promise, { controller: new AbortController() })).toEqualTypeOf<Future<number>>();
      expectTypeOf(ensureFuture(thenable)).toEqualTypeOf<Future<Date>>();
    });
    expectTypeOf<keyof WrapFutureOptions>().toEqualTypeOf<'loop' | 'controller'>();
  });

  test('are promises', () => {
    void (() => {
      // @ts-expect-error a function that gives one
      void fromPromise(async () => 1);
      // @ts-expect-error a value
      void fromPromise(1);
      // @ts-expect-error a value
      void wrapFuture('a');
      // @ts-expect-error the controller, not its signal
      void wrapFuture(Promise.resolve(1), { controller: new AbortController().signal });
    });
  });
});

test('detached keeps the arguments, and gives nothing to wait for', () => {
  expectTypeOf(detached(async (who: string, n: number) => `${who}${n}`)).toEqualTypeOf<
    (who: string, n: number) => void
  >();
  expectTypeOf(
    detached(function* (who: string) {
      yield* sleep(1);
      return who;
    }),
  ).toEqualTypeOf<(who: string) => void>();
  void ((either: (n: number) => Body<string>) => {
    expectTypeOf(detached(either)).toEqualTypeOf<(n: number) => void>();
    // @ts-expect-error returns nothing to wait for
    detached(() => 1);
    // @ts-expect-error called already
    detached(work(1));
  });
});

test('isCoroutineFunction tells a coroutine function from others', () => {
  void ((thing: (() => Promise<number>) | CoroutineFunction<void, [], number>) => {
    if (isCoroutineFunction(thing)) expectTypeOf(thing()).toEqualTypeOf<Coroutine<number>>();
  });
});

test('awaitChain gives the tasks through which an error came, for whatever was caught', () => {
  expectTypeOf(awaitChain(new Error('a'))).toEqualTypeOf<readonly AwaitLink[]>();
  expectTypeOf<AwaitLink>().toEqualTypeOf<{
    readonly task: string;
    readonly via: string | null;
    readonly madeAt: string | null;
  }>();
});
