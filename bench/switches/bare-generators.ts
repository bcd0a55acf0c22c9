/** The floor: generators in a ring, and a loop that resumes them in turn. Nothing can wait, fail or be cancelled. */
import type { Stopwatch, Switches } from './workload.ts';

function* giveWay(rounds: number, stopwatch: Stopwatch): Generator<void, void, void> {
  yield;
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) yield;
  stopwatch.taskEnded();
}

/** A ring of a power of two, no shorter than the number of bodies. */
function runAll(bodies: readonly Generator<void, void, void>[]): void {
  const mask = 2 ** Math.ceil(Math.log2(bodies.length + 1)) - 1;
  const ring = [...bodies];
  let left = bodies.length;
  for (let take = 0, put = left; left > 0; take = (take + 1) & mask) {
    const body = ring[take];
    if (body === undefined) break;
    if (body.next().done === true) {
      left -= 1;
    } else {
      ring[put] = body;
      put = (put + 1) & mask;
    }
  }
}

export const switches: Switches = async (tasks, rounds, stopwatch) => {
  runAll(Array.from({ length: tasks }, () => giveWay(rounds, stopwatch)));
};
