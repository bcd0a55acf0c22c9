/** An order that nobody can lean on, and that a seed repeats. */
import { MisuseError } from '../../errors.ts';
import { shown } from '../../options.ts';
import type { Arrange, SchedulingPolicy } from './policy.ts';

/**
 * Shuffles the steps of each iteration: for tests that look for code which leans on an order nobody promised. The same
 * seed gives the same run.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `seed` is not an integer.
 */
export function random(seed: number): SchedulingPolicy {
  if (!Number.isSafeInteger(seed)) {
    throw new MisuseError('COTASK_BAD_OPTION', `random(seed) takes an integer, got ${shown(seed)}`);
  }
  return { name: `random(${seed})`, begin: () => shuffled(mulberry32(seed)) };
}

/** Mulberry32: 32 bits of state are plenty to order a ready list, and it repeats exactly on every platform. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(next: () => number): Arrange {
  return (ready) => shuffle([...ready], next);
}

/** Fisher and Yates. */
function shuffle<T>(items: T[], next: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    const a = items[last];
    const b = items[other];
    if (a !== undefined && b !== undefined) {
      items[last] = b;
      items[other] = a;
    }
  }
  return items;
}
