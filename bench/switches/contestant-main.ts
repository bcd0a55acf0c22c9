/**
 * One contestant, one scenario, one process: `contestant-main.ts FILE TASKS ROUNDS`. Prints `{ "ns": …, "cpuNs": … }` of
 * one switch, after a small warm-up.
 */
import { perOperation } from '../harness/clocks.ts';
import type { Cost } from '../harness/clocks.ts';
import { Stopwatch } from './workload.ts';
import type { Switches } from './workload.ts';

const [file = '', count = '', turns = ''] = process.argv.slice(2);
const tasks = Number(count);
const rounds = Number(turns);
const { switches }: { switches: Switches } = await import(file);

async function measure(taskCount: number, roundCount: number): Promise<Cost> {
  const stopwatch = new Stopwatch(taskCount);
  await switches(taskCount, roundCount, stopwatch);
  if (stopwatch.spent === null) throw new Error('not all tasks ended');
  return perOperation(stopwatch.spent, taskCount * roundCount);
}

const few = Math.min(tasks, 1_000);
await measure(few, Math.min(rounds, 50_000 / few));
globalThis.gc?.();
console.log(JSON.stringify(await measure(tasks, rounds)));
