/**
 * What the loop runs. It knows no tasks: a step is one stretch of somebody's work, from a wake to the next wait. One
 * call goes down (`ready`), one comes up (`run`), and a step that a promise continues reports its end (`stepEnded`).
 */

/** Whose step it is; a step of an owner is in flight until its next wait is registered or the owner ends. */
export interface StepOwner {
  /** What it is called in reports. */
  readonly name: string;
  /** Higher runs sooner under the `priority` policy. */
  readonly priority: number;
  /** Which share of the loop its steps count on under the `weighted` policy; null for none. */
  readonly share: string | null;
}

/** An entry of the ready list. */
export interface Runnable {
  /** Null for plain handles, which no policy moves. */
  readonly owner: StepOwner | null;
  /** Runs it. False: it goes on in microtasks, and the loop holds until `stepEnded`. */
  run(): boolean;
}

/** A ready stretch of an owner's work. */
export interface Step extends Runnable {
  readonly owner: StepOwner;
  /** The loop's iteration in which it became ready. */
  readyAt: number;
  /**
   * True when `run` only settles the promise of a waiting `await`, so that no code of a user runs inside it. Such a step
   * may be run while another owner's `then` is still on the stack.
   */
  settlesOnly(): boolean;
}

/** True for a step; plain handles have no owner. */
export function isStep(item: Runnable): item is Step {
  return item.owner !== null;
}
