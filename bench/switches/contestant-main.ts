/**
 * One contestant, one scenario, one process: `contestant-main.ts FILE switches|spawn TASKS ROUNDS`. Prints
 * `{ "ns": …, "cpuNs": … }` of one operation, after a small warm-up.
 */
import { Stopwatch, readClocks, spentSince } from './workload.ts';
import type { Spent, Workload } from './workload.ts';

const [file = '', scenario = '', count = '', turns = ''] = process.argv.slice(2);
const tasks = Number(count);
const rounds = Number(turns);
const { workload }: { workload: Workload } = await import(file);

interface OneOperation {
  readonly ns: number;
  readonly cpuNs: number;
}

function perOperation({ wallMs, cpuMs }: Spent, operations: number): OneOperation {
  return { ns: (wallMs * 1e6) / operations, cpuNs: (cpuMs * 1e6) / operations };
}

async function measureSwitches(taskCount: number, roundCount: number): Promise<OneOperation> {
  const stopwatch = new Stopwatch(taskCount);
  await workload.switches(taskCount, roundCount, stopwatch);
  if (stopwatch.spent === null) throw new Error('not all tasks ended');
  return perOperation(stopwatch.spent, taskCount * roundCount);
}

async function measureSpawn(taskCount: number): Promise<OneOperation> {
  const began = readClocks();
  const sum = await workload.spawn(taskCount);
  const spent = spentSince(began);
  if (sum !== (taskCount * (taskCount - 1)) / 2) throw new Error(`the tasks returned ${sum} in all`);
  return perOperation(spent, taskCount);
}

async function measure(): Promise<OneOperation> {
  const few = Math.min(tasks, 1_000);
  if (scenario === 'spawn') await measureSpawn(few);
  else await measureSwitches(few, Math.min(rounds, 50_000 / few));
  globalThis.gc?.();
  return scenario === 'spawn' ? measureSpawn(tasks) : measureSwitches(tasks, rounds);
}

console.log(JSON.stringify(await measure()));
