/** Effect: a fiber a task. Its semaphore stands for the lock too. */
import { Deferred, Effect, Fiber, Semaphore } from 'effect';
import { numbers } from '../trials/trial.ts';
import { permits } from '../waiters/waiters.ts';

const forkAll = (count, effect) =>
  Effect.gen(function* () {
    const fibers = [];
    for (const _ of numbers(count)) fibers.push(yield* Effect.forkChild(effect));
    yield* Effect.yieldNow;
    yield* Effect.yieldNow;
    return fibers;
  });

const letThrough = (held, count) =>
  Effect.gen(function* () {
    const semaphore = yield* Semaphore.make(held);
    yield* semaphore.take(held);
    const fibers = yield* forkAll(count, semaphore.withPermits(1)(Effect.void));
    yield* semaphore.release(held);
    yield* Fiber.joinAll(fibers);
  });

const setEvent = (count) =>
  Effect.gen(function* () {
    const event = yield* Deferred.make();
    const fibers = yield* forkAll(count, Deferred.await(event));
    yield* Deferred.succeed(event, undefined);
    yield* Fiber.joinAll(fibers);
  });

export const trials = {
  lock: (count) => Effect.runPromise(letThrough(1, count)),
  semaphore: (count) => Effect.runPromise(letThrough(permits, count)),
  event: (count) => Effect.runPromise(setEvent(count)),
};
