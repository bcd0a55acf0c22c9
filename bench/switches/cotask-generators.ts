/** cotask, generator gear. */
import { coroutine, createTask, gather, run, sleep } from 'cotask';
import type { Stopwatch, Switches } from './workload.ts';

const giveWay = coroutine(function* (rounds: number, stopwatch: Stopwatch) {
  yield* sleep(0);
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) yield* sleep(0);
  stopwatch.taskEnded();
});

const switchAll = coroutine(function* (tasks: number, rounds: number, stopwatch: Stopwatch) {
  yield* gather(Array.from({ length: tasks }, () => createTask(giveWay(rounds, stopwatch))));
});

export const switches: Switches = (tasks, rounds, stopwatch) => run(switchAll(tasks, rounds, stopwatch));
