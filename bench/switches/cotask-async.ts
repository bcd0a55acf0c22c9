/** cotask, async gear. */
import { coroutine, createTask, gather, run, sleep } from 'cotask';
import type { Stopwatch, Workload } from './workload.ts';

const giveWay = coroutine(async (rounds: number, stopwatch: Stopwatch) => {
  await sleep(0);
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) await sleep(0);
  stopwatch.taskEnded();
});

const number = coroutine(async (i: number) => i);

const switchAll = coroutine(async (tasks: number, rounds: number, stopwatch: Stopwatch) => {
  await gather(Array.from({ length: tasks }, () => createTask(giveWay(rounds, stopwatch))));
});

const spawnAll = coroutine(async (tasks: number) => {
  const numbers = await gather(Array.from({ length: tasks }, (_, i) => createTask(number(i))));
  return numbers.reduce((a, b) => a + b, 0);
});

export const workload: Workload = {
  switches: (tasks, rounds, stopwatch) => run(switchAll(tasks, rounds, stopwatch)),
  spawn: (tasks) => run(spawnAll(tasks)),
};
