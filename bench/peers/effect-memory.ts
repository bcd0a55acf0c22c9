/** Effect: a fiber a task, a Deferred each to wait for. */
import { Deferred, Effect, Fiber } from 'effect';

const onDeferred = (deferred) =>
  Effect.gen(function* () {
    yield* Deferred.await(deferred);
  });

export const waitAll = (_waitedFor, tasks, measure) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const fibers = [];
      for (let i = 0; i < tasks; i++) fibers.push(yield* Effect.forkChild(onDeferred(yield* Deferred.make())));
      yield* Effect.yieldNow;
      yield* Effect.yieldNow;
      measure();
      yield* Fiber.interruptAll(fibers);
    }),
  );
