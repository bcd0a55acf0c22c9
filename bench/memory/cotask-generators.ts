/** cotask, generator gear. */
import { Event, coroutine, createTask, gather, getRunningLoop, run, sleep } from 'cotask';
import type { Future } from 'cotask';
import type { WaitAll, WaitedFor } from './workload.ts';

const onFuture = coroutine(function* (future: Future<void>) {
  yield* future;
});

const onEvent = coroutine(function* (event: Event) {
  yield* event.wait();
});

const onSleep = coroutine(function* () {
  yield* sleep(600_000);
});

const begin = {
  shared: (future: Future<void>) => onFuture(future),
  future: () => onFuture(getRunningLoop().createFuture<void>()),
  event: () => onEvent(new Event()),
  sleep: () => onSleep(),
};

const waitForAll = coroutine(function* (waitedFor: WaitedFor, count: number, measure: () => void) {
  const shared = getRunningLoop().createFuture<void>();
  const tasks = Array.from({ length: count }, () => createTask(begin[waitedFor](shared)));
  yield* sleep(0);
  measure();
  for (const task of tasks) task.cancel();
  yield* gather(tasks, { returnExceptions: true });
});

export const waitAll: WaitAll = (waitedFor, tasks, measure) => run(waitForAll(waitedFor, tasks, measure));
