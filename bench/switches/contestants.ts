/** Who takes part in `switches`, and how their processes are started. */
import { fileURLToPath } from 'node:url';
import { nodeFlags, runJson } from '../harness/child.ts';
import type { Contestant } from '../harness/contest.ts';
import { findPython, peerIsInstalled, pythonHas } from '../harness/programs.ts';

/** One row of the measurement: how many tasks, and how many switches each. */
export interface Scenario {
  readonly name: string;
  readonly kind: 'switches' | 'spawn';
  readonly tasks: number;
  readonly rounds: number;
}

/** What one operation cost, in nanoseconds: time that passed, and processor time. */
export interface Cost {
  readonly ns: number;
  readonly cpuNs: number;
}

export type SwitchContestant = Contestant<Scenario, Cost>;

const runner = path('./contestant-main.ts');
const pythonRunner = path('./asyncio_main.py');

/** This project first, then what it is compared with. */
export function contestants(): SwitchContestant[] {
  return [
    ours('generator gear', './cotask-generators.ts'),
    ours('async gear', './cotask-async.ts'),
    python('asyncio'),
    python('uvloop'),
    peer('Effect', 'effect', 1),
    // Linear in the number of operations and slow: a tenth of them is enough.
    peer('Effection', 'effection', 0.1),
    ours('native promises', './native-promises.ts'),
    ours('bare generators', './bare-generators.ts'),
  ];
}

function ours(name: string, file: string): SwitchContestant {
  return { name, missing: null, run: (scenario) => measure(path(file), scenario) };
}

function peer(name: string, packageName: string, share: number): SwitchContestant {
  const missing = peerIsInstalled(packageName) ? null : `the package ${packageName} is not installed in bench/peers`;
  const file = path(`../peers/${packageName}.ts`);
  return { name, missing, run: (scenario) => measure(file, smaller(scenario, share)) };
}

function python(name: 'asyncio' | 'uvloop'): SwitchContestant {
  const program = findPython();
  if (program === null) return { name, missing: 'python3 is not installed', run: async () => null };
  const missing = pythonHas(program, [name]) ? null : `${program} has no module ${name} (Debian: python3-${name})`;
  return {
    name,
    missing,
    run: ({ kind, tasks, rounds }) => costOf(program, [pythonRunner, name, kind, `${tasks}`, `${rounds}`]),
  };
}

function measure(file: string, { kind, tasks, rounds }: Scenario): Promise<Cost> {
  return costOf(process.execPath, [...nodeFlags, runner, file, kind, `${tasks}`, `${rounds}`]);
}

async function costOf(command: string, args: readonly string[]): Promise<Cost> {
  const report = await runJson(command, args);
  if (isCost(report)) return report;
  throw new Error(`${command} reported ${JSON.stringify(report)}`);
}

function isCost(report: unknown): report is Cost {
  return (
    typeof report === 'object' &&
    report !== null &&
    'ns' in report &&
    typeof report.ns === 'number' &&
    'cpuNs' in report &&
    typeof report.cpuNs === 'number'
  );
}

/** Fewer rounds; where there are none, fewer tasks. */
function smaller(scenario: Scenario, share: number): Scenario {
  const shrink = (count: number): number => Math.max(1, Math.round(count * share));
  if (scenario.kind === 'spawn') return { ...scenario, tasks: shrink(scenario.tasks) };
  return { ...scenario, rounds: shrink(scenario.rounds) };
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
