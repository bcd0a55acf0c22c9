/** What the random cancels need to know of a kind of wait. */

import type { Body, GearWords } from './vocabulary.ts';

/** Where and how long one wait waits. */
export interface Plan {
  /** Milliseconds for what takes time. */
  ms: number;
  /** Which of the shared things to wait at. */
  slot: number;
}

/** What the tasks of one run share. */
export interface Shared {
  wait(plan: Plan): Body<unknown>;
  /** Wakes some of those who wait; called each millisecond. */
  supply?(now: number): Body<void>;
  /** What is wrong once every task has ended; nothing, if all is well. */
  left?(): string[];
}

export interface Kind {
  name: string;
  share(words: GearWords): Shared;
}

/** So many of each shared thing there are. */
export const slots = 50;

export function many<T>(make: () => T): T[] {
  return Array.from({ length: slots }, make);
}

export function pick<T>(list: readonly T[], slot: number): T {
  const picked = list[slot % list.length];
  if (picked === undefined) throw new Error('there is nothing to pick from');
  return picked;
}

/** The words, once for each that is wrong. */
export function wrong<T>(list: readonly T[], isWrong: (one: T) => boolean, words: string): string[] {
  return list.filter(isWrong).map(() => words);
}
