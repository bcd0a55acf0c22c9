/** `npm run bench -- http`: the same GETs by several clients, from nginx. See README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noLess, noMore, noMoreMegabytes } from './harness/bars.ts';
import { readOptions } from './harness/bench-options.ts';
import { contest } from './harness/contest.ts';
import type { Results } from './harness/contest.ts';
import { Nginx } from './harness/nginx.ts';
import { findProgram } from './harness/programs.ts';
import { median, medianRatio } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';
import { WorkFolder } from './harness/work-folder.ts';
import { httpContestants } from './http/contestants.ts';
import type { Scenario } from './http/contestants.ts';
import type { Report } from './http/report.ts';

const options = readOptions(5, ['generator gear', 'async gear', 'undici.request']);
const gears = ['generator gear', 'async gear'];
const base = 'undici.request';
const atOnce = 50;
const mostMegabytes = 160;

/** By CPU: the most that a gear may cost of `undici.request`, and how many times less than the others it is to. */
interface Bars {
  readonly ofBase: number;
  readonly timesLess: Readonly<Record<string, number>>;
}

const sizes: readonly { readonly name: string; readonly bytes: number; readonly bars: Bars }[] = [
  {
    name: '1 KiB',
    bytes: 1_024,
    bars: { ofBase: 0.87, timesLess: { 'undici.fetch': 2.5, got: 2.5, ky: 2.5, axios: 2.5, aiohttp: 3.5 } },
  },
  {
    name: '64 KiB',
    bytes: 65_536,
    bars: { ofBase: 1, timesLess: { 'undici.fetch': 1.7, got: 1.7, ky: 1.7, axios: 1.7, aiohttp: 1 } },
  },
];

const program = findProgram('nginx');
if (program === null) console.error('http: skipped, nginx (Debian: nginx-light) is not installed');
else await run(program);

async function run(server: string): Promise<void> {
  const count = options.tiny ? 100 : 10_000;
  using work = new WorkFolder(50e6);
  const root = join(work.path, 'origin');
  mkdirSync(root);
  for (const { bytes } of sizes) writeFileSync(join(root, `${bytes}.bin`), Buffer.alloc(bytes, 'x'));
  await using nginx = await Nginx.start(server, join(work.path, 'nginx'), root);
  const scenarios = sizes.map(({ name, bytes }): Scenario => {
    return { name, url: `${nginx.origin}/${bytes}.bin`, bytes, count, atOnce };
  });
  const taking = options.select(httpContestants());
  process.env['NODE_COMPILE_CACHE'] = join(work.path, 'compiled');
  await contest(
    scenarios.slice(0, 1).map((scenario) => ({ ...scenario, name: 'compiling', count: atOnce })),
    taking,
    1,
  );
  const results = await contest(scenarios, taking, options.repetitions);
  const names = taking.filter(({ missing }) => missing === null).map(({ name }) => name);
  const what = `${count.toLocaleString('en-US')} GETs, ${atOnce} at once; median of ${options.repetitions}`;
  for (const { name, bars } of sizes) {
    console.log(`\n${name}: ${what}\n`);
    console.log(costs(name, names, results));
    console.log(`\nWhat is wanted of cotask at ${name}, by CPU\n`);
    console.log(verdicts(name, bars, results));
  }
}

/** What a request cost each, and how the requests fared. */
function costs(scenario: string, names: readonly string[], results: Results<Report>): string {
  const headings = ['CPU µs', `to ${base}`, 'first CPU µs', 'wall µs', 'p50 ms', 'p99 ms', 'peak MB'];
  const of = (name: string, key: keyof Report): number[] => results.of(scenario, name).map((each) => each[key]);
  const rows = names.map((name) => [
    name,
    figure(median(of(name, 'cpuNs')) / 1_000),
    times(medianRatio(of(name, 'cpuNs'), of(base, 'cpuNs'))),
    figure(median(of(name, 'firstCpuNs')) / 1_000),
    figure(median(of(name, 'ns')) / 1_000),
    figure(median(of(name, 'p50'))),
    figure(median(of(name, 'p99'))),
    figure(median(of(name, 'peakBytes')) / 1e6),
  ]);
  return table([{ heading: scenario }, ...headings.map((heading) => ({ heading, right: true }))], rows);
}

/** A row for each figure that is wanted, a column for each gear. */
function verdicts(scenario: string, { ofBase, timesLess }: Bars, results: Results<Report>): string {
  const cpu = (name: string): number[] => results.of(scenario, name).map(({ cpuNs }) => cpuNs);
  const peak = (name: string): number => median(results.of(scenario, name).map(({ peakBytes }) => peakBytes / 1e6));
  const rows = [
    [`cost of ${base}`, ...gears.map((gear) => noMore(medianRatio(cpu(gear), cpu(base)), ofBase))],
    ...Object.entries(timesLess).map(([peer, least]) => [
      `cheaper than ${peer}`,
      ...gears.map((gear) => noLess(medianRatio(cpu(peer), cpu(gear)), least)),
    ]),
    ['peak memory', ...gears.map((gear) => noMoreMegabytes(peak(gear), mostMegabytes))],
  ];
  return table([{ heading: 'wanted' }, ...gears.map((heading) => ({ heading, right: true }))], rows);
}
