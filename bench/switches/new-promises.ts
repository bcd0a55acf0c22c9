/** The engine's own promises, a new one for each wait, as everybody has it whose waits end at different times. */
import type { Stopwatch, Switches } from './workload.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => resolve());

async function giveWay(rounds: number, stopwatch: Stopwatch): Promise<void> {
  await nextTurn();
  stopwatch.taskBegan();
  for (let i = 0; i < rounds; i++) await nextTurn();
  stopwatch.taskEnded();
}

export const switches: Switches = async (tasks, rounds, stopwatch) => {
  await Promise.all(Array.from({ length: tasks }, () => giveWay(rounds, stopwatch)));
};
