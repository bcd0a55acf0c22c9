/** `npm run bench -- switches`: what a task switch costs. See README.md. */
import { atMost, bar, barHeading } from './harness/bars.ts';
import { readOptions } from './harness/bench-options.ts';
import { contest } from './harness/contest.ts';
import { median, medianRatio } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';
import { contestants } from './switches/contestants.ts';
import type { Scenario } from './switches/contestants.ts';

const options = readOptions(3);

const size = options.tiny ? 1_000 : 1;
const thousand: Scenario = {
  name: '1,000 tasks',
  tasks: options.tiny ? 100 : 1_000,
  rounds: 1_000 / Math.min(size, 100),
};
const scenarios: Scenario[] = [
  { name: '1 task', tasks: 1, rounds: 1_000_000 / size },
  thousand,
  { name: '100,000 tasks', tasks: options.tiny ? 100 : 100_000, rounds: 10 },
];
const bars = new Map([
  ['generator gear', 10],
  ['async gear', 4],
]);
/** What every row is held against. */
const bases = ['asyncio', 'generator gear', 'async gear'];

const taking = options.select(contestants());
const results = await contest(scenarios, taking, options.repetitions);
const present = taking.filter(({ missing }) => missing === null);

for (const scenario of scenarios) {
  console.log(`\n${scenario.name}; median of ${options.repetitions}; ratios say how many times as fast\n`);
  console.log(tableOf(scenario));
}
console.log(`\nAt 1,000 tasks: ${atMost(...against('generator gear', 'bare generators', nsOf), 3)};`);
console.log(`${atMost(...against('async gear', 'new promises', nsOf), 4)}. By CPU:`);
console.log(`${atMost(...against('generator gear', 'bare generators', cpuOf), 3)};`);
console.log(`${atMost(...against('async gear', 'new promises', cpuOf), 4)}.`);

/** Ratios are of the time that passed but for that of CPU; above 1, the row is faster than what heads the column. */
function tableOf(scenario: Scenario): string {
  const headings = ['ns', 'CPU ns', ...bases.map((base) => `to ${base}`), 'CPU to asyncio', barHeading('ns')];
  const columns = [{ heading: scenario.name }, ...headings.map((heading) => ({ heading, right: true }))];
  const cells = present.map(({ name }) => {
    const ns = nsOf(scenario, name);
    const cpu = cpuOf(scenario, name);
    return [
      name,
      figure(median(ns)),
      figure(median(cpu)),
      ...bases.map((base) => times(medianRatio(nsOf(scenario, base), ns))),
      times(medianRatio(cpuOf(scenario, 'asyncio'), cpu)),
      scenario === thousand ? bar(bars.get(name), medianRatio(nsOf(scenario, 'asyncio'), ns)) : '',
    ];
  });
  return table(columns, cells);
}

function against(name: string, base: string, of: typeof nsOf): [string, readonly number[], string, readonly number[]] {
  return [name, of(thousand, name), base, of(thousand, base)];
}

function nsOf(scenario: Scenario, name: string): number[] {
  return results.of(scenario.name, name).map(({ ns }) => ns);
}

function cpuOf(scenario: Scenario, name: string): number[] {
  return results.of(scenario.name, name).map(({ cpuNs }) => cpuNs);
}
