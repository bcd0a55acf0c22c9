import { describe, expectTypeOf, test } from 'vitest';

import { coroutine, createTask, ensureFuture, run, runMain, sleep } from '../index.ts';
import type { Awaitable, Coroutine, CoroutineFunction, Future, GeneratorBody, Task } from '../index.ts';

const generator = coroutine(function* (n: number, word?: string) {
  yield* sleep(1);
  return `${n}${word}`;
});
const asynchronous = coroutine(async (n: number) => {
  await sleep(1);
  return [n];
});
declare const either: (n: number) => GeneratorBody<string> | Promise<string>;

describe('coroutine', () => {
  test('keeps the arguments and the result of its function, in both gears', () => {
    expectTypeOf(generator).parameters.toEqualTypeOf<[n: number, word?: string | undefined]>();
    expectTypeOf(generator(1)).toEqualTypeOf<Coroutine<string>>();
    expectTypeOf(asynchronous).parameters.toEqualTypeOf<[n: number]>();
    expectTypeOf(asynchronous(1)).toEqualTypeOf<Coroutine<number[]>>();
    void (() => expectTypeOf(coroutine(either)(1)).toEqualTypeOf<Coroutine<string>>());
  });

  test('gives its result under await and under yield*', () => {
    void (async () => {
      expectTypeOf(await generator(1)).toEqualTypeOf<string>();
      expectTypeOf(await asynchronous(1)).toEqualTypeOf<number[]>();
    });
    void function* (): GeneratorBody<void> {
      expectTypeOf(yield* generator(1)).toEqualTypeOf<string>();
      expectTypeOf(yield* asynchronous(1)).toEqualTypeOf<number[]>();
    };
  });

  test('keeps type parameters', () => {
    const first = coroutine(function* <T>(list: readonly T[]): GeneratorBody<T | undefined> {
      yield* sleep(0);
      return list[0];
    });
    expectTypeOf(first([1, 2])).toExtend<Awaitable<number | undefined>>();
  });

  test('keeps this', () => {
    const method = coroutine(function* (this: { n: number }, by: number) {
      yield* sleep(0);
      return this.n + by;
    });
    expectTypeOf(method).toEqualTypeOf<CoroutineFunction<{ n: number }, [by: number], number>>();
    const [right, wrong] = [{ n: 1, method }, { method }];
    expectTypeOf(right.method(2)).toEqualTypeOf<Coroutine<number>>();
    // @ts-expect-error there is no n to add to
    void (() => wrong.method(2));
  });

  test('takes functions that return a generator or a promise, and no others', () => {
    void (() => {
      // @ts-expect-error returns nothing to run
      coroutine(() => 1);
      // @ts-expect-error no function
      coroutine(generator(1));
      // @ts-expect-error yields what is no wait: "yield" where "yield*" was meant
      coroutine(function* () {
        yield sleep(1);
      });
      // @ts-expect-error yields a number
      coroutine(function* () {
        yield 1;
      });
      // @ts-expect-error yields a promise: fromPromise() makes a wait of it
      coroutine(function* () {
        yield Promise.resolve(1);
      });
    });
  });
});

describe('what takes a coroutine', () => {
  test('gives its result', () => {
    void (async () => {
      expectTypeOf(createTask(generator(1))).toEqualTypeOf<Task<string>>();
      expectTypeOf(createTask(sleep(1, 2))).toEqualTypeOf<Task<number>>();
      expectTypeOf(await createTask(asynchronous(1))).toEqualTypeOf<number[]>();
      expectTypeOf(await run(generator(1))).toEqualTypeOf<string>();
      expectTypeOf(ensureFuture(generator(1))).toEqualTypeOf<Future<string>>();
      expectTypeOf(ensureFuture(Promise.resolve(1))).toEqualTypeOf<Future<number>>();
      expectTypeOf(ensureFuture(createTask(generator(1)))).toEqualTypeOf<Task<string>>();
    });
  });

  test('refuses the function itself, and what cannot be waited for', () => {
    void (() => {
      // @ts-expect-error not called
      createTask(generator);
      // @ts-expect-error not called
      void run(generator);
      // @ts-expect-error not called
      runMain(generator);
      // @ts-expect-error a promise runs already: ensureFuture() takes it
      createTask(Promise.resolve(1));
      // @ts-expect-error a generator object, not a coroutine
      createTask((function* () {})());
      // @ts-expect-error a number
      ensureFuture(1);
    });
  });

  test('refuses options that it does not know', () => {
    void (() => {
      createTask(generator(1), { name: 'a', priority: 1 });
      // @ts-expect-error a typo
      createTask(generator(1), { nmae: 'a' });
      // @ts-expect-error a typo
      void run(generator(1), { polici: undefined });
    });
  });
});
