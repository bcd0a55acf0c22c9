/** The engine's own promises: as long as one of them is resolved, nothing else of the platform runs. */
import { busyTasks, sleepers } from './workload.ts';
import type { Busy, Seen } from './workload.ts';

const turn = Promise.resolve();

async function spin(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await turn;
}

async function doze(ms: number, seen: Seen, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const due = performance.now() + ms;
    await new Promise((resolve) => setTimeout(resolve, ms));
    seen.late.push(performance.now() - due);
  }
}

export const busy: Busy = async (turns, seen) => {
  let over = false;
  const dozing = Array.from({ length: sleepers }, (_, i) => doze(5 + i, seen, () => over));
  await Promise.all(Array.from({ length: busyTasks }, () => spin(turns)));
  over = true;
  await Promise.all(dozing);
};
