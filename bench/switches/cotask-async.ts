/** cotask, async gear. */
import { coroutine, createTask, gather, run, sleep } from 'cotask';
import type { Stopwatch, Switches } from './workload.ts';

const giveWay = coroutine(async (rounds: number, stopwatch: Stopwatch) => {
  await sleep(0);
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) await sleep(0);
  stopwatch.taskEnded();
});

const switchAll = coroutine(async (tasks: number, rounds: number, stopwatch: Stopwatch) => {
  await gather(Array.from({ length: tasks }, () => createTask(giveWay(rounds, stopwatch))));
});

export const switches: Switches = (tasks, rounds, stopwatch) => run(switchAll(tasks, rounds, stopwatch));
