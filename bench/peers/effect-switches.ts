/**
 * Effect: a fiber a task, `Effect.yieldNow` to give way. The fiber that starts the others is made to give way after 2,048
 * operations, so the first would run ahead of the last: a gate holds them until all are there.
 */
import { Deferred, Effect, Fiber } from 'effect';

const giveWay = (rounds, stopwatch, gate) =>
  Effect.gen(function* () {
    yield* Deferred.await(gate);
    yield* Effect.yieldNow;
    stopwatch.taskBegan();
    for (let i = 0; i < rounds; i++) yield* Effect.yieldNow;
    stopwatch.taskEnded();
  });

export const switches = (tasks, rounds, stopwatch) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const gate = yield* Deferred.make();
      const fibers = [];
      for (let i = 0; i < tasks; i++) fibers.push(yield* Effect.forkChild(giveWay(rounds, stopwatch, gate)));
      yield* Deferred.succeed(gate, undefined);
      yield* Fiber.joinAll(fibers);
    }),
  );
