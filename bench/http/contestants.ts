/** Who takes part in `http`, and what is wanted of cotask beside each. */
import { fileURLToPath } from 'node:url';
import { nodeFlags, runJson } from '../harness/child.ts';
import type { Contestant } from '../harness/contest.ts';
import { findPython, peerIsInstalled, pythonHas } from '../harness/programs.ts';
import { isReport } from './report.ts';
import type { Report } from './report.ts';

/** Files of one size. */
export interface Scenario {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly count: number;
  readonly atOnce: number;
}

/** Both gears first, then what they are measured by, then the others. */
export function httpContestants(): Contestant<Scenario, Report>[] {
  return [
    node('generator gear', './cotask-generators.ts'),
    node('async gear', './cotask-async.ts'),
    node('undici.request', './undici-request.ts'),
    node('bare dispatch', './bare-dispatch.ts'),
    node('undici.fetch', './undici-fetch.ts'),
    ...['got', 'ky', 'axios'].map(peer),
    aiohttp(),
  ];
}

function node(name: string, file: string): Contestant<Scenario, Report> {
  const command = [process.execPath, ...nodeFlags, path('./contestant-main.ts'), path(file)];
  return { name, missing: null, run: (scenario) => report(command, scenario) };
}

function peer(name: string): Contestant<Scenario, Report> {
  const missing = peerIsInstalled(name) ? null : `the package ${name} is not installed in bench/peers`;
  return { ...node(name, `../peers/${name}-http.ts`), missing };
}

function aiohttp(): Contestant<Scenario, Report> {
  const name = 'aiohttp';
  const python = findPython();
  if (python === null) return { name, missing: 'python3 is not installed', run: () => Promise.resolve(null) };
  const missing = pythonHas(python, [name]) ? null : `${python} has no module ${name} (Debian: python3-${name})`;
  return { name, missing, run: (scenario) => report([python, path('./aiohttp_main.py')], scenario) };
}

async function report([command = '', ...args]: readonly string[], scenario: Scenario): Promise<Report> {
  const { url, bytes, count, atOnce } = scenario;
  const reported = await runJson(command, [...args, url, ...[bytes, count, atOnce].map(String)]);
  if (isReport(reported)) return reported;
  throw new Error(`${command} reported ${JSON.stringify(reported)}`);
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
