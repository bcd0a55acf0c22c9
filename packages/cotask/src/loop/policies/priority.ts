/** Urgent steps first, and nobody for ever. */
import { MisuseError } from '../../errors.ts';
import { refuseUnknownOptions } from '../../options.ts';
import type { Step } from '../step.ts';
import type { SchedulingPolicy } from './policy.ts';

/** Options of `priority`. */
export interface PriorityOptions {
  /** How many levels a ready step rises with each iteration that passes it over; 1 by default. */
  ageing?: number;
}

/**
 * Runs, in each iteration, the ready steps of the highest level only (of 32 and more, of the highest levels that make a
 * sixteenth of them). A step's level is its task's `priority` (higher
 * runs sooner, 0 by default) plus what it gained by waiting, so a step that is `n` levels below a busy one runs after at
 * most `n / ageing` iterations.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `ageing` is not a positive finite number.
 */
export function priority(options: PriorityOptions = {}): SchedulingPolicy {
  refuseUnknownOptions('priority()', options, ['ageing']);
  const ageing = options.ageing ?? 1;
  if (!(Number.isFinite(ageing) && ageing > 0)) {
    throw new MisuseError('COTASK_BAD_OPTION', `priority({ ageing }) takes a positive number, got ${String(ageing)}`);
  }
  const level = (step: Step, iteration: number): number =>
    step.owner.priority + (iteration - step.readyAt - 1) * ageing;
  return {
    name: 'priority',
    arrange(steps, iteration) {
      const levels = steps.map((step) => level(step, iteration));
      const lowest = lowestChosen(levels);
      return steps
        .filter((_, i) => (levels[i] ?? -Infinity) >= lowest)
        .toSorted((a, b) => level(b, iteration) - level(a, iteration));
    },
  };
}

/** The highest level; of many ready steps, as many levels as make a sixteenth of them, so that each is looked at few times. */
function lowestChosen(levels: readonly number[]): number {
  if (levels.length < 32) return Math.max(...levels);
  const sorted = levels.toSorted((a, b) => b - a);
  return sorted[Math.floor(sorted.length / 16)] ?? -Infinity;
}
