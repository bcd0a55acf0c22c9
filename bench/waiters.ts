/** `npm run bench -- waiters`: whether a waiter costs more when many wait. See README.md. */
import { fileURLToPath } from 'node:url';
import { readOptions } from './harness/bench-options.ts';
import type { Cost } from './harness/clocks.ts';
import { contest } from './harness/contest.ts';
import type { Contestant } from './harness/contest.ts';
import { nodeContestant, peerContestant, pythonContestant } from './harness/contestants.ts';
import { median } from './harness/statistics.ts';
import { figure, table, times } from './harness/table.ts';
import type { Waiters } from './waiters/waiters.ts';

interface Scenario {
  readonly name: string;
  readonly thing: keyof Waiters;
  readonly count: number;
}

const options = readOptions(3);
const counts = [1_000, 10_000, 100_000].map((count) => (options.tiny ? count / 100 : count));
const things: (keyof Waiters)[] = ['lock', 'semaphore', 'event', 'signal'];
const scenarios: Scenario[] = things.flatMap((thing) =>
  counts.map((count) => ({ name: `${thing}, ${count.toLocaleString('en-US')}`, thing, count })),
);

const runner = path('./trials/trial-main.ts');
const all: Contestant<Scenario, Cost>[] = [
  nodeContestant('generator gear', fileWith('./waiters/cotask-generators.ts', things)),
  nodeContestant('async gear', fileWith('./waiters/cotask-async.ts', things)),
  pythonContestant('asyncio', ({ thing, count }) =>
    thing === 'signal' ? null : [path('./waiters/asyncio_main.py'), thing, count],
  ),
  // A waiter for a lock or a semaphore costs the more the more there are: 100,000 are left out.
  peerContestant('Effect', 'effect', (scenario) =>
    scenario.thing !== 'event' && scenario.count > 10_000
      ? null
      : fileWith('./peers/effect-waiters.ts', ['lock', 'semaphore', 'event'])(scenario),
  ),
  nodeContestant('native promises', (scenario) =>
    scenario.thing === 'signal' && scenario.count > 10_000
      ? null
      : fileWith('./waiters/native-promises.ts', ['event', 'signal'])(scenario),
  ),
];
const taking = options.select(all);
const results = await contest(scenarios, taking, options.repetitions);
const names = taking.filter(({ missing }) => missing === null).map(({ name }) => name);

for (const thing of things) {
  console.log(`\n${thing}: CPU ns a waiter, its task included; median of ${options.repetitions}\n`);
  console.log(tableOf(thing));
}

function tableOf(thing: keyof Waiters): string {
  const headings = [...counts.map((count) => count.toLocaleString('en-US')), 'most to fewest'];
  const rows = names.map((name) => [name, ...cellsOf(thing, name)]).filter((row) => row[1] !== '-');
  return table([{ heading: thing }, ...headings.map((heading) => ({ heading, right: true }))], rows);
}

/** The last says how much dearer a waiter is among the most than among the fewest: about 1 is linear. */
function cellsOf(thing: keyof Waiters, name: string): string[] {
  const costs = counts.map((count) => {
    const scenario = `${thing}, ${count.toLocaleString('en-US')}`;
    return median(results.of(scenario, name).map(({ cpuNs }) => cpuNs));
  });
  return [...costs.map(figure), times((costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN))];
}

function fileWith(file: string, parts: readonly (keyof Waiters)[]): (scenario: Scenario) => (string | number)[] | null {
  return ({ thing, count }) => (parts.includes(thing) ? [runner, path(file), thing, count] : null);
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
