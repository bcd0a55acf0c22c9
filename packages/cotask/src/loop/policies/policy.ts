/** The scheduling policy: which ready step runs next. */
import type { Step } from '../step.ts';

/**
 * Orders the steps of one loop, iteration by iteration. `ready` became ready since the last call, longest-waiting first.
 * Returns the steps to run in this iteration, in order: of these, and of those that it has kept. What it does not return
 * it keeps, and returns later. While it has a step it returns at least one, and each once.
 */
export type Arrange = (ready: readonly Step[], iteration: number) => readonly Step[];

/**
 * Orders the steps that are ready. Plain handles are not its business: they run in their places, and the steps fill the
 * places of steps.
 */
export interface SchedulingPolicy {
  /** What it is called in errors. */
  readonly name: string;
  /** Called once for each loop that it orders: what it must remember lives in the function that it returns. */
  begin(): Arrange;
}
