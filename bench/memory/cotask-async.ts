/** cotask, async gear. */
import { Event, coroutine, createTask, gather, getRunningLoop, run, sleep } from 'cotask';
import type { Future } from 'cotask';
import type { WaitAll, WaitedFor } from './workload.ts';

const onFuture = coroutine(async (future: Future<void>) => {
  await future;
});

const onEvent = coroutine(async (event: Event) => {
  await event.wait();
});

const onSleep = coroutine(async () => {
  await sleep(600_000);
});

const begin = {
  shared: (future: Future<void>) => onFuture(future),
  future: () => onFuture(getRunningLoop().createFuture<void>()),
  event: () => onEvent(new Event()),
  sleep: () => onSleep(),
};

const waitForAll = coroutine(async (waitedFor: WaitedFor, count: number, measure: () => void) => {
  const shared = getRunningLoop().createFuture<void>();
  const tasks = Array.from({ length: count }, () => createTask(begin[waitedFor](shared)));
  await sleep(0);
  measure();
  for (const task of tasks) task.cancel();
  await gather(tasks, { returnExceptions: true });
});

export const waitAll: WaitAll = (waitedFor, tasks, measure) => run(waitForAll(waitedFor, tasks, measure));
