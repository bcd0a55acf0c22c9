/** Urgent steps first, and nobody for ever. */
import { MisuseError } from '../../errors.ts';
import { refuseUnknownOptions, shown } from '../../options.ts';
import { KeyedHeap } from '../keyed-heap.ts';
import type { Step } from '../step.ts';
import type { Arrange, SchedulingPolicy } from './policy.ts';

/** Options of `priority`. */
export interface PriorityOptions {
  /** How many levels a ready step rises with each iteration that passes it over; 1 by default. */
  ageing?: number;
}

/**
 * Runs, in each iteration, the ready steps of the highest level only. A step's level is the `priority` that its task had
 * when it became ready (higher runs sooner, 0 by default) plus what it gained by waiting. So none starves: a step that is
 * `n` levels below others runs before all of theirs that become ready more than `n / ageing` iterations after it.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `ageing` is not a positive finite number.
 */
export function priority(options: PriorityOptions = {}): SchedulingPolicy {
  refuseUnknownOptions('priority()', options, ['ageing']);
  const ageing = options.ageing ?? 1;
  if (!(Number.isFinite(ageing) && ageing > 0)) {
    throw new MisuseError('COTASK_BAD_OPTION', `priority({ ageing }) takes a positive number, got ${shown(ageing)}`);
  }
  return { name: 'priority', begin: () => byLevel(ageing) };
}

/** All ready steps rise alike, so their order never changes: by the level that each would have had at the start. */
function byLevel(ageing: number): Arrange {
  const heap = new KeyedHeap<Step>();
  return (ready) => {
    for (const step of ready) heap.add(step, step.readyAt * ageing - step.owner.priority);
    const chosen: Step[] = [];
    const key = heap.firstKey();
    while (heap.firstKey() === key) {
      const step = heap.take();
      if (step === undefined) break;
      chosen.push(step);
    }
    return chosen;
  };
}
