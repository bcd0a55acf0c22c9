import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createTask, sleep, weighted } from '../../index.ts';
import type { Arrange } from '../../index.ts';
import { gears, on } from '../../testing/both-gears.ts';
import { madeStep } from '../../testing/made-step.ts';
import { me, play } from '../../testing/stage.ts';
import type { Step } from '../step.ts';

/** Tasks that are ready again in the iteration after each step: so many of each share. */
class BusyShares {
  readonly ran: Record<string, number>;
  readonly #arrange: Arrange;
  #ready: Step[];
  #iteration = 0;

  constructor(arrange: Arrange, tasks: Readonly<Record<string, number>>) {
    this.#arrange = arrange;
    this.ran = Object.fromEntries(Object.keys(tasks).map((share) => [share, 0]));
    this.#ready = Object.entries(tasks).flatMap(([share, count]) =>
      Array.from({ length: count }, (_, i) => madeStep(`${share} ${i}`, { share })),
    );
  }

  runIteration(): readonly Step[] {
    this.#iteration += 1;
    const chosen = this.#arrange(this.#ready, this.#iteration);
    this.#ready = [...chosen];
    for (const { owner } of chosen) this.ran[owner.share ?? ''] = (this.ran[owner.share ?? ''] ?? 0) + 1;
    return chosen;
  }

  add(...steps: readonly Step[]): void {
    this.#ready.push(...steps);
  }
}

const weights = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.double({ min: 0.01, max: 100, noNaN: true }), {
  minKeys: 1,
});

/** How far the steps of two shares lie apart in virtual time, in which all run alike. */
function gap(weightOf: (share: string) => number, ran: Readonly<Record<string, number>>): number {
  const passes = Object.entries(ran).map(([share, count]) => count / weightOf(share));
  return Math.max(...passes) - Math.min(...passes);
}

test('shares that are always busy are never further apart than one step of the lightest, however many tasks each has', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(weights, counts, (shares, many) => {
      const names = Object.keys(shares);
      const tasks = Object.fromEntries(names.map((name, i) => [name, many[i] ?? 1]));
      const busy = new BusyShares(weighted({ shares }).begin(), tasks);
      const weightOf = (share: string): number => shares[share] ?? Number.NaN;
      const most = Math.max(...names.map((name) => 1 / weightOf(name))) * 1.000_001;
      for (let i = 0; i < 300; i++) {
        busy.runIteration();
        expect(gap(weightOf, busy.ran)).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 100 },
  );
});

test('in any window in which two shares are busy each runs as its weight says, whatever was before', () => {
  const before = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 300 });
  const weight = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(before, weight, weight, (earlier, a, b) => {
      const shares = { a, b };
      const arrange = weighted({ shares }).begin();
      for (const [i, share] of earlier.entries()) arrange([madeStep('earlier', { share })], i + 1);
      const busy = new BusyShares(arrange, { a: 3, b: 1 });
      for (let i = 0; i < 400; i++) busy.runIteration();
      // One round of lead from before, and one of the window's own.
      expect(gap((share) => (share === 'a' ? a : b), { a: busy.ran['a'] ?? 0, b: busy.ran['b'] ?? 0 })).toBeLessThan(
        2 / Math.min(a, b) + 1e-9,
      );
    }),
  );
});

test('no step is lost or run twice, and those of one share keep their order', () => {
  const arrivals = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', null), { maxLength: 90 }), { maxLength: 30 });
  fc.assert(
    fc.property(weights, arrivals, (shares, rounds) => {
      const arrange = weighted({ shares }).begin();
      const came: Step[] = [];
      const ran: Step[] = [];
      for (let i = 1; i <= rounds.length || ran.length < came.length; i++) {
        const ready = (rounds[i - 1] ?? []).map((share, n) => madeStep(`${i}.${n}`, { share }));
        came.push(...ready);
        const chosen = arrange(ready, i);
        expect(chosen.length > 0 || ran.length === came.length).toBe(true);
        ran.push(...chosen);
      }
      for (const share of ['a', 'b', 'c', null]) {
        const ofShare = (steps: readonly Step[]): Step[] => steps.filter((step) => step.owner.share === share);
        expect(ofShare(ran)).toEqual(ofShare(came));
      }
    }),
  );
});

test('nobody starves: the lightest share runs a step in each round, however light it is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.integer({ min: 1, max: 100 }), (light, tasks) => {
      const busy = new BusyShares(weighted({ shares: { light } }).begin(), { light: 1, heavy: tasks });
      let since = 0;
      for (let i = 0; i < 2_000; i++) {
        for (const { owner } of busy.runIteration()) since = owner.share === 'light' ? 0 : since + 1;
        expect(since).toBeLessThanOrEqual(1 / light + 1);
      }
    }),
    { numRuns: 20 },
  );
});

test('a share that had nothing to do has saved nothing up', () => {
  const busy = new BusyShares(weighted().begin(), { noisy: 100 });
  for (let i = 0; i < 50; i++) busy.runIteration();
  busy.add(...Array.from({ length: 100 }, (_, i) => madeStep(`late ${i}`, { share: 'late' })));
  const before = busy.ran['noisy'] ?? 0;
  for (let i = 0; i < 4; i++) busy.runIteration();
  expect(Math.abs((busy.ran['late'] ?? 0) - ((busy.ran['noisy'] ?? 0) - before))).toBeLessThanOrEqual(1);
});

test('a share that wakes waits for 64 steps of others at most', () => {
  const busy = new BusyShares(weighted().begin(), { noisy: 100_000 });
  expect(busy.runIteration()).toHaveLength(64);
  busy.add(madeStep('user', { share: 'ui' }));
  expect(
    busy
      .runIteration()
      .slice(0, 2)
      .map(({ owner }) => owner.name),
  ).toContain('user');
});

test('shares that are named by nobody weigh the same, each, as tasks without one do together', () => {
  const busy = new BusyShares(weighted({ others: 2, shares: { half: 1 } }).begin(), { x: 5, y: 50, half: 5 });
  busy.add(madeStep('nobody'));
  for (let i = 0; i < 1_000; i++) busy.runIteration();
  expect(gap((share) => (share === 'half' ? 1 : 2), busy.ran)).toBeLessThanOrEqual(1);
  expect(Object.keys(busy.ran)).toEqual(['x', 'y', 'half', '']);
});

describe.each(gears)('a loop with shares, in the %s gear', (gear) => {
  /** Ten crawlers and one user interface take turns until the latter has had 100. */
  const turns = (): Promise<string[]> =>
    play(
      gear,
      function* (stage) {
        let done = false;
        const counts = { crawl: 0, ui: 0 };
        const crawler = () =>
          stage.spawn(
            function* () {
              while (!done) {
                counts.crawl += 1;
                yield* on(sleep(0));
              }
            },
            { share: 'crawl' },
          );
        for (let i = 0; i < 10; i++) void crawler();
        yield* on(
          stage.spawn(
            function* () {
              while (counts.ui < 99) {
                counts.ui += 1;
                yield* on(sleep(0));
              }
              done = true;
            },
            { share: 'ui' },
          ),
        );
        stage.log(Math.abs(counts.crawl - 33) <= 1);
      },
      { policy: weighted({ shares: { crawl: 1, ui: 3 } }) },
    );

  test('gives one task of a share three steps for each of ten others', async () => {
    expect(await turns()).toEqual(['true']);
  });

  test('children belong to the share of the task that makes them, unless given another or none', async () => {
    const lines = await play(gear, function* (stage) {
      const child = (options: { share?: string | null } = {}) =>
        stage.spawn(function* () {
          stage.log(String(me().share));
        }, options);
      const parent = stage.spawn(
        function* () {
          for (const task of [child(), child({ share: 'other' }), child({ share: null })]) yield* on(task);
        },
        { share: 'crawl' },
      );
      yield* on(parent);
      yield* on(child());
    });
    expect(lines).toEqual(['crawl', 'other', 'null', 'null']);
  });

  test('a task may change its share', async () => {
    const lines = await play(gear, function* (stage) {
      const task = createTask(sleep(1));
      task.share = 'ui';
      task.priority = 3;
      stage.log(task.share, task.priority);
      yield* on(task);
    });
    expect(lines).toEqual(['ui 3']);
  });
});
