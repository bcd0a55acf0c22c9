/** cotask, generator gear. */
import { coroutine, createTask, gather, run, sleep } from 'cotask';
import type { Stopwatch, Workload } from './workload.ts';

const giveWay = coroutine(function* (rounds: number, stopwatch: Stopwatch) {
  yield* sleep(0);
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) yield* sleep(0);
  stopwatch.taskEnded();
});

// A coroutine that waits for nothing.
const number = coroutine(function* (i: number) {
  return i;
});

const switchAll = coroutine(function* (tasks: number, rounds: number, stopwatch: Stopwatch) {
  yield* gather(Array.from({ length: tasks }, () => createTask(giveWay(rounds, stopwatch))));
});

const spawnAll = coroutine(function* (tasks: number) {
  const numbers = yield* gather(Array.from({ length: tasks }, (_, i) => createTask(number(i))));
  return numbers.reduce((a, b) => a + b, 0);
});

export const workload: Workload = {
  switches: (tasks, rounds, stopwatch) => run(switchAll(tasks, rounds, stopwatch)),
  spawn: (tasks) => run(spawnAll(tasks)),
};
