/** The engine's own promises: an async function a task, a promise each to wait for. Nothing can be cancelled. */
import type { WaitAll } from './workload.ts';

const onPromise = async (promise: Promise<void>): Promise<void> => {
  await promise;
};

export const waitAll: WaitAll = async (_waitedFor, tasks, measure) => {
  const settle: (() => void)[] = [];
  const ended = Array.from({ length: tasks }, () => onPromise(new Promise((resolve) => settle.push(resolve))));
  await Promise.resolve();
  measure();
  for (const each of settle) each();
  await Promise.all(ended);
};
