import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fifo, random, sleep } from '../../index.ts';
import type { SchedulingPolicy } from '../../index.ts';
import { gears, on } from '../../testing/both-gears.ts';
import type { Gear } from '../../testing/both-gears.ts';
import { madeStep } from '../../testing/made-step.ts';
import { play } from '../../testing/stage.ts';

/** The order in which ten tasks take three turns each. */
const orderUnder = (gear: Gear, policy: SchedulingPolicy): Promise<string[]> =>
  play(
    gear,
    function* (stage) {
      const worker = (name: number) =>
        stage.spawn(function* () {
          for (let i = 0; i < 3; i++) {
            stage.log(name, i);
            yield* on(sleep(0));
          }
        });
      for (const task of Array.from({ length: 10 }, (_, i) => worker(i))) yield* on(task);
    },
    { policy },
  );

describe.each(gears)('a loop with a random order, in the %s gear', (gear) => {
  test('repeats it with the same seed, and has another with another', async () => {
    expect(await orderUnder(gear, random(7))).toEqual(await orderUnder(gear, random(7)));
    expect(await orderUnder(gear, random(7))).not.toEqual(await orderUnder(gear, random(8)));
    expect(await orderUnder(gear, random(7))).not.toEqual(await orderUnder(gear, fifo()));
  });

  test('runs every task of the iteration once, whatever the seed', async () => {
    const seeds = fc.integer();
    const right = (await orderUnder(gear, fifo())).toSorted();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const lines = await orderUnder(gear, random(seed));
        expect(lines.toSorted()).toEqual(right);
        const rounds = lines.map((line) => Number(line.at(-1)));
        expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
  });
});

test('each gear has the same order with the same seed', async () => {
  expect(await orderUnder('async', random(20))).toEqual(await orderUnder('generator', random(20)));
});

test('the same policy gives every run the same order', async () => {
  const policy = random(3);
  expect(await orderUnder('async', policy)).toEqual(await orderUnder('async', policy));
});

test('any order may come: each of six occurs for some seed, none much oftener than another', () => {
  const steps = ['a', 'b', 'c'].map((name) => madeStep(name));
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6_000; seed++) {
    const order = random(seed)
      .begin()(steps, 1)
      .map((each) => each.owner.name)
      .join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});
