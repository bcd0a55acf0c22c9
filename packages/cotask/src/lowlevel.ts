/**
 * For people who write their own primitives: how to wait, the fair wait queue, the hooks, what a host and a policy are.
 *
 * @module
 */
export { park } from './tasks/parked.ts';
export { parkForeign } from './tasks/foreign.ts';
export type { Arm, Settle } from './tasks/parked.ts';
export { WaitQueue } from './tasks/wait-queue.ts';
export { abortError, onAbort } from './scopes/abort-signal.ts';
export { runningTag } from './tasks/current.ts';
export { NameTag } from './tasks/name-tag.ts';
export type { WaitedFor } from './tasks/name-tag.ts';
export { addHooks } from './tasks/hooks.ts';
export type { TaskHooks } from './tasks/hooks.ts';
export { futureAddToAwaitedBy, futureDiscardFromAwaitedBy } from './watch/awaited-by.ts';
export { describeWaits } from './tasks/who-waits.ts';
export type { OpenWait } from './tasks/park.ts';
export type { Runnable, Step, StepOwner } from './loop/step.ts';
export type { Foreign, Host, IdleAnswer } from './host/host.ts';
