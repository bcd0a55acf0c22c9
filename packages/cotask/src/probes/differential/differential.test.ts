/**
 * The order of steps, held to CPython's on random programs, tick by tick, and the gears held to each other where programs
 * cancel tasks (there we do better than CPython, see the rules).
 *
 * `COTASK_DIFFERENTIAL_PROGRAMS` sets the number of programs (200), `COTASK_DIFFERENTIAL_SEED` the seed.
 */

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { builds, transcriptOf } from './builds.ts';
import { findPython, transcriptsOf } from './cpython.ts';
import { programs } from './program.ts';
import type { Program } from './program.ts';

const count = Number(process.env['COTASK_DIFFERENTIAL_PROGRAMS'] ?? 200);
const seed = Number(process.env['COTASK_DIFFERENTIAL_SEED'] ?? 1);
const timeout = 20_000 + count * 100;

const python = findPython();
if (python === null) console.warn('SKIPPED: the differential test against CPython; it needs python3, 3.11 or newer');

describe.skipIf(python === null)(`${count} random programs without cancels run as in CPython, tick by tick`, () => {
  const sample = fc.sample(programs({ cancels: false, scopes: false }), { numRuns: count, seed });
  let expected: string[][] | undefined;

  test.each(builds)('as $name', { timeout }, async (build) => {
    expected ??= transcriptsOf(python ?? '', sample);
    const wrong: { program: Program; ours: string[]; cpython: string[] }[] = [];
    for (const [index, program] of sample.entries()) {
      const ours = await transcriptOf(program, build);
      const cpython = expected[index] ?? [];
      if (ours.join('\n') !== cpython.join('\n')) wrong.push({ program, ours, cpython });
    }
    const shortest = wrong.toSorted((a, b) => a.cpython.length - b.cpython.length)[0];
    if (shortest === undefined) return;
    const { program, ours, cpython } = shortest;
    expect(ours, `${wrong.length} of ${count} differ; the shortest is ${JSON.stringify(program)}`).toEqual(cpython);
  });

  test('and are no trivial ones: most wait for each other for many ticks', () => {
    expected ??= transcriptsOf(python ?? '', sample);
    expect(expected).toHaveLength(count);
    expect(expected.filter((lines) => lines.length > 20).length).toBeGreaterThan(count / 3);
  });
});

describe.each([
  { what: 'with cancels', vocabulary: { cancels: true, scopes: false } },
  { what: 'with timers, failures, scopes and gathers', vocabulary: { cancels: false, scopes: true } },
  { what: 'with all of these', vocabulary: { cancels: true, scopes: true } },
])(`${count} random programs $what run the same in every build`, ({ vocabulary }) => {
  const [reference, ...others] = builds;
  if (reference === undefined) throw new Error('there is no build to compare with');

  test.each(others)(`as ${reference.name} and as $name`, { timeout }, async (build) => {
    const sameTranscript = fc.asyncProperty(programs(vocabulary), async (program) => {
      expect(await transcriptOf(program, build)).toEqual(await transcriptOf(program, reference));
    });
    await fc.assert(sameTranscript, { numRuns: count, seed });
  });
});
