/**
 * One contestant, one trial, one process: `trial-main.ts FILE TRIAL COUNT`. Prints `{ "ns": …, "cpuNs": … }` of one
 * operation, after a warm-up of the same code. With a fourth argument, `profile`, it prints where the time went as well.
 */
import { perOperation, readClocks, spentSince } from '../harness/clocks.ts';
import type { Cost } from '../harness/clocks.ts';
import { SelfProfiler } from '../harness/profiler.ts';
import type { Trial } from './trial.ts';

const [file = '', name = '', count = '', profile] = process.argv.slice(2);
const { trials }: { trials: Readonly<Record<string, Trial>> } = await import(file);

async function measure(trial: Trial, operations: number, profiler?: SelfProfiler): Promise<Cost> {
  let began = readClocks();
  const restart = (): void => {
    began = readClocks();
    profiler?.start();
  };
  restart();
  await trial(operations, { restart });
  return perOperation(spentSince(began), operations);
}

const trial = trials[name];
if (trial === undefined) throw new Error(`${file} has no trial "${name}"`);
const operations = Number(count);
await measure(trial, Math.min(operations, 10_000));
globalThis.gc?.();
if (profile === undefined) console.log(JSON.stringify(await measure(trial, operations)));
else await profiled(new SelfProfiler(), trial);

async function profiled(profiler: SelfProfiler, toMeasure: Trial): Promise<void> {
  await profiler.prepare();
  console.log(JSON.stringify(await measure(toMeasure, operations, profiler)));
  await profiler.print();
}
