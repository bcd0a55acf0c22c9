/**
 * What holds for every program, whatever the order of its steps: a child ends before its group, no permit and no item is
 * lost or doubled, a cancel is given at most once at the waits of a task, ready tasks keep their order under `fifo`, and
 * the loop is empty at the end. `npm run soak` takes 10,000 programs for each policy and gear.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fifo, priority, random, weighted } from '../../index.ts';
import type { SchedulingPolicy } from '../../index.ts';
import { gears } from '../../testing/both-gears.ts';
import { perform } from './perform.ts';
import { programs } from './program.ts';
import type { Program } from './program.ts';

const numRuns = Number(globalThis.process?.env['COTASK_PROGRAMS'] ?? 150);
/** The same programs each time, but in a soak. */
const seed = Number(globalThis.process?.env['COTASK_PROGRAMS_SEED'] ?? 1);

/** A task that is being started waits, in a circle, for the one that starts it: found with 1 program in some 20,000. */
const startedInCircle: Program = {
  locks: 2,
  permits: [1, 1],
  queueSizes: [0, 0],
  events: 2,
  main: [
    {
      kind: 'gather',
      children: [
        [
          {
            kind: 'shield',
            body: [
              {
                kind: 'group',
                children: [{ how: 'start', body: [{ kind: 'timeout', ms: 0, body: [{ kind: 'join', task: 1 }] }] }],
                body: [],
              },
            ],
          },
        ],
      ],
    },
  ],
  blows: [],
};

const policies: readonly { name: string; make: () => SchedulingPolicy }[] = [
  { name: 'fifo', make: fifo },
  { name: 'priority', make: priority },
  { name: 'weighted', make: () => weighted({ shares: { a: 3, b: 1 } }) },
  { name: 'random', make: () => random(7) },
];

describe.each(policies)('random programs under $name', ({ make }) => {
  test.each([...gears, 'mixed'] as const)(
    'break no invariant in the %s gear',
    async (gear) => {
      await fc.assert(
        fc.asyncProperty(programs, async (program) => {
          expect(await perform(program, gear, make())).toEqual([]);
        }),
        { numRuns, seed, examples: [[startedInCircle]] },
      );
    },
    Math.max(30_000, numRuns * 100),
  );
});
