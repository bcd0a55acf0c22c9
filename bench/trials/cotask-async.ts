/** cotask, async gear. */
import { Lock, Queue, Semaphore, coroutine, createTask, forEach, gather, getRunningLoop, run, sleep } from 'cotask';
import type { Future } from 'cotask';
import { check, numbers, sleepMs, width } from './trial.ts';
import type { Clock, Trials } from './trial.ts';

const number = coroutine(async (i: number) => i);

const spawn = coroutine(async (count: number) => {
  const results = await gather(numbers(count).map((i) => createTask(number(i))));
  check(
    results.reduce((a, b) => a + b, 0),
    count,
  );
});

const produce = coroutine(async (queue: Queue<number>, count: number) => {
  for (let i = 0; i < count; i++) await queue.put(i);
});

const queues = coroutine(async (count: number) => {
  const queue = new Queue<number>(width);
  const producer = createTask(produce(queue, count));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += await queue.get();
  await producer;
  check(sum, count);
});

const holdOften = coroutine(async (lock: Lock, times: number) => {
  for (let i = 0; i < times; i++) {
    const guard = await lock.hold();
    try {
      await sleep(0);
    } finally {
      guard.release();
    }
  }
});

const locks = coroutine(async (count: number) => {
  const lock = new Lock();
  await gather(numbers(width).map(() => createTask(holdOften(lock, count / width))));
});

const giveWay = async () => {
  await sleep(0);
};

const limited = coroutine(async (semaphore: Semaphore) => {
  const guard = await semaphore.hold();
  try {
    await sleep(0);
  } finally {
    guard.release();
  }
});

const limits = coroutine(async (count: number) => {
  const semaphore = new Semaphore(width);
  await gather(numbers(count).map(() => createTask(limited(semaphore))));
});

const overNumbers = coroutine(async (count: number) => {
  await forEach(numbers(count), giveWay, { concurrency: width });
});

const nap = coroutine(async (ms: number) => {
  await sleep(ms);
});

const timers = coroutine(async (count: number) => {
  await gather(numbers(count).map((i) => createTask(nap(sleepMs(i)))));
});

const waitFor = coroutine(async (future: Future<void>) => {
  await future;
});

const cancel = coroutine(async (count: number, clock: Clock) => {
  const loop = getRunningLoop();
  const tasks = numbers(count).map(() => createTask(waitFor(loop.createFuture<void>())));
  await sleep(0);
  clock.restart();
  for (const task of tasks) task.cancel();
  await gather(tasks, { returnExceptions: true });
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
