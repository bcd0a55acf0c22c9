/** The engine's own promises: no tasks, no cancellation, no lists. */
import type { Stopwatch, Switches } from './workload.ts';

const turn = Promise.resolve();

async function giveWay(rounds: number, stopwatch: Stopwatch): Promise<void> {
  await turn;
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) await turn;
  stopwatch.taskEnded();
}

export const switches: Switches = async (tasks, rounds, stopwatch) => {
  await Promise.all(Array.from({ length: tasks }, () => giveWay(rounds, stopwatch)));
};
