import { describe, expectTypeOf, test } from 'vitest';

import { copyContext, coroutine, createTask, runMain, Runner, sleep, taskLocal, wrapFuture } from '../index.ts';
import type { Context, Coroutine, Future, Task, TaskLocal, TaskLocalToken } from '../index.ts';

/** Never called: what stands here is only compiled. */
function compiled(_: () => unknown): void {}

describe('types', () => {
  test('a task local keeps the type of its value', () => {
    const local = taskLocal<number>({ default: 1 });
    expectTypeOf(local).toEqualTypeOf<TaskLocal<number>>();
    expectTypeOf(local.get()).toEqualTypeOf<number>();
    expectTypeOf(local.get(null)).toEqualTypeOf<number | null>();
    expectTypeOf(local.set(2)).toEqualTypeOf<TaskLocalToken<number>>();
    compiled(() => {
      expectTypeOf(local.run(1, async () => 'a')).toEqualTypeOf<Coroutine<string>>();
      expectTypeOf(
        local.run(1, function* () {
          return yield* sleep(1, true);
        }),
      ).toEqualTypeOf<Coroutine<boolean>>();
      // @ts-expect-error the value is a number
      local.set('2');
      // @ts-expect-error the body is a function
      void local.run(1, 2);
      // @ts-expect-error a token belongs to a local of its own type
      local.reset(taskLocal<string>().set('a'));
    });
  });

  test('a context gives what its function gives', () => {
    const context = copyContext();
    expectTypeOf(context).toEqualTypeOf<Context>();
    expectTypeOf(context.run((a: number, b: string) => `${a}${b}`, 1, 'x')).toEqualTypeOf<string>();
    expectTypeOf(context.bind((a: number) => a)).toEqualTypeOf<(a: number) => number>();
    compiled(() => {
      // @ts-expect-error an argument is missing
      context.run((a: number) => a);
    });
  });

  test('a runner gives what its coroutine gives; a task and a wrapped promise keep their types', () => {
    const main = coroutine(async () => 1);
    compiled(() => {
      expectTypeOf(new Runner().run(main())).toEqualTypeOf<Promise<number>>();
      expectTypeOf(createTask(main(), { eager: true, context: copyContext() })).toEqualTypeOf<Task<number>>();
      expectTypeOf(wrapFuture(Promise.resolve('a'))).toEqualTypeOf<Future<string>>();
      // @ts-expect-error the function must be called
      void new Runner().run(main);
      // @ts-expect-error runMain handles signals itself
      runMain(main(), { handleSignals: true });
    });
  });
});
