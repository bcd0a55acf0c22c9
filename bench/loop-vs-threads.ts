/** `npm run bench -- loop-vs-threads`: the same downloads one by one, by a pool of threads, and on the loop. See README.md. */
import { fileURLToPath } from 'node:url';
import { readOptions } from './harness/bench-options.ts';
import { nodeFlags, runJson } from './harness/child.ts';
import { contest } from './harness/contest.ts';
import type { Contestant } from './harness/contest.ts';
import { Service } from './harness/service.ts';
import { median, medianRatio } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';
import type { Report } from './loop-vs-threads/report.ts';

interface Scenario {
  readonly name: string;
  readonly origin: string;
}

const options = readOptions(3);
const files = options.tiny ? 20 : 1_000;

const all: Contestant<Scenario, Report>[] = [
  contestant('one by one', './loop-vs-threads/one-by-one-main.ts', null),
  ...[8, 32, 128].map((threads) => contestant(`${threads} threads`, './loop-vs-threads/threads-main.ts', threads)),
  ...[8, 32, 128].map((limit) => contestant(`loop: ${limit} at once`, './loop-vs-threads/loop-main.ts', limit)),
  contestant('loop: all at once', './loop-vs-threads/loop-main.ts', files),
];
const taking = options.select(all);

await using service = await Service.start(process.execPath, [path('./loop-vs-threads/origin-main.ts')]);
const scenario: Scenario = { name: `${files} downloads`, origin: `http://127.0.0.1:${portOf(service.greeting)}` };
const results = await contest([scenario], taking, options.repetitions);

console.log(`\n${files} downloads of 1 KiB, each answered after 10 ms; median of ${options.repetitions}\n`);
const headings = ['wall s', 'CPU s', 'peak MB', 'start: wall s', 'start: CPU s', 'wall to one by one', 'CPU'];
const columns = [{ heading: '' }, ...headings.map((heading) => ({ heading, right: true }))];
console.log(
  table(
    columns,
    taking.map(({ name }) => rowOf(name)),
  ),
);

function rowOf(name: string): string[] {
  const reports = results.of(scenario.name, name);
  const walls = (of: string): number[] => results.of(scenario.name, of).map(({ wallMs }) => wallMs / 1_000);
  const cpus = (of: string): number[] => results.of(scenario.name, of).map(({ cpuMs }) => cpuMs / 1_000);
  const peak = median(reports.map(({ peakBytes }) => peakBytes / 1e6));
  const start = [reports.map((each) => each.start.wallMs / 1_000), reports.map((each) => each.start.cpuMs / 1_000)];
  const ratios = [medianRatio(walls(name), walls('one by one')), medianRatio(cpus(name), cpus('one by one'))];
  return [
    name,
    figure(median(walls(name))),
    figure(median(cpus(name))),
    figure(peak),
    ...start.map((list) => figure(median(list))),
    ...ratios.map(times),
  ];
}

function contestant(name: string, file: string, concurrency: number | null): Contestant<Scenario, Report> {
  const run = async ({ origin }: Scenario): Promise<Report> => {
    const args = [origin, `${files}`, ...(concurrency === null ? [] : [`${concurrency}`])];
    const report = await runJson(process.execPath, [...nodeFlags, path(file), ...args]);
    if (!isReport(report)) throw new Error(`${name} reported ${JSON.stringify(report)}`);
    return report;
  };
  return { name, missing: null, run };
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'wallMs' in value && 'cpuMs' in value && 'peakBytes' in value;
}

function portOf(greeting: unknown): number {
  if (typeof greeting === 'object' && greeting !== null && 'port' in greeting) return Number(greeting.port);
  throw new Error(`the origin said ${JSON.stringify(greeting)}`);
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
