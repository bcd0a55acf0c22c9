/** Steps without tasks, for the tests of policies. */
import type { Step } from '../loop/step.ts';

/** A step that has become ready, and what a policy may look at. */
export function madeStep(name: string, { priority = 0, share = null, readyAt = 0 }: MadeStep = {}): Step {
  return { owner: { name, priority, share }, readyAt, run: () => true, settlesOnly: () => false };
}

interface MadeStep {
  readonly priority?: number;
  readonly share?: string | null;
  readonly readyAt?: number;
}
