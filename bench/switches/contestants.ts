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

/**
 * This project first, then what it is compared with. All costs are linear in the number of operations; the fast ones do
 * more of them, and the slow ones fewer, so that each runs long enough to be measured and short enough to be waited for.
 */
export function contestants(): SwitchContestant[] {
  return [
    ours('generator gear', './cotask-generators.ts', 5),
    ours('async gear', './cotask-async.ts', 2),
    python('asyncio'),
    python('uvloop'),
    peer('Effect', 'effect', 1),
    peer('Effection', 'effection', 0.1),
    ours('native promises', './native-promises.ts', 5),
    ours('bare generators', './bare-generators.ts', 10),
  ];
}

function ours(name: string, file: string, share: number): SwitchContestant {
  return { name, missing: null, run: (scenario) => measure(path(file), scaled(scenario, share)) };
}

function peer(name: string, packageName: string, share: number): SwitchContestant {
  const missing = peerIsInstalled(packageName) ? null : `the package ${packageName} is not installed in bench/peers`;
  const file = path(`../peers/${packageName}.ts`);
  return { name, missing, run: (scenario) => measure(file, scaled(scenario, share)) };
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

/** More or fewer rounds. As many tasks: their number is what is measured, except where there are no rounds. */
function scaled(scenario: Scenario, share: number): Scenario {
  const scale = (count: number): number => Math.max(1, Math.round(count * share));
  if (scenario.kind === 'switches') return { ...scenario, rounds: scale(scenario.rounds) };
  return share < 1 ? { ...scenario, tasks: scale(scenario.tasks) } : scenario;
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
