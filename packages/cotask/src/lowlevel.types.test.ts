import { describe, expectTypeOf, test } from 'vitest';

import type { Awaitable, Future, Task, Wait } from './index.ts';
import {
  abortError,
  addHooks,
  describeWaits,
  futureAddToAwaitedBy,
  futureDiscardFromAwaitedBy,
  onAbort,
  park,
  parkForeign,
  runningTag,
  WaitQueue,
} from './lowlevel.ts';
import type {
  Arm,
  Foreign,
  Host,
  IdleAnswer,
  NameTag,
  OpenWait,
  Runnable,
  Settle,
  Step,
  StepOwner,
  TaskHooks,
  WaitedFor,
} from './lowlevel.ts';

describe('park', () => {
  test('gives what it is settled with, under await and under yield*', () => {
    const arm: Arm<string> = ({ resolve }) => {
      resolve('a');
      return () => {};
    };
    void (async () => {
      expectTypeOf(park('a bell', arm)).toEqualTypeOf<Awaitable<string>>();
      expectTypeOf(await park('a bell', arm)).toEqualTypeOf<string>();
      expectTypeOf(parkForeign('a bell', arm)).toEqualTypeOf<Awaitable<string>>();
    });
    void function* (): Generator<Wait, void, unknown> {
      expectTypeOf(yield* park('a bell', arm)).toEqualTypeOf<string>();
      expectTypeOf(yield* park<number>('a bell', ({ resolve }) => resolve(1))).toEqualTypeOf<number>();
    };
  });

  test('hands its arm how to settle it', () => {
    void park<number>('a bell', (settle) => {
      expectTypeOf(settle).toEqualTypeOf<Settle<number>>();
      // @ts-expect-error of the wrong type
      settle.resolve('1');
    });
    void (() => {
      // @ts-expect-error the label comes first
      void park(() => {});
    });
  });
});

describe('a wait queue', () => {
  test('hands values of its type over', () => {
    const queue = new WaitQueue<string>();
    void (async () => {
      expectTypeOf(queue.wait('a turn')).toEqualTypeOf<Future<string>>();
      expectTypeOf(await queue.wait('a turn')).toEqualTypeOf<string>();
    });
    expectTypeOf(queue.wakeOne('a')).toEqualTypeOf<boolean>();
    expectTypeOf(queue.wakeAll('a')).toEqualTypeOf<number>();
    expectTypeOf(queue.size).toEqualTypeOf<number>();
    expectTypeOf(new WaitQueue().wakeOne()).toEqualTypeOf<boolean>();
    void (() => {
      // @ts-expect-error of the wrong type
      queue.wakeOne(1);
    });
  });

  test('takes words, or what knows who could end the wait', () => {
    const tag = runningTag();
    expectTypeOf(tag).toEqualTypeOf<NameTag | null>();
    const about: WaitedFor = { label: 'the door', known: ', which is shut', enders: tag === null ? [] : [tag] };
    expectTypeOf(new WaitQueue().wait).parameter(0).toEqualTypeOf<string | WaitedFor>();
    expectTypeOf(about.label).toEqualTypeOf<string>();
    expectTypeOf<NameTag>().toExtend<WaitedFor>();
  });
});

test('hooks are told of tasks and their waits', () => {
  const stop = addHooks({
    taskCreated: (task) => expectTypeOf(task).toEqualTypeOf<Task<unknown>>(),
    taskWaits: (task, wait) => expectTypeOf([task, wait] as const).toEqualTypeOf<readonly [Task<unknown>, OpenWait]>(),
  });
  expectTypeOf(stop()).toEqualTypeOf<void>();
  expectTypeOf<TaskHooks>().toExtend<object>();
  void (() => {
    // @ts-expect-error no such hook
    addHooks({ taskMade: () => {} });
  });
  expectTypeOf(describeWaits).toEqualTypeOf<(task: Task<unknown>) => string>();
});

test('awaits that the runtime cannot see are told with a future and a task', () => {
  expectTypeOf(futureAddToAwaitedBy).parameters.toEqualTypeOf<[future: Future<unknown>, waiter: Task<unknown>]>();
  expectTypeOf(futureDiscardFromAwaitedBy).parameters.toEqualTypeOf<[future: Future<unknown>, waiter: Task<unknown>]>();
});

test('a signal is watched, and gives an error', () => {
  const { signal } = new AbortController();
  expectTypeOf(onAbort(signal, () => {})()).toEqualTypeOf<void>();
  expectTypeOf(abortError(signal)).toEqualTypeOf<Error>();
  void (() => {
    // @ts-expect-error the controller is no signal
    onAbort(new AbortController(), () => {});
  });
});

test('a host answers when a loop is idle; a step has an owner', () => {
  expectTypeOf<ReturnType<Host['idle']>>().toEqualTypeOf<IdleAnswer>();
  expectTypeOf<Parameters<Host['idle']>>().toEqualTypeOf<
    [deadline: number | null, wake: () => void, foreign: Foreign]
  >();
  expectTypeOf<Step>().toExtend<Runnable>();
  expectTypeOf<Step['owner']>().toEqualTypeOf<StepOwner>();
  expectTypeOf<Runnable['owner']>().toEqualTypeOf<StepOwner | null>();
});
