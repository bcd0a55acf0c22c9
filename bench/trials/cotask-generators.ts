/** cotask, generator gear. */
import { Lock, Queue, Semaphore, coroutine, createTask, forEach, gather, getRunningLoop, run, sleep } from 'cotask';
import type { Future } from 'cotask';
import { check, numbers, sleepMs, width } from './trial.ts';
import type { Clock, Trials } from './trial.ts';

const number = coroutine(function* (i: number) {
  return i;
});

const spawn = coroutine(function* (count: number) {
  const results = yield* gather(numbers(count).map((i) => createTask(number(i))));
  check(
    results.reduce((a, b) => a + b, 0),
    count,
  );
});

const produce = coroutine(function* (queue: Queue<number>, count: number) {
  for (let i = 0; i < count; i++) yield* queue.put(i);
});

const queues = coroutine(function* (count: number) {
  const queue = new Queue<number>(width);
  const producer = createTask(produce(queue, count));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += yield* queue.get();
  yield* producer;
  check(sum, count);
});

const holdOften = coroutine(function* (lock: Lock, times: number) {
  for (let i = 0; i < times; i++) {
    const guard = yield* lock.hold();
    try {
      yield* sleep(0);
    } finally {
      guard.release();
    }
  }
});

const locks = coroutine(function* (count: number) {
  const lock = new Lock();
  yield* gather(numbers(width).map(() => createTask(holdOften(lock, count / width))));
});

const giveWay = function* () {
  yield* sleep(0);
};

const limited = coroutine(function* (semaphore: Semaphore) {
  const guard = yield* semaphore.hold();
  try {
    yield* sleep(0);
  } finally {
    guard.release();
  }
});

const limits = coroutine(function* (count: number) {
  const semaphore = new Semaphore(width);
  yield* gather(numbers(count).map(() => createTask(limited(semaphore))));
});

const overNumbers = coroutine(function* (count: number) {
  yield* forEach(numbers(count), giveWay, { concurrency: width });
});

const nap = coroutine(function* (ms: number) {
  yield* sleep(ms);
});

const timers = coroutine(function* (count: number) {
  yield* gather(numbers(count).map((i) => createTask(nap(sleepMs(i)))));
});

const waitFor = coroutine(function* (future: Future<void>) {
  yield* future;
});

const cancel = coroutine(function* (count: number, clock: Clock) {
  const loop = getRunningLoop();
  const tasks = numbers(count).map(() => createTask(waitFor(loop.createFuture<void>())));
  yield* sleep(0);
  clock.restart();
  for (const task of tasks) task.cancel();
  yield* gather(tasks, { returnExceptions: true });
});

export const trials: Trials = {
  spawn: (count) => run(spawn(count)),
  queues: (count) => run(queues(count)),
  locks: (count) => run(locks(count)),
  limits: (count) => run(limits(count)),
  forEach: (count) => run(overNumbers(count)),
  timers: (count) => run(timers(count)),
  cancel: (count, clock) => run(cancel(count, clock)),
};
