import { describe, expectTypeOf, test } from 'vitest';

import {
  abortSignal,
  coroutine,
  currentDeadline,
  shield,
  shielded,
  sleep,
  taskGroup,
  timeout,
  timeoutAt,
  waitFor,
} from '../index.ts';
import type {
  AbortSignalLike,
  Coroutine,
  Future,
  GeneratorBody,
  Ready,
  ScopeHandle,
  ShieldedScope,
  Task,
  TaskGroup,
  TimeoutScope,
  Wait,
} from '../index.ts';

const work = coroutine(async (n: number) => `${n}`);
declare const either: () => Promise<string> | GeneratorBody<string>;

describe('a scope', () => {
  test('gives what its body gives, in both gears', () => {
    void (async () => {
      expectTypeOf(await timeout(5, async () => 'async')).toEqualTypeOf<string>();
      const generator = timeoutAt(5, function* () {
        yield* sleep(1);
        return 1;
      });
      expectTypeOf(generator).toEqualTypeOf<Coroutine<number>>();
      expectTypeOf(await taskGroup(async (group) => group.createTask(work(1)).getName())).toEqualTypeOf<string>();
    });
    void function* (): Generator<Wait, void, unknown> {
      expectTypeOf(yield* timeout(null, async () => [1])).toEqualTypeOf<number[]>();
      const value = yield* taskGroup(function* (group) {
        return yield* group.createTask(work(1));
      });
      expectTypeOf(value).toEqualTypeOf<string>();
    };
  });

  test('takes a body that may be of either gear', () => {
    void (() => {
      expectTypeOf(timeout(5, either)).toEqualTypeOf<Coroutine<string>>();
      expectTypeOf(timeoutAt(5, either)).toEqualTypeOf<Coroutine<string>>();
      expectTypeOf(taskGroup(either)).toEqualTypeOf<Coroutine<string>>();
    });
  });

  test('gives its handle to its body', () => {
    void (() => {
      void timeout(5, async (scope) => {
        expectTypeOf(scope).toEqualTypeOf<TimeoutScope>();
        expectTypeOf(scope.when()).toEqualTypeOf<number | null>();
        expectTypeOf(scope.signal).toEqualTypeOf<AbortSignal>();
        scope.reschedule(null);
      });
      void taskGroup(function* (group) {
        expectTypeOf(group).toEqualTypeOf<TaskGroup>();
        expectTypeOf(group.createTask(work(1), { name: 'a' })).toEqualTypeOf<Task<string>>();
        yield* sleep(0);
      });
    });
  });

  test('of a signal gives what its body gives; without arguments it is the signal of the caller', () => {
    void (() => {
      const { signal } = new AbortController();
      expectTypeOf(signal).toExtend<AbortSignalLike>();
      expectTypeOf(abortSignal()).toEqualTypeOf<AbortSignal>();
      expectTypeOf(abortSignal(signal, async () => 1)).toEqualTypeOf<Coroutine<number>>();
      expectTypeOf(abortSignal(signal, either)).toEqualTypeOf<Coroutine<string>>();
      const generator = abortSignal(signal, function* (scope) {
        expectTypeOf(scope).toEqualTypeOf<ScopeHandle>();
        return yield* sleep(1, 'slept');
      });
      expectTypeOf(generator).toEqualTypeOf<Coroutine<string>>();
      expectTypeOf(abortSignal(signal, () => sleep(1, 'slept'))).toEqualTypeOf<Coroutine<string>>();
      expectTypeOf(currentDeadline()).toEqualTypeOf<number>();
      // @ts-expect-error the body is missing
      void abortSignal(signal);
      // @ts-expect-error the controller is no signal
      void abortSignal(new AbortController(), async () => 1);
    });
  });

  test('of a group starts a task that says with what it is ready', () => {
    void (() =>
      taskGroup(async (group) => {
        expectTypeOf(group.start<number>(async (ready) => ready(1))).toEqualTypeOf<Coroutine<number>>();
        const named = async (ready: Ready<string>): Promise<void> => ready('up');
        expectTypeOf(await group.start(named, { name: 'a' })).toEqualTypeOf<string>();
        expectTypeOf(await group.start<void>(async (ready) => ready())).toEqualTypeOf<void>();
        const steps = function* (ready: Ready<boolean>): GeneratorBody<void> {
          ready(true);
          yield* sleep(1);
        };
        expectTypeOf(group.start(steps)).toEqualTypeOf<Coroutine<boolean>>();
        expectTypeOf(group.cancel()).toEqualTypeOf<void>();
        // @ts-expect-error the coroutine is begun by the group
        void group.start(work(1));
        // @ts-expect-error ready with another type
        void group.start<number>(async (ready) => ready('1'));
      }));
  });

  test('that is shielded gives what its body gives, and its handle to it', () => {
    void (() => {
      expectTypeOf(shielded(async () => 1, { limit: 5 })).toEqualTypeOf<Coroutine<number>>();
      expectTypeOf(shielded(either)).toEqualTypeOf<Coroutine<string>>();
      const generator = shielded(function* (scope) {
        expectTypeOf(scope).toEqualTypeOf<ShieldedScope>();
        expectTypeOf(scope.requested).toEqualTypeOf<boolean>();
        return yield* sleep(1, 'slept');
      });
      expectTypeOf(generator).toEqualTypeOf<Coroutine<string>>();
      // @ts-expect-error an awaitable: shield() takes that
      void shielded(sleep(1));
      // @ts-expect-error the option is called limit
      void shielded(async () => 1, { ms: 5 });
    });
  });

  test('refuses a body that is no function of either gear', () => {
    void (() => {
      // @ts-expect-error an awaitable: waitFor() takes that
      void timeout(5, sleep(1_000));
      // @ts-expect-error returns nothing to wait for
      void timeout(5, () => 1);
      // @ts-expect-error "yield" where "yield*" was meant
      void timeout(5, function* () {
        yield sleep(1);
      });
      // @ts-expect-error the arguments are the other way round
      void timeout(async () => {}, 5);
      // @ts-expect-error an async generator yields out of the scope
      void taskGroup(async function* () {
        yield 1;
      });
    });
  });
});

test('waitFor and shield give what they wait for', () => {
  void (async () => {
    expectTypeOf(await waitFor(work(1), 5)).toEqualTypeOf<string>();
    expectTypeOf(shield(work(1))).toEqualTypeOf<Future<string>>();
    // @ts-expect-error the time is missing
    void waitFor(work(1));
    // @ts-expect-error not called
    void waitFor(work, 5);
  });
});
