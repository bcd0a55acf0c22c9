/** `npm run bench -- memory`: what a task takes while it waits. See README.md. */
import { fileURLToPath } from 'node:url';
import { readOptions } from './harness/bench-options.ts';
import { nodeFlags, runJson } from './harness/child.ts';
import { contest } from './harness/contest.ts';
import type { Contestant } from './harness/contest.ts';
import { findPython, peerIsInstalled } from './harness/programs.ts';
import { median } from './harness/statistics.ts';
import { figure, table } from './harness/table.ts';
import type { WaitedFor } from './memory/workload.ts';

/** Bytes a waiting task: of V8's heap, and of the whole process; and how long it took to end all of them. */
interface Memory {
  readonly heap: number;
  readonly rss: number;
  readonly endMs: number;
}

interface Scenario {
  readonly name: WaitedFor;
}

type MemoryContestant = Contestant<Scenario, Memory>;

const options = readOptions(3);
const tasks = options.tiny ? 1_000 : 100_000;
const million = options.tiny ? 10_000 : 1_000_000;
const scenarios: Scenario[] = [{ name: 'shared' }, { name: 'future' }, { name: 'event' }, { name: 'sleep' }];

const all: MemoryContestant[] = [
  ours('generator gear', './memory/cotask-generators.ts', () => true),
  ours('async gear', './memory/cotask-async.ts', () => true),
  asyncio(),
  peer('Effect', 'effect'),
  peer('Effection', 'effection'),
  ours('native promises', './memory/native-promises.ts', (waitedFor) => waitedFor === 'future'),
];
const taking = options.select(all);
const results = await contest(scenarios, taking, options.repetitions);
const rows = taking
  .filter(({ missing }) => missing === null)
  .map(({ name }) => [name, ...scenarios.flatMap(cellsOf(name))]);

console.log(
  `\nBytes a waiting task, ${tasks.toLocaleString('en-US')} of them, waiting for a shared future or each for its own; median of ${options.repetitions}\n`,
);
console.log(table([{ heading: '' }, ...scenarios.flatMap(headingsOf)], rows));
await manyWait();

function cellsOf(contestant: string): (scenario: Scenario) => string[] {
  return ({ name }) => {
    const list = results.of(name, contestant);
    return [figure(median(list.map(({ heap }) => heap))), figure(median(list.map(({ rss }) => rss)))];
  };
}

function headingsOf({ name }: Scenario): { heading: string; right: boolean }[] {
  return [`${name}: heap`, `${name}: RSS`].map((heading) => ({ heading, right: true }));
}

/** A great many tasks, each of which waits for a future of its own. */
async function manyWait(): Promise<void> {
  const gears = all.slice(0, 2).filter((gear) => taking.includes(gear));
  const files = new Map([
    ['generator gear', './memory/cotask-generators.ts'],
    ['async gear', './memory/cotask-async.ts'],
  ]);
  const many = gears.map(({ name }) => ({
    name,
    missing: null,
    run: () => measureNode(path(files.get(name) ?? ''), 'future', million),
  }));
  const found = await contest([{ name: 'many' }], many, options.quick || options.tiny ? 1 : 3);
  console.log(
    `\n${million.toLocaleString('en-US')} tasks wait, each for a future, and are cancelled; bar: 0.8 GB of heap, 3 s\n`,
  );
  const headings = ['heap GB', 'RSS GB', 'cancelled in s'];
  const lines = gears.map(({ name }) => {
    const of = (key: keyof Memory): number => median(found.of('many', name).map((memory) => memory[key]));
    return [name, ...[(of('heap') * million) / 1e9, (of('rss') * million) / 1e9, of('endMs') / 1_000].map(figure)];
  });
  console.log(table([{ heading: 'many' }, ...headings.map((heading) => ({ heading, right: true }))], lines));
}

function ours(name: string, file: string, takesPart: (waitedFor: WaitedFor) => boolean): MemoryContestant {
  const run = (waitedFor: WaitedFor): Promise<Memory> => measureNode(path(file), waitedFor);
  return { name, missing: null, run: async ({ name: waitedFor }) => (takesPart(waitedFor) ? run(waitedFor) : null) };
}

function peer(name: string, packageName: string): MemoryContestant {
  const missing = peerIsInstalled(packageName) ? null : `the package ${packageName} is not installed in bench/peers`;
  const file = path(`./peers/${packageName}-memory.ts`);
  return {
    name,
    missing,
    run: async (scenario) => (scenario.name === 'future' ? measureNode(file, scenario.name) : null),
  };
}

function asyncio(): MemoryContestant {
  const python = findPython();
  const missing = python === null ? 'python3 is not installed' : null;
  const file = path('./memory/asyncio_main.py');
  return {
    name: 'asyncio',
    missing,
    run: async ({ name }) => (name === 'shared' ? null : memoryOf(python ?? '', [file, name, `${tasks}`])),
  };
}

function measureNode(file: string, waitedFor: WaitedFor, count = tasks): Promise<Memory> {
  const flags = [...nodeFlags, '--max-old-space-size=8192'];
  return memoryOf(process.execPath, [...flags, path('./memory/contestant-main.ts'), file, waitedFor, `${count}`]);
}

/** A figure that a contestant cannot give is NaN, which prints as a dash. */
async function memoryOf(command: string, args: readonly string[]): Promise<Memory> {
  const report = await runJson(command, args);
  const known = { heap: null, rss: null, endMs: null, ...(typeof report === 'object' ? report : {}) };
  return { heap: numberOrNaN(known.heap), rss: numberOrNaN(known.rss), endMs: numberOrNaN(known.endMs) };
}

function numberOrNaN(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
