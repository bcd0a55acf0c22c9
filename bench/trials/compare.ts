/** A trial, by all who take part in it, and the table of what it cost them. */
import { fileURLToPath } from 'node:url';
import { bar, barHeading } from '../harness/bars.ts';
import { readOptions } from '../harness/bench-options.ts';
import type { Cost } from '../harness/clocks.ts';
import { contest } from '../harness/contest.ts';
import type { Contestant, Results } from '../harness/contest.ts';
import { nodeContestant, peerContestant, pythonContestant } from '../harness/contestants.ts';
import { median, medianRatio } from '../harness/statistics.ts';
import { figure, table, times } from '../harness/table.ts';
import type { Trials } from './trial.ts';

/** One question. */
export interface Question {
  readonly trial: keyof Trials;
  /** What one operation is: `one task`. */
  readonly operation: string;
  /** How many operations. */
  readonly count: number;
  /** How many times as fast as asyncio the gears are to be; null: no such figure is set. */
  readonly bars: { readonly generator: number; readonly async: number } | null;
  /** What the bars are of: the time that passed, or CPU where waiting is what is measured. */
  readonly barOf?: keyof Cost;
  /** Another way in which the gears can do the same, by the name of its trial. */
  readonly also?: keyof Trials;
  /** Packages of bench/peers that have the means, by their names. */
  readonly peers: readonly PeerName[];
}

type PeerName = keyof typeof peerPackages;

/** The package, and which share of the operations it does: all are linear in their number. */
const peerPackages = {
  Effect: ['effect', 1],
  Effection: ['effection', 0.1],
  'p-limit': ['p-limit', 1],
  'p-map': ['p-map', 1],
  'p-queue': ['p-queue', 1],
} as const;

interface Scenario extends Question {
  readonly name: string;
}

/** Runs everything and prints the table. */
export async function compare(question: Question): Promise<void> {
  const options = readOptions(5);
  const scenario: Scenario = { ...question, name: question.trial, count: question.count / (options.tiny ? 1_000 : 1) };
  const taking = options.select(contestants(question));
  const results = await contest([scenario], taking, options.repetitions);
  const names = taking.filter(({ missing }) => missing === null).map(({ name }) => name);
  const what = `${question.trial}: ${question.operation}, of ${scenario.count.toLocaleString('en-US')}`;
  console.log(`\n${what}; median of ${options.repetitions}; ratios say how many times as fast\n`);
  console.log(tableOf(scenario, names, results));
}

const runner = path('./trial-main.ts');

function contestants({ peers, also }: Question): Contestant<Scenario, Cost>[] {
  return [
    nodeContestant('generator gear', fileWith('./cotask-generators.ts', 1)),
    nodeContestant('async gear', fileWith('./cotask-async.ts', 1)),
    ...(also === undefined
      ? []
      : [another('generator gear', 'generators', also), another('async gear', 'async', also)]),
    ...['asyncio', 'uvloop'].map(python),
    ...peers.map(peer),
    nodeContestant('native promises', fileWith('./native-promises.ts', 1)),
  ];
}

function python(name: string): Contestant<Scenario, Cost> {
  return pythonContestant(name, ({ trial, count }) => [path('./asyncio_main.py'), name, trial, count]);
}

function another(gear: string, file: string, trial: keyof Trials): Contestant<Scenario, Cost> {
  return nodeContestant(`${gear}, ${trial}`, ({ count }) => [runner, path(`./cotask-${file}.ts`), trial, count]);
}

function peer(name: PeerName): Contestant<Scenario, Cost> {
  const [packageName, share] = peerPackages[name];
  return peerContestant(name, packageName, fileWith(`../peers/${packageName}-trials.ts`, share));
}

function fileWith(file: string, share: number): (scenario: Scenario) => (string | number)[] {
  return ({ trial, count }) => [runner, path(file), trial, Math.max(1, Math.round(count * share))];
}

function tableOf(
  { name: scenario, bars, barOf = 'ns' }: Scenario,
  names: readonly string[],
  results: Results<Cost>,
): string {
  const wanted = new Map([
    ['generator gear', bars?.generator],
    ['async gear', bars?.async],
  ]);
  const of = (name: string, key: keyof Cost): number[] => results.of(scenario, name).map((cost) => cost[key]);
  const toAsyncio = (name: string, key: keyof Cost): number => medianRatio(of('asyncio', key), of(name, key));
  const rows = names.map((name) => [
    name,
    figure(median(of(name, 'ns'))),
    figure(median(of(name, 'cpuNs'))),
    times(toAsyncio(name, 'ns')),
    times(toAsyncio(name, 'cpuNs')),
    times(medianRatio(of('generator gear', 'cpuNs'), of(name, 'cpuNs'))),
    bar(wanted.get(name), toAsyncio(name, barOf)),
  ]);
  const headings = ['ns', 'CPU ns', 'to asyncio', 'CPU to asyncio', 'CPU to generator gear', barHeading(barOf)];
  return table([{ heading: scenario }, ...headings.map((heading) => ({ heading, right: true }))], rows);
}

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
