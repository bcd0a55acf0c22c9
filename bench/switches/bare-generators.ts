/** The floor: generators in a ring, and a loop that resumes them in turn. Nothing can wait, fail or be cancelled. */
import type { Stopwatch, Workload } from './workload.ts';

function* giveWay(rounds: number, stopwatch: Stopwatch): Generator<void, number, void> {
  yield;
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) yield;
  stopwatch.taskEnded();
  return 0;
}

function* number(i: number): Generator<void, number, void> {
  yield;
  return i;
}

/** A ring of a power of two, no shorter than the number of bodies. */
function runAll(bodies: readonly Generator<void, number, void>[]): number {
  const mask = 2 ** Math.ceil(Math.log2(bodies.length + 1)) - 1;
  const ring = [...bodies];
  let left = bodies.length;
  let sum = 0;
  for (let take = 0, put = left; left > 0; take = (take + 1) & mask) {
    const body = ring[take];
    if (body === undefined) break;
    const result = body.next();
    if (result.done === true) {
      sum += result.value;
      left -= 1;
    } else {
      ring[put] = body;
      put = (put + 1) & mask;
    }
  }
  return sum;
}

export const workload: Workload = {
  async switches(tasks, rounds, stopwatch) {
    runAll(Array.from({ length: tasks }, () => giveWay(rounds, stopwatch)));
  },
  async spawn(tasks) {
    return runAll(Array.from({ length: tasks }, (_, i) => number(i)));
  },
};
