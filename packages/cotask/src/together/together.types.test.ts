import { describe, expectTypeOf, test } from 'vitest';

import {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  asCompleted,
  coroutine,
  createTask,
  gather,
  sleep,
  wait,
} from '../index.ts';
import type {
  AsCompleted,
  Completed,
  Coroutine,
  Future,
  Gatherable,
  OutcomesOf,
  ResultOf,
  ResultsOf,
  ReturnWhen,
  Task,
  Wait,
  WaitResult,
} from '../index.ts';

declare const task: Task<string>;
declare const future: Future<number>;
const nap = sleep(1, true);
const work = coroutine(async () => new Date(0));

describe('gather', () => {
  test('gives a tuple for arguments, and for a list of a known shape', () => {
    void (() => {
      expectTypeOf(gather(task, future, nap, work(), Promise.resolve(1n))).toEqualTypeOf<
        Future<[string, number, boolean, Date, bigint]>
      >();
      expectTypeOf(gather([task, future])).toEqualTypeOf<Future<[string, number]>>();
      expectTypeOf(gather()).toEqualTypeOf<Future<[]>>();
      expectTypeOf(gather(task)).toEqualTypeOf<Future<[string]>>();
    });
  });

  test('gives an array for a list of any length', () => {
    void ((tasks: Task<string>[], set: Set<Future<number>>) => {
      expectTypeOf(gather(tasks)).toEqualTypeOf<Future<string[]>>();
      expectTypeOf(gather(...tasks)).toEqualTypeOf<Future<string[]>>();
      expectTypeOf(gather(set)).toEqualTypeOf<Future<number[]>>();
    });
  });

  test('gives its results under await and under yield*', () => {
    void (async () => {
      expectTypeOf(await gather(task, future)).toEqualTypeOf<[string, number]>();
    });
    void function* (): Generator<Wait, void, unknown> {
      const [word, n] = yield* gather(task, future);
      expectTypeOf(word).toEqualTypeOf<string>();
      expectTypeOf(n).toEqualTypeOf<number>();
    };
  });

  test('has errors among the results when it is told to', () => {
    void ((tasks: Set<Task<string>>) => {
      const outcomes = gather([task, future], { returnExceptions: true });
      expectTypeOf(outcomes).toEqualTypeOf<Future<[string | Error, number | Error]>>();
      expectTypeOf(gather(tasks, { returnExceptions: true })).toEqualTypeOf<Future<(string | Error)[]>>();
      expectTypeOf(gather([task], { returnExceptions: false })).toEqualTypeOf<Future<[string]>>();
    });
  });

  test('refuses what cannot be waited for, and unknown options', () => {
    void (() => {
      // @ts-expect-error a number
      void gather(task, 1);
      // @ts-expect-error not called
      void gather(work);
      // @ts-expect-error numbers
      void gather([1, 2]);
      // @ts-expect-error options come after a list
      void gather(task, future, { returnExceptions: true });
      // @ts-expect-error a typo
      void gather([task], { returnException: true });
    });
  });
});

test('what is given has a name', () => {
  expectTypeOf<ResultOf<Task<string>>>().toEqualTypeOf<string>();
  expectTypeOf<ResultOf<Promise<number>>>().toEqualTypeOf<number>();
  expectTypeOf<ResultsOf<[Task<string>, Promise<number>]>>().toEqualTypeOf<[string, number]>();
  expectTypeOf<OutcomesOf<[Task<string>]>>().toEqualTypeOf<[string | Error]>();
  expectTypeOf<Coroutine<Date>>().toExtend<Gatherable>();
  expectTypeOf<number>().not.toExtend<Gatherable>();
});

describe('wait', () => {
  test('has three words, which are constants too', () => {
    const words = [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION] as const;
    expectTypeOf<(typeof words)[number]>().toEqualTypeOf<ReturnWhen>();
    void (() => expectTypeOf(wait([task])).toEqualTypeOf<Coroutine<WaitResult<Task<string>>>>());
  });

  test('gives sets of what it was given', () => {
    void (async () => {
      const { done, pending } = await wait([task, task], { returnWhen: FIRST_COMPLETED, timeout: 5 });
      expectTypeOf(done).toEqualTypeOf<Set<Task<string>>>();
      expectTypeOf(pending).toEqualTypeOf<Set<Task<string>>>();
    });
    void function* (): Generator<Wait, void, unknown> {
      const { done } = yield* wait(new Set([future]));
      expectTypeOf(done).toEqualTypeOf<Set<Future<number>>>();
    };
  });

  test('takes its futures as arguments as well', () => {
    void (async () => {
      const { done } = await wait(task, task);
      expectTypeOf(done).toEqualTypeOf<Set<Task<string>>>();
      for (const next of asCompleted(task, sleep(1, 'x'))) expectTypeOf(await next).toEqualTypeOf<string>();
    });
  });

  test('takes futures only, and known words', () => {
    void (() => {
      // @ts-expect-error make a task of it first
      void wait([work()]);
      // @ts-expect-error a promise
      void wait([Promise.resolve(1)]);
      // @ts-expect-error no such word
      void wait([task], { returnWhen: 'ANY' });
      // @ts-expect-error a typo
      void wait([task], { timout: 5 });
    });
  });
});

describe('asCompleted', () => {
  test('gives awaitables of the results by for, and boxes of the futures by for await', () => {
    void (async () => {
      for (const next of asCompleted([task, sleep(1, 'x')])) {
        expectTypeOf(next).toEqualTypeOf<Coroutine<string>>();
        expectTypeOf(await next).toEqualTypeOf<string>();
      }
      expectTypeOf(asCompleted([task])).toEqualTypeOf<AsCompleted<string>>();
      for await (const done of asCompleted([createTask(work())])) {
        expectTypeOf(done).toEqualTypeOf<Completed<Date>>();
        expectTypeOf(done.future).toEqualTypeOf<Future<Date>>();
      }
    });
    void function* (): Generator<Wait, void, unknown> {
      for (const next of asCompleted([task])) expectTypeOf(yield* next).toEqualTypeOf<string>();
    };
  });
});
