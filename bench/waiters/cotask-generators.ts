/** cotask, generator gear. */
import { Event, Lock, Semaphore, abortSignal, coroutine, createTask, gather, run, sleep } from 'cotask';
import { numbers } from '../trials/trial.ts';
import { permits } from './waiters.ts';
import type { Waiters } from './waiters.ts';

const holdOnce = coroutine(function* (lock: Lock | Semaphore) {
  const guard = yield* lock.hold();
  guard.release();
});

const letThrough = coroutine(function* (lock: Lock | Semaphore, held: number, count: number) {
  const guards = [];
  for (let i = 0; i < held; i++) guards.push(yield* lock.hold());
  const tasks = numbers(count).map(() => createTask(holdOnce(lock)));
  yield* sleep(0);
  for (const guard of guards) guard.release();
  yield* gather(tasks);
});

const onEvent = coroutine(function* (event: Event) {
  yield* event.wait();
});

const setEvent = coroutine(function* (count: number) {
  const event = new Event();
  const tasks = numbers(count).map(() => createTask(onEvent(event)));
  yield* sleep(0);
  event.set();
  yield* gather(tasks);
});

const underSignal = coroutine(function* (signal: AbortSignal) {
  yield* abortSignal(signal, function* () {
    yield* sleep(600_000);
  });
});

const abort = coroutine(function* (count: number) {
  const controller = new AbortController();
  const tasks = numbers(count).map(() => createTask(underSignal(controller.signal)));
  yield* sleep(0);
  controller.abort();
  yield* gather(tasks, { returnExceptions: true });
});

export const trials: Waiters = {
  lock: (count) => run(letThrough(new Lock(), 1, count)),
  semaphore: (count) => run(letThrough(new Semaphore(permits), permits, count)),
  event: (count) => run(setEvent(count)),
  signal: (count) => run(abort(count)),
};
