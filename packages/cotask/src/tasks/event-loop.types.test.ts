import { describe, expectTypeOf, test } from 'vitest';

import { coroutine, EventLoop, getEventLoop, getRunningLoop, newEventLoop, setEventLoop, sleep } from '../index.ts';
import type {
  Context,
  DoneCallbackOptions,
  EventLoopOptions,
  ExceptionContext,
  ExceptionHandler,
  Future,
  FutureOptions,
  Handle,
  Task,
  TaskFactory,
} from '../index.ts';

const work = coroutine(async (n: number) => `${n}`);
/** Never called: what stands here is only compiled. */
function compiled(_: (loop: EventLoop) => unknown): void {}

describe('the loops', () => {
  test('are found and made', () => {
    expectTypeOf(getEventLoop).returns.toEqualTypeOf<EventLoop>();
    expectTypeOf(getRunningLoop).returns.toEqualTypeOf<EventLoop>();
    expectTypeOf(newEventLoop).returns.toEqualTypeOf<EventLoop>();
    expectTypeOf(setEventLoop).parameters.toEqualTypeOf<[loop: EventLoop | null]>();
    expectTypeOf<keyof EventLoopOptions>().toEqualTypeOf<'host' | 'policy' | 'debug' | 'graceMs'>();
    compiled(() => {
      // @ts-expect-error a typo
      void new EventLoop({ hots: null });
      // @ts-expect-error a policy is an object: fifo()
      void new EventLoop({ policy: 'fifo' });
    });
  });
});

describe('a loop', () => {
  test('runs an awaitable, and gives a promise of what it gives', () => {
    compiled(async (loop) => {
      expectTypeOf(loop.runUntilComplete(work(1))).toEqualTypeOf<Promise<string>>();
      expectTypeOf(await loop.runUntilComplete(sleep(1, 5))).toEqualTypeOf<number>();
      expectTypeOf(loop.runForever()).toEqualTypeOf<Promise<void>>();
      expectTypeOf(loop.createTask(work(1), { name: 'a' })).toEqualTypeOf<Task<string>>();
      expectTypeOf(loop.time()).toEqualTypeOf<number>();
      // @ts-expect-error not called
      void loop.runUntilComplete(work);
      // @ts-expect-error not called
      loop.createTask(work);
    });
  });

  test('has two lists of tasks', () => {
    compiled((loop) => {
      expectTypeOf(loop.readyTasks()).toEqualTypeOf<Task<unknown>[]>();
      expectTypeOf(loop.waitingTasks()).toEqualTypeOf<Task<unknown>[]>();
    });
  });

  test('tells its exception handler what happened, and to what', () => {
    expectTypeOf<ExceptionHandler>().parameters.toEqualTypeOf<[loop: EventLoop, context: ExceptionContext]>();
    expectTypeOf<Required<ExceptionContext>>().toEqualTypeOf<{
      message: string;
      exception: unknown;
      task: Task<unknown>;
      future: Future<unknown>;
      handle: Handle;
      context: ExceptionContext;
      sourceTraceback: string;
    }>();
    compiled((loop) => {
      loop.setExceptionHandler((_loop, { message, exception }) => [message, exception]);
      loop.setExceptionHandler(null);
      loop.callExceptionHandler({ message: 'something happened' });
      // @ts-expect-error what happened?
      loop.callExceptionHandler({ exception: new Error('a') });
      // @ts-expect-error the loop comes first
      loop.setExceptionHandler((context: ExceptionContext) => context.message);
    });
  });

  test('takes a task factory, and gives it back', () => {
    compiled((loop) => {
      expectTypeOf(loop.getTaskFactory()).toEqualTypeOf<TaskFactory | null>();
      loop.setTaskFactory(null);
      // @ts-expect-error gives no task
      loop.setTaskFactory(() => 1);
    });
  });

  test('handles signals by name, with the arguments that it was given', () => {
    compiled((loop) => {
      loop.addSignalHandler('SIGHUP', (word: string) => word, 'a');
      expectTypeOf(loop.removeSignalHandler('SIGHUP')).toEqualTypeOf<boolean>();
      // @ts-expect-error a number
      loop.addSignalHandler(1, () => {});
      // @ts-expect-error an argument is missing
      loop.addSignalHandler('SIGHUP', (word: string) => word);
    });
  });
});

describe('a future', () => {
  test('belongs to a loop, and calls back with itself', () => {
    expectTypeOf<keyof FutureOptions>().toEqualTypeOf<'loop' | 'label'>();
    expectTypeOf<keyof DoneCallbackOptions>().toEqualTypeOf<'context'>();
    compiled((loop) => {
      const future = loop.createFuture<string>('the answer');
      future.addDoneCallback((done) => expectTypeOf(done).toEqualTypeOf<Future<string>>());
      future.addDoneCallback(() => {}, { context: undefined as never as Context });
      expectTypeOf(future.exception()).toEqualTypeOf<unknown>();
      // @ts-expect-error a typo
      future.addDoneCallback(() => {}, { contxt: null });
      // @ts-expect-error the callback
      future.addDoneCallback();
    });
  });
});
