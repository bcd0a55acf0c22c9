/**
 * `npm run bench -- switches`: what a task switch costs, and what it costs to start a task and wait for it. See README.md.
 */
import { readOptions } from './harness/bench-options.ts';
import { contest } from './harness/contest.ts';
import type { Results } from './harness/contest.ts';
import { median, medianRatio } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';
import { contestants } from './switches/contestants.ts';
import type { Cost, Scenario, SwitchContestant } from './switches/contestants.ts';

const options = readOptions(3);

const size = options.tiny ? 1_000 : 1;
const scenarios: Scenario[] = [
  { name: '1 task', kind: 'switches', tasks: 1, rounds: 1_000_000 / size },
  { name: '1,000 tasks', kind: 'switches', tasks: 1_000 / Math.min(size, 10), rounds: 1_000 / Math.min(size, 100) },
  { name: '100,000 tasks', kind: 'switches', tasks: 100_000 / size, rounds: 10 },
  { name: 'spawn and join', kind: 'spawn', tasks: 100_000 / size, rounds: 0 },
];
/** What every row is held against. */
const bases = ['asyncio', 'generator gear', 'async gear'];

const taking = options.select(contestants());
const results = await contest(scenarios, taking, options.repetitions);
const present = taking.filter(({ missing }) => missing === null);

for (const scenario of scenarios) {
  console.log(
    `\n${scenario.name}, ${operation(scenario)}; median of ${options.repetitions}; ratios say how many times as fast\n`,
  );
  console.log(tableOf(scenario, present, results));
}

function operation({ kind }: Scenario): string {
  return kind === 'spawn' ? 'one task' : 'one switch';
}

/** Ratios are of the time that passed but for the last; above 1, the row is faster than what heads the column. */
function tableOf(scenario: Scenario, rows: readonly SwitchContestant[], from: Results<Cost>): string {
  const headings = ['ns', 'CPU ns', ...bases.map((base) => `to ${base}`), 'CPU to asyncio'];
  const columns = [{ heading: scenario.name }, ...headings.map((heading) => ({ heading, right: true }))];
  const nsOf = (name: string): number[] => from.of(scenario.name, name).map(({ ns }) => ns);
  const cpuOf = (name: string): number[] => from.of(scenario.name, name).map(({ cpuNs }) => cpuNs);
  const cells = rows.map(({ name }) => [
    name,
    figure(median(nsOf(name))),
    figure(median(cpuOf(name))),
    ...bases.map((base) => times(medianRatio(nsOf(base), nsOf(name)))),
    times(medianRatio(cpuOf('asyncio'), cpuOf(name))),
  ]);
  return table(columns, cells);
}
