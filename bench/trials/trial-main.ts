/**
 * One contestant, one trial, one process: `trial-main.ts FILE TRIAL COUNT`. Prints `{ "ns": …, "cpuNs": … }` of one
 * operation, after a warm-up of the same code.
 */
import { perOperation, readClocks, spentSince } from '../harness/clocks.ts';
import type { Cost } from '../harness/clocks.ts';
import type { Trial } from './trial.ts';

const [file = '', name = '', count = ''] = process.argv.slice(2);
const { trials }: { trials: Readonly<Record<string, Trial>> } = await import(file);

async function measure(trial: Trial, operations: number): Promise<Cost> {
  let began = readClocks();
  await trial(operations, { restart: () => (began = readClocks()) });
  return perOperation(spentSince(began), operations);
}

const trial = trials[name];
if (trial === undefined) throw new Error(`${file} has no trial "${name}"`);
const operations = Number(count);
await measure(trial, Math.min(operations, 10_000));
globalThis.gc?.();
console.log(JSON.stringify(await measure(trial, operations)));
