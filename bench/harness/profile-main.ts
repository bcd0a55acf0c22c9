/**
 * Where the time of a contestant goes: `profile-main.ts FILE ARGUMENT…` runs the program with V8's sampling profiler and
 * prints the functions in which it stood most often. An own time of `(program)` is the engine's, its promises included.
 *
 * `node bench/harness/profile-main.ts bench/trials/trial-main.ts ./cotask-generators.ts spawn 100000`
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nodeFlags } from './child.ts';
import { WorkFolder } from './work-folder.ts';

const rows = 24;
const mostBytes = 100_000_000;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

function readProfile(folder: string): Profile {
  const [file = ''] = readdirSync(folder);
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** The share of each function in all samples but those in which nothing ran. */
function ownTimes({ nodes, samples }: Profile): [name: string, share: number][] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${url === '' ? '' : `${basename(url)}:${lineNumber + 1}`}`,
    ]),
  );
  const counts = new Map<string, number>();
  for (const id of samples) {
    const name = names.get(id) ?? '';
    if (!name.startsWith('(idle)')) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const all = counts.values().reduce((a, b) => a + b, 0);
  return [...counts].map(([name, count]): [string, number] => [name, count / all]).toSorted((a, b) => b[1] - a[1]);
}

using folder = new WorkFolder(mostBytes);
const sampling = ['--cpu-prof', `--cpu-prof-dir=${folder.path}`, '--cpu-prof-interval=200'];
const { status } = spawnSync(process.execPath, [...nodeFlags, ...sampling, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
for (const [name, share] of ownTimes(readProfile(folder.path)).slice(0, rows)) {
  console.log(`${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}
