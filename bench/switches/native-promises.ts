/** The engine's own promises: no tasks, no cancellation, no lists. */
import type { Stopwatch, Workload } from './workload.ts';

const turn = Promise.resolve();

async function giveWay(rounds: number, stopwatch: Stopwatch): Promise<void> {
  await turn;
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) await turn;
  stopwatch.taskEnded();
}

/** An async function without an `await` would be an ordinary call. */
async function number(i: number): Promise<number> {
  await turn;
  return i;
}

export const workload: Workload = {
  async switches(tasks, rounds, stopwatch) {
    await Promise.all(Array.from({ length: tasks }, () => giveWay(rounds, stopwatch)));
  },
  async spawn(tasks) {
    const numbers = await Promise.all(Array.from({ length: tasks }, (_, i) => number(i)));
    return numbers.reduce((a, b) => a + b, 0);
  },
};
