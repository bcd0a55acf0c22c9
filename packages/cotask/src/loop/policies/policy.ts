/** The scheduling policy: which ready step runs next. */
import type { Step } from '../step.ts';

/**
 * Orders the steps that are ready when an iteration begins. Plain handles are not its business: they run in their
 * places, and the steps fill the places of steps.
 */
export interface SchedulingPolicy {
  /** What it is called in errors. */
  readonly name: string;
  /**
   * The steps to run in this iteration, in order; `steps` come longest-waiting first. What is left out stays ready, in
   * front of what becomes ready later. It must return at least one step, each at most once.
   */
  arrange(steps: readonly Step[], iteration: number): readonly Step[];
}
