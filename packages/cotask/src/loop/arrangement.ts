/** What runs in an iteration, and in which order, where a scheduling policy decides. */
import { MisuseError } from '../errors.ts';
import type { SchedulingPolicy } from './policies/policy.ts';
import type { ReadyList } from './ready-list.ts';
import { isStep } from './step.ts';
import type { Runnable, Step } from './step.ts';

/** The entries of one iteration after another, as a policy orders them. */
export class Arrangement {
  readonly #policy: SchedulingPolicy;
  readonly #failed: (error: MisuseError) => void;
  #entries: Runnable[] = [];
  #next = 0;
  #broken = false;

  /** `failed` is told once, when the policy fails; from then on steps run in the order in which they became ready. */
  constructor(policy: SchedulingPolicy, failed: (error: MisuseError) => void) {
    this.#policy = policy;
    this.#failed = failed;
  }

  /** The next entry of this iteration. */
  take(): Runnable | null {
    return this.#entries[this.#next++] ?? null;
  }

  /** What has not run yet of this iteration. */
  rest(): Runnable[] {
    return this.#entries.slice(this.#next);
  }

  clear(): void {
    this.#entries = [];
  }

  /**
   * Takes everything that is ready: handles keep their places, the steps that the policy chose fill the places of steps,
   * and the others stay ready. Returns how many entries are to run.
   */
  begin(ready: ReadyList, iteration: number): number {
    const items: Runnable[] = [];
    for (let item = ready.shift(); item !== null; item = ready.shift()) items.push(item);
    const steps = items.filter(isStep);
    const chosen = this.#choose(steps, iteration);
    const run = new Set(chosen);
    for (const step of steps) if (!run.has(step)) ready.push(step);
    this.#entries = fillPlaces(items, chosen);
    this.#next = 0;
    return this.#entries.length;
  }

  #choose(steps: readonly Step[], iteration: number): readonly Step[] {
    if (this.#broken) return steps;
    try {
      const chosen = [...this.#policy.arrange(steps, iteration)];
      refuseBadChoice(steps, chosen);
      return chosen;
    } catch (error) {
      this.#broken = true;
      this.#failed(badPolicy(this.#policy, error));
      return steps;
    }
  }
}

function fillPlaces(items: readonly Runnable[], chosen: readonly Step[]): Runnable[] {
  const filled: Runnable[] = [];
  let next = 0;
  for (const item of items) {
    const entry = isStep(item) ? chosen[next++] : item;
    if (entry !== undefined) filled.push(entry);
  }
  return filled;
}

function refuseBadChoice(steps: readonly Step[], chosen: readonly Step[]): void {
  const known = new Set(steps);
  const right = chosen.every((step) => known.delete(step)) && (chosen.length > 0 || steps.length === 0);
  if (!right) throw new TypeError('it must return at least one of the ready steps, each at most once');
}

function badPolicy(policy: SchedulingPolicy, cause: unknown): MisuseError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MisuseError('COTASK_BAD_POLICY', `the scheduling policy "${policy.name}" failed: ${words}`, { cause });
}
