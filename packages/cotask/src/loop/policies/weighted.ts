/** A share of the loop for each group of tasks, so that one of many tasks cannot take it from one of few. */
import { MisuseError } from '../../errors.ts';
import { refuseUnknownOptions, shown } from '../../options.ts';
import { KeyedHeap } from '../keyed-heap.ts';
import type { Step } from '../step.ts';
import type { Arrange, SchedulingPolicy } from './policy.ts';

/** Options of `weighted`. */
export interface WeightedOptions {
  /** The weight of each share: with `{ crawl: 1, ui: 3 }`, three of four steps are the user interface's. */
  shares?: Readonly<Record<string, number>>;
  /** The weight of every other share, that of tasks without one among them; 1 by default. */
  others?: number;
}

/**
 * Shares the loop out among groups of tasks: while several have ready steps, each runs as many as its weight is of theirs
 * together; what one does not use falls to the others. A task belongs to the share that it was given
 * (`createTask(work(), { share: 'crawl' })`), else to that of the task that made it.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when a weight is not a positive finite number.
 */
export function weighted(options: WeightedOptions = {}): SchedulingPolicy {
  refuseUnknownOptions('weighted()', options, ['shares', 'others']);
  const { shares = {}, others = 1 } = options;
  if (typeof shares !== 'object' || shares === null)
    throw new MisuseError('COTASK_BAD_OPTION', 'weighted({ shares }) takes an object of weights: { crawl: 1, ui: 3 }');
  const weights = new Map<string | null, number>(Object.entries(shares));
  for (const weight of [...weights.values(), others]) refuseBadWeight(weight);
  return { name: 'weighted', begin: () => byShare((share) => weights.get(share) ?? others) };
}

function refuseBadWeight(weight: number): void {
  if (Number.isFinite(weight) && weight > 0) return;
  throw new MisuseError('COTASK_BAD_OPTION', `a weight is a positive number, got ${shown(weight)}`);
}

/** So many steps run in an iteration at most: a group that is woken meanwhile waits no longer. */
const mostSteps = 64;

/** The tasks of one share. */
interface Group {
  readonly share: string | null;
  /** Of the virtual time in which all groups run alike, how much a step takes. */
  readonly stride: number;
  /** The virtual time at which it may run its next step. */
  pass: number;
  /** Its ready steps, the next one at `next`. */
  steps: Step[];
  next: number;
}

/**
 * Stride scheduling: the group with the smallest pass runs a step and moves on by its stride. A group that has had nothing
 * to do begins again at the present, with nothing saved up. One whose last step runs may be back in the next iteration:
 * nobody runs beyond its pass in this one.
 */
function byShare(weightOf: (share: string | null) => number): Arrange {
  const groups = new Map<string | null, Group>();
  const active = new KeyedHeap<Group>();
  /** Groups without ready steps that are ahead of the present. */
  const resting = new Set<Group>();
  let now = 0;

  const groupOf = (share: string | null): Group => {
    const known = groups.get(share);
    if (known !== undefined) return known;
    const group = { share, stride: 1 / weightOf(share), pass: now, steps: [], next: 0 };
    groups.set(share, group);
    return group;
  };

  const join = (step: Step): void => {
    const group = groupOf(step.owner.share);
    if (group.steps.push(step) > 1) return;
    resting.delete(group);
    group.pass = Math.max(group.pass, now);
    active.add(group, group.pass);
  };

  /** Takes the next step of a group, which goes on or comes to rest. */
  const advance = (group: Group, chosen: Step[]): boolean => {
    const step = group.steps[group.next++];
    if (step !== undefined) chosen.push(step);
    group.pass += group.stride;
    const isEmpty = group.next === group.steps.length;
    if (isEmpty) {
      group.steps = [];
      group.next = 0;
      resting.add(group);
    } else active.add(group, group.pass);
    return isEmpty;
  };

  /** A group that has nothing to do and is not ahead is as good as a new one. */
  const forgetRested = (): void => {
    for (const group of resting) {
      if (group.pass > now) continue;
      resting.delete(group);
      groups.delete(group.share);
    }
  };

  return (ready) => {
    for (const step of ready) join(step);
    forgetRested();
    const chosen: Step[] = [];
    let end = Infinity;
    while (chosen.length < mostSteps && (chosen.length === 0 || active.firstKey() < end)) {
      const group = active.take();
      if (group === undefined) break;
      now = group.pass;
      if (advance(group, chosen)) end = Math.min(end, group.pass);
    }
    return chosen;
  };
}
