/** `npm run bench -- threads`: what a call in a thread costs, and what it saves. See README.md. */
import { coroutine, gather, run } from 'cotask';
import { ThreadPool } from '@cotask/node';
import { Piscina } from 'piscina';
import { fileURLToPath } from 'node:url';
import { readOptions } from './harness/bench-options.ts';
import { median } from './harness/statistics.ts';
import { figure, table } from './harness/table.ts';

/** Calls a function of `threads/work.mjs`, so many calls in all, so many of them at once. */
interface Caller {
  calls(scenario: Scenario): Promise<void>;
  close(): Promise<void>;
}

interface Scenario {
  readonly name: string;
  readonly call: string;
  readonly args: readonly unknown[];
  readonly calls: number;
  readonly atOnce: number;
  /** A pool that has started nothing yet. */
  readonly cold?: boolean;
}

const url = new URL('./threads/work.mjs', import.meta.url);
const threads = 2;

const ours = (): Caller => {
  const pool = new ThreadPool({ maxThreads: threads });
  const calls = coroutine(async (scenario: Scenario) => {
    const { call, args, atOnce } = scenario;
    for (let done = 0; done < scenario.calls; done += atOnce) {
      await gather(Array.from({ length: atOnce }, () => pool.run(url, call, args)));
    }
  });
  return {
    calls: async (scenario) => await run(calls(scenario)),
    close: async () => {
      await pool.close();
    },
  };
};

/** The same with promises, by a function that makes one. */
const withPromises = (one: (name: string, args: readonly unknown[]) => Promise<unknown>): Caller['calls'] => {
  return async ({ call, args, calls, atOnce }) => {
    for (let done = 0; done < calls; done += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, () => one(call, args)));
    }
  };
};

const bare = (): Caller => {
  const pool = new Piscina({
    filename: fileURLToPath(url),
    name: 'call',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
    atomics: 'disabled',
  });
  const one = async (name: string, args: readonly unknown[]): Promise<unknown> => await pool.run({ name, args });
  return { calls: withPromises(one), close: async () => await pool.destroy() };
};

const here = (): Caller => {
  const one = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const functions: Record<string, (...given: readonly unknown[]) => unknown> = await import(url.href);
    return functions[name]?.(...args);
  };
  return { calls: withPromises(one), close: async () => {} };
};

const options = readOptions(5);
const { tiny } = options;
const bytes = new Uint8Array(1_000_000);
const rows = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `row ${id}`, tags: ['a', 'b'] }));

const scenarios: readonly Scenario[] = [
  { name: 'the first call, ms', call: 'nothing', args: [], calls: 1, atOnce: 1, cold: true },
  { name: 'nothing, µs', call: 'nothing', args: [], calls: tiny ? 5 : 5_000, atOnce: 1 },
  { name: 'nothing, 100 at once, µs', call: 'nothing', args: [], calls: tiny ? 5 : 5_000, atOnce: 100 },
  { name: '1 MB in, µs', call: 'length', args: [bytes], calls: tiny ? 2 : 300, atOnce: 1 },
  { name: '10,000 rows in, ms', call: 'rows', args: [rows], calls: tiny ? 2 : 50, atOnce: 1 },
  { name: 'fibonacci(30), 8 at once, ms', call: 'fibonacci', args: [30], calls: tiny ? 2 : 64, atOnce: 8 },
];

const all: { readonly name: string }[] = [{ name: 'ThreadPool.run' }, { name: 'piscina' }, { name: 'no thread' }];
const makers = new Map([
  ['ThreadPool.run', ours],
  ['piscina', bare],
  ['no thread', here],
]);

/** What one call takes, in the unit that the scenario's name says. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

async function measure(make: () => Caller, scenario: Scenario): Promise<Cost> {
  const caller = make();
  if (scenario.cold !== true) await caller.calls({ ...scenario, calls: Math.min(200, scenario.calls) });
  globalThis.gc?.();
  const [began, before] = [performance.now(), process.cpuUsage()];
  await caller.calls(scenario);
  const [wallMs, { user, system }] = [performance.now() - began, process.cpuUsage(before)];
  await caller.close();
  const unit = (scenario.name.endsWith('µs') ? 1 : 1000) * scenario.calls;
  return { wall: (wallMs * 1000) / unit, cpu: (user + system) / unit };
}

const cell = (costs: readonly Cost[]): string =>
  `${figure(median(costs.map(({ cpu }) => cpu)))} (${figure(median(costs.map(({ wall }) => wall)))})`;

const taking = options.select(all);
const figures = new Map<string, Cost[]>();
for (let repetition = 0; repetition < options.repetitions; repetition++) {
  for (const scenario of scenarios) {
    for (const { name } of taking) {
      const make = makers.get(name);
      if (make === undefined) continue;
      const key = `${scenario.name} ${name}`;
      figures.set(key, [...(figures.get(key) ?? []), await measure(make, scenario)]);
    }
  }
}

console.log(
  `\nCPU of one call, of all threads together (and the time that passed); ${threads} threads; median of ${options.repetitions}\n`,
);
console.log(
  table(
    [{ heading: 'one call' }, ...taking.map(({ name }) => ({ heading: name, right: true }))],
    scenarios.map((scenario) => [
      scenario.name,
      ...taking.map(({ name }) => cell(figures.get(`${scenario.name} ${name}`) ?? [])),
    ]),
  ),
);
