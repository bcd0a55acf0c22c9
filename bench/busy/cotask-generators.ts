/** cotask, generator gear. */
import { coroutine, createTask, gather, run, sleep } from 'cotask';
import { busyTasks, sleepers } from './workload.ts';
import type { Busy, Seen } from './workload.ts';

const spin = coroutine(function* (turns: number) {
  for (let i = 0; i < turns; i++) yield* sleep(0);
});

const doze = coroutine(function* (ms: number, seen: Seen) {
  for (;;) {
    const due = performance.now() + ms;
    yield* sleep(ms);
    seen.late.push(performance.now() - due);
  }
});

const main = coroutine(function* (turns: number, seen: Seen) {
  for (let i = 0; i < sleepers; i++) void createTask(doze(5 + i, seen));
  yield* gather(Array.from({ length: busyTasks }, () => createTask(spin(turns))));
});

export const busy: Busy = (turns, seen) => run(main(turns, seen));
