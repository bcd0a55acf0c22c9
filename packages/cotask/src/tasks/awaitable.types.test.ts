import { describe, expectTypeOf, test } from 'vitest';

import { Future, currentTask, fromPromise, isCoroutine, isFuture, sleep } from '../index.ts';
import type { Awaitable, Coroutine, EventLoop, Handle, Task, TaskState, TimerHandle, Wait } from '../index.ts';
import { WaitQueue, park } from '../lowlevel.ts';

const makeWaits = (loop: EventLoop, task: Task<string>) => ({
  sleep: sleep(1),
  nap: sleep(1, 'rested'),
  future: new Future<number>({ loop }),
  task,
  promise: fromPromise(Promise.resolve([true])),
  bell: park<Date>('a bell', () => {}),
  turn: new WaitQueue<bigint>().wait('a turn'),
});
type Waits = ReturnType<typeof makeWaits>;

describe('everything that can be waited for', () => {
  test('is an Awaitable of its value', () => {
    expectTypeOf<Waits['sleep']>().toExtend<Awaitable<void>>();
    expectTypeOf<Waits['nap']>().toExtend<Awaitable<string>>();
    expectTypeOf<Waits['future']>().toExtend<Awaitable<number>>();
    expectTypeOf<Waits['task']>().toExtend<Awaitable<string>>();
    expectTypeOf<Waits['task']>().toExtend<Future<string>>();
    expectTypeOf<Waits['promise']>().toExtend<Awaitable<boolean[]>>();
    expectTypeOf<Waits['bell']>().toExtend<Awaitable<Date>>();
    expectTypeOf<Waits['turn']>().toExtend<Awaitable<bigint>>();
  });

  test('gives it under await', () => {
    void (async (waits: Waits) => {
      expectTypeOf(await waits.sleep).toEqualTypeOf<void>();
      expectTypeOf(await waits.nap).toEqualTypeOf<string>();
      expectTypeOf(await waits.future).toEqualTypeOf<number>();
      expectTypeOf(await waits.task).toEqualTypeOf<string>();
      expectTypeOf(await waits.promise).toEqualTypeOf<boolean[]>();
      expectTypeOf(await waits.bell).toEqualTypeOf<Date>();
      expectTypeOf(await waits.turn).toEqualTypeOf<bigint>();
      expectTypeOf(await Promise.all([waits.nap, waits.future])).toEqualTypeOf<[string, number]>();
    });
  });

  test('gives it under yield*', () => {
    void function* (waits: Waits): Generator<Wait, void, unknown> {
      expectTypeOf(yield* waits.sleep).toEqualTypeOf<void>();
      expectTypeOf(yield* waits.nap).toEqualTypeOf<string>();
      expectTypeOf(yield* waits.future).toEqualTypeOf<number>();
      expectTypeOf(yield* waits.task).toEqualTypeOf<string>();
      expectTypeOf(yield* waits.promise).toEqualTypeOf<boolean[]>();
      expectTypeOf(yield* waits.bell).toEqualTypeOf<Date>();
      expectTypeOf(yield* waits.turn).toEqualTypeOf<bigint>();
    };
  });

  test('that stands for another awaitable is flattened under await, and not under yield*', () => {
    void (async (nested: Future<Task<string>>) => {
      expectTypeOf(await nested).toEqualTypeOf<string>();
    });
    void function* (nested: Future<Task<string>>): Generator<Wait, void, unknown> {
      expectTypeOf(yield* nested).toEqualTypeOf<Task<string>>();
    };
  });

  test('gives what its callbacks give, by then', () => {
    void (async (task: Task<string>) => {
      expectTypeOf(await task.then((value) => value.length)).toEqualTypeOf<number>();
      expectTypeOf(
        await task.then(
          (value) => value.length,
          () => null,
        ),
      ).toEqualTypeOf<number | null>();
      expectTypeOf(await task.then()).toEqualTypeOf<string>();
    });
  });
});

describe('a task', () => {
  test('has the methods of asyncio, typed', () => {
    expectTypeOf(currentTask()).toEqualTypeOf<Task<unknown> | null>();
    void ((task: Task<string>) => {
      expectTypeOf(task.result()).toEqualTypeOf<string>();
      expectTypeOf(task.exception()).toBeUnknown();
      expectTypeOf(task.cancel).parameters.toEqualTypeOf<[reason?: string | undefined]>();
      expectTypeOf(task.state).toEqualTypeOf<TaskState>();
      expectTypeOf(task.signal).toEqualTypeOf<AbortSignal>();
      task.addDoneCallback((done) => expectTypeOf(done.result()).toEqualTypeOf<string>());
      // @ts-expect-error a task's result is what its body returns
      task.setResult('made up');
    });
  });
});

describe('the loop', () => {
  test('calls back with the arguments that it was given', () => {
    void ((loop: EventLoop) => {
      expectTypeOf(loop.callSoon((name: string, n: number) => [name, n], 'a', 1)).toEqualTypeOf<Handle>();
      expectTypeOf(loop.callLater(1, (name: string) => name, 'a')).toEqualTypeOf<TimerHandle>();
      // @ts-expect-error an argument is missing
      loop.callSoon((name: string, n: number) => [name, n], 'a');
      // @ts-expect-error of the wrong type
      loop.callLater(1, (name: string) => name, 1);
      // @ts-expect-error a number
      loop.callSoon(1);
    });
  });

  test('makes futures of what they are for', () => {
    void ((loop: EventLoop) => {
      expectTypeOf(loop.createFuture<string>()).toEqualTypeOf<Future<string>>();
      const future = loop.createFuture<string>();
      // @ts-expect-error of the wrong type
      future.setResult(1);
      loop.createFuture<void>().setResult();
    });
  });
});

test('isFuture and isCoroutine tell types apart', () => {
  const thing: unknown = 1;
  if (isFuture(thing)) expectTypeOf(thing).toEqualTypeOf<Future<unknown>>();
  if (isCoroutine(thing)) expectTypeOf(thing).toEqualTypeOf<Coroutine<unknown>>();
});

test('sleep takes milliseconds', () => {
  void (() => {
    // @ts-expect-error a string
    void sleep('1');
    // @ts-expect-error nothing
    void sleep();
  });
});
