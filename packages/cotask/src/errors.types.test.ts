import { describe, expectTypeOf, test } from 'vitest';

import {
  BrokenBarrierError,
  CancelledError,
  ChannelBroken,
  ChannelClosed,
  CotaskError,
  DeadlockError,
  Interrupted,
  InvalidStateError,
  isCancelled,
  MisuseError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  splitErrors,
  TimeoutError,
} from './index.ts';
import type {
  AllFailedError,
  CancelSource,
  CotaskErrorOptions,
  ErrorFilter,
  SplitErrors,
  TaskGroupError,
} from './index.ts';

describe('the errors', () => {
  test('are errors with a code', () => {
    expectTypeOf<CotaskError>().toExtend<Error>();
    expectTypeOf<CotaskError['code']>().toEqualTypeOf<string>();
    expectTypeOf<TaskGroupError | AllFailedError>().toExtend<AggregateError>();
    expectTypeOf<InstanceType<typeof TaskGroupError>['code']>().toEqualTypeOf<'COTASK_TASK_GROUP'>();
    expectTypeOf<InstanceType<typeof AllFailedError>['code']>().toEqualTypeOf<'COTASK_ALL_FAILED'>();
    const others = [CancelledError, TimeoutError, InvalidStateError, MisuseError, DeadlockError, Interrupted];
    const ofQueues = [QueueEmpty, QueueFull, QueueShutDown, ChannelClosed, ChannelBroken, BrokenBarrierError];
    expectTypeOf<InstanceType<(typeof others)[number]>>().toExtend<CotaskError>();
    expectTypeOf<InstanceType<(typeof ofQueues)[number]>>().toExtend<CotaskError>();
  });

  test('can be extended, with a code and a cause', () => {
    class PrinterError extends CotaskError {
      constructor(options?: CotaskErrorOptions) {
        super('PRINTER', 'out of paper', options);
      }
    }
    expectTypeOf(new PrinterError({ cause: 1 }).code).toEqualTypeOf<string>();
    void (() => {
      // @ts-expect-error the message is missing
      void new CotaskError('PRINTER');
      // @ts-expect-error a typo
      void new CotaskError('PRINTER', 'out of paper', { casue: 1 });
    });
  });
});

test('isCancelled tells a cancel, who asked for it and why', () => {
  void ((error: unknown) => {
    if (!isCancelled(error)) return;
    expectTypeOf(error).toEqualTypeOf<CancelledError>();
    expectTypeOf(error.source).toEqualTypeOf<CancelSource>();
    expectTypeOf(error.task).toEqualTypeOf<string | null>();
    expectTypeOf(error.reason).toEqualTypeOf<string | null>();
  });
  expectTypeOf<'cancel' | 'deadline' | 'group' | 'shutdown' | 'deadlock' | 'signal'>().toEqualTypeOf<CancelSource>();
});

describe('the errors of a group', () => {
  test('are parted by a class or by a function', () => {
    void ((error: unknown, group: TaskGroupError) => {
      const parted = splitErrors(error, TypeError);
      expectTypeOf(parted).toEqualTypeOf<SplitErrors<unknown>>();
      expectTypeOf(parted.matched).toEqualTypeOf<TaskGroupError | null>();
      expectTypeOf(splitErrors(error, (each) => each === 1).rest).toEqualTypeOf<unknown>();
      expectTypeOf(group.split(TypeError)).toEqualTypeOf<SplitErrors<TaskGroupError>>();
      expectTypeOf(group.subgroup(TypeError)).toEqualTypeOf<TaskGroupError | null>();
    });
    expectTypeOf<typeof TypeError>().toExtend<ErrorFilter<TypeError>>();
  });

  test('are listed flat, of one class or all', () => {
    void ((group: TaskGroupError) => {
      expectTypeOf(group.leaves()).toEqualTypeOf<unknown[]>();
      expectTypeOf(group.leaves(TypeError)).toEqualTypeOf<TypeError[]>();
      // @ts-expect-error what is meant?
      group.split();
      // @ts-expect-error a code is no filter
      splitErrors(group, 'COTASK_TIMEOUT');
    });
  });
});
