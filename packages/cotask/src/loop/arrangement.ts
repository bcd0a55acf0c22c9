/** What runs in an iteration, and in which order, where a scheduling policy decides. */
import { MisuseError } from '../errors.ts';
import type { Arrange, SchedulingPolicy } from './policies/policy.ts';
import type { ReadyList } from './ready-list.ts';
import { isStep } from './step.ts';
import type { Runnable, Step } from './step.ts';

/** The entries of one iteration after another, as a policy orders them. */
export class Arrangement {
  readonly #policy: SchedulingPolicy;
  readonly #failed: (error: MisuseError) => void;
  #arrange: Arrange | null = null;
  #entries: Runnable[] = [];
  #next = 0;
  /** The steps that the policy has for later, longest-waiting first. */
  readonly #kept: Set<Step> = new Set();

  /** `failed` is told once, when the policy fails; from then on steps run in the order in which they became ready. */
  constructor(policy: SchedulingPolicy, failed: (error: MisuseError) => void) {
    this.#policy = policy;
    this.#failed = failed;
  }

  /** True when the policy has kept steps for later. */
  get hasKept(): boolean {
    return this.#kept.size > 0;
  }

  /** The next entry of this iteration. */
  take(): Runnable | null {
    return this.#entries[this.#next++] ?? null;
  }

  /** What is ready and has not run: of this iteration, and for later. */
  rest(): Runnable[] {
    return [...this.#entries.slice(this.#next), ...this.#kept];
  }

  clear(): void {
    this.#entries = [];
    this.#kept.clear();
  }

  /**
   * Takes everything that is ready: handles keep their places, and the steps that the policy chose fill the places of
   * steps, those that were kept in front. Returns how many entries are to run.
   */
  begin(ready: ReadyList, iteration: number): number {
    const items: Runnable[] = [];
    for (let item = ready.shift(); item !== null; item = ready.shift()) items.push(item);
    const steps = items.filter(isStep);
    const older = this.#kept.size;
    for (const step of steps) this.#kept.add(step);
    this.#entries = fillPlaces(items, this.#choose(steps, iteration), older);
    this.#next = 0;
    return this.#entries.length;
  }

  #choose(steps: readonly Step[], iteration: number): readonly Step[] {
    if (this.#kept.size === 0) return [];
    const chosen: Step[] = [];
    try {
      this.#arrange ??= this.#policy.begin();
      for (const step of this.#arrange(steps, iteration)) {
        if (!this.#kept.delete(step)) throw new TypeError('it must return ready steps, each once');
        chosen.push(step);
      }
      if (chosen.length === 0) throw new TypeError('it must return at least one of the ready steps');
    } catch (error) {
      this.#arrange = inOrder;
      this.#failed(badPolicy(this.#policy, error));
      for (const step of this.#kept) chosen.push(step);
      this.#kept.clear();
    }
    return chosen;
  }
}

const inOrder: Arrange = (steps) => steps;

/** The first `older` of the chosen steps come before everything that has become ready since. */
function fillPlaces(items: readonly Runnable[], chosen: readonly Step[], older: number): Runnable[] {
  const filled: Runnable[] = chosen.slice(0, older);
  let next = older;
  for (const item of items) {
    const entry = isStep(item) ? chosen[next++] : item;
    if (entry !== undefined) filled.push(entry);
  }
  return filled;
}

function badPolicy(policy: SchedulingPolicy, cause: unknown): MisuseError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MisuseError('COTASK_BAD_POLICY', `the scheduling policy "${policy.name}" failed: ${words}`, { cause });
}
