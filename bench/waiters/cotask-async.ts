/** cotask, async gear. */
import { Event, Lock, Semaphore, abortSignal, coroutine, createTask, gather, run, sleep } from 'cotask';
import { numbers } from '../trials/trial.ts';
import { permits } from './waiters.ts';
import type { Waiters } from './waiters.ts';

const holdOnce = coroutine(async (lock: Lock | Semaphore) => {
  const guard = await lock.hold();
  guard.release();
});

const letThrough = coroutine(async (lock: Lock | Semaphore, held: number, count: number) => {
  const guards = [];
  for (let i = 0; i < held; i++) guards.push(await lock.hold());
  const tasks = numbers(count).map(() => createTask(holdOnce(lock)));
  await sleep(0);
  for (const guard of guards) guard.release();
  await gather(tasks);
});

const onEvent = coroutine(async (event: Event) => {
  await event.wait();
});

const setEvent = coroutine(async (count: number) => {
  const event = new Event();
  const tasks = numbers(count).map(() => createTask(onEvent(event)));
  await sleep(0);
  event.set();
  await gather(tasks);
});

const underSignal = coroutine(async (signal: AbortSignal) => {
  await abortSignal(signal, async () => {
    await sleep(600_000);
  });
});

const abort = coroutine(async (count: number) => {
  const controller = new AbortController();
  const tasks = numbers(count).map(() => createTask(underSignal(controller.signal)));
  await sleep(0);
  controller.abort();
  await gather(tasks, { returnExceptions: true });
});

export const trials: Waiters = {
  lock: (count) => run(letThrough(new Lock(), 1, count)),
  semaphore: (count) => run(letThrough(new Semaphore(permits), permits, count)),
  event: (count) => run(setEvent(count)),
  signal: (count) => run(abort(count)),
};
