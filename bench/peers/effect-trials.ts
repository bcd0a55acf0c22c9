/** Effect: a fiber a task. */
import { Deferred, Effect, Fiber, Queue, Semaphore } from 'effect';
import { check, numbers, sleepMs, width } from '../trials/trial.ts';

const forkAll = (effects) =>
  Effect.gen(function* () {
    const fibers = [];
    for (const effect of effects) fibers.push(yield* Effect.forkChild(effect));
    return fibers;
  });

const joinAll = (effects) => Effect.flatMap(forkAll(effects), Fiber.joinAll);

const queues = (count) =>
  Effect.gen(function* () {
    const queue = yield* Queue.bounded(width);
    const producer = yield* Effect.forkChild(
      Effect.gen(function* () {
        for (let i = 0; i < count; i++) yield* Queue.offer(queue, i);
      }),
    );
    let sum = 0;
    for (let i = 0; i < count; i++) sum += yield* Queue.take(queue);
    yield* Fiber.join(producer);
    check(sum, count);
  });

const holdOften = (lock, times) =>
  Effect.gen(function* () {
    for (let i = 0; i < times; i++) yield* lock.withPermits(1)(Effect.yieldNow);
  });

const locks = (count) =>
  Effect.gen(function* () {
    const lock = yield* Semaphore.make(1);
    yield* joinAll(numbers(width).map(() => holdOften(lock, count / width)));
  });

const cancel = (count, clock) =>
  Effect.gen(function* () {
    const waits = [];
    for (let i = 0; i < count; i++) waits.push(Deferred.await(yield* Deferred.make()));
    const fibers = yield* forkAll(waits);
    yield* Effect.yieldNow;
    yield* Effect.yieldNow;
    clock.restart();
    yield* Fiber.interruptAll(fibers);
  });

export const trials = {
  spawn: async (count) => {
    const results = await Effect.runPromise(joinAll(numbers(count).map((i) => Effect.sync(() => i))));
    check(
      results.reduce((a, b) => a + b, 0),
      count,
    );
  },
  queues: (count) => Effect.runPromise(queues(count)),
  locks: (count) => Effect.runPromise(locks(count)),
  limits: (count) =>
    Effect.runPromise(Effect.forEach(numbers(count), () => Effect.yieldNow, { concurrency: width, discard: true })),
  timers: (count) => Effect.runPromise(joinAll(numbers(count).map((i) => Effect.sleep(sleepMs(i))))),
  cancel: (count, clock) => Effect.runPromise(cancel(count, clock)),
};
