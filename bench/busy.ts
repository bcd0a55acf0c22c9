/** `npm run bench -- busy`: whether sockets and timers are served while the loop has no free moment. See README.md. */
import { fileURLToPath } from 'node:url';
import { readOptions } from './harness/bench-options.ts';
import { nodeFlags, runJson } from './harness/child.ts';
import { contest } from './harness/contest.ts';
import type { Contestant } from './harness/contest.ts';
import { findPython } from './harness/programs.ts';
import { Service } from './harness/service.ts';
import { median, percentile } from './harness/statistics.ts';
import { figure, table } from './harness/table.ts';

interface Busy {
  readonly seconds: number;
  readonly roundTrips: readonly number[];
  readonly late: readonly number[];
}

interface Scenario {
  readonly name: string;
  readonly turns: number;
}

/** Timers may be so late at most, but for one in a hundred. */
const mostLateMs = 50;

const options = readOptions(3);
await using echo = await Service.start(process.execPath, [...nodeFlags, path('./busy/echo-main.ts')]);
const port = portOf(echo.greeting);
const scenario: Scenario = { name: 'busy', turns: options.tiny ? 10_000 : 1_000_000 };
const python = findPython();
const all: Contestant<Scenario, Busy>[] = [
  ours('generator gear', './busy/cotask-generators.ts'),
  ours('async gear', './busy/cotask-async.ts'),
  {
    name: 'asyncio',
    missing: python === null ? 'python3 is not installed' : null,
    run: ({ turns }) => report(python ?? '', [path('./busy/asyncio_main.py'), `${port}`, `${turns}`]),
  },
  ours('native promises', './busy/native-promises.ts'),
];
const taking = options.select(all);
const results = await contest([scenario], taking, options.repetitions);

console.log(
  `\n${scenario.turns.toLocaleString('en-US')} iterations without a free moment; milliseconds; median of ${options.repetitions}; bar: p99 of the lateness of timers under ${mostLateMs}\n`,
);
const headings = ['s', 'round trips', 'p50', 'p99', 'timers', 'late p50', 'late p99', 'latest', 'bar'];
console.log(
  table(
    [{ heading: 'busy' }, ...headings.map((heading) => ({ heading, right: true }))],
    taking.filter(({ missing }) => missing === null).map(({ name }) => [name, ...cellsOf(results.of('busy', name))]),
  ),
);

function cellsOf(runs: readonly Busy[]): string[] {
  const of = (take: (busy: Busy) => number): number => median(runs.map(take));
  const late99 = of(({ late }) => percentile(late, 99));
  const figures = [
    of(({ seconds }) => seconds),
    of(({ roundTrips }) => roundTrips.length),
    of(({ roundTrips }) => percentile(roundTrips, 50)),
    of(({ roundTrips }) => percentile(roundTrips, 99)),
    of(({ late }) => late.length),
    of(({ late }) => percentile(late, 50)),
    late99,
    of(({ late }) => percentile(late, 100)),
  ];
  return [...figures.map(figure), late99 < mostLateMs ? 'met' : 'missed'];
}

function ours(name: string, file: string): Contestant<Scenario, Busy> {
  const args = [...nodeFlags, path('./busy/contestant-main.ts'), path(file), `${port}`];
  return { name, missing: null, run: ({ turns }) => report(process.execPath, [...args, `${turns}`]) };
}

async function report(command: string, args: readonly string[]): Promise<Busy> {
  const found = await runJson(command, args);
  if (isBusy(found)) return found;
  throw new Error(`${command} reported ${JSON.stringify(found)}`);
}

function isBusy(found: unknown): found is Busy {
  return typeof found === 'object' && found !== null && 'seconds' in found && 'roundTrips' in found && 'late' in found;
}

function portOf(greeting: unknown): number {
  if (typeof greeting === 'object' && greeting !== null && 'port' in greeting) return Number(greeting.port);
  throw new Error(`the echo server said ${JSON.stringify(greeting)}`);
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
