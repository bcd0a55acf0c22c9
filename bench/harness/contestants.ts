/** Contestants that are processes which report what one operation cost them. */
import { nodeFlags, runJson } from './child.ts';
import { isCost } from './clocks.ts';
import type { Cost } from './clocks.ts';
import type { Contestant } from './contest.ts';
import { findPython, peerIsInstalled, pythonHas } from './programs.ts';

/** Names the arguments of a scenario's process; null where the contestant has nothing to say to it. */
type Arguments<Scenario> = (scenario: Scenario) => readonly (string | number)[] | null;

/** A program of this repository's. */
export function nodeContestant<Scenario>(name: string, args: Arguments<Scenario>): Contestant<Scenario, Cost> {
  return contestant(name, null, process.execPath, (scenario) => prefixed(nodeFlags, args(scenario)));
}

/** The same with a package of bench/peers. */
export function peerContestant<Scenario>(
  name: string,
  packageName: string,
  args: Arguments<Scenario>,
): Contestant<Scenario, Cost> {
  const missing = peerIsInstalled(packageName) ? null : `the package ${packageName} is not installed in bench/peers`;
  return { ...nodeContestant(name, args), missing };
}

/** A Python program with this module. */
export function pythonContestant<Scenario>(name: string, args: Arguments<Scenario>): Contestant<Scenario, Cost> {
  const python = findPython();
  if (python === null) return contestant(name, 'python3 is not installed', '', args);
  const missing = pythonHas(python, [name]) ? null : `${python} has no module ${name} (Debian: python3-${name})`;
  return contestant(name, missing, python, args);
}

function contestant<Scenario>(
  name: string,
  missing: string | null,
  command: string,
  args: Arguments<Scenario>,
): Contestant<Scenario, Cost> {
  return {
    name,
    missing,
    run: async (scenario) => {
      const list = args(scenario);
      return list === null ? null : costOf(command, list.map(String));
    },
  };
}

function prefixed<T>(prefix: readonly T[], list: readonly (T | number)[] | null): readonly (T | number)[] | null {
  return list === null ? null : [...prefix, ...list];
}

async function costOf(command: string, args: readonly string[]): Promise<Cost> {
  const report = await runJson(command, args);
  if (isCost(report)) return report;
  throw new Error(`${command} reported ${JSON.stringify(report)}`);
}
