/** What each contestant of `waiters` brings: `count` tasks wait for one thing, and are let through. */
import type { Trial } from '../trials/trial.ts';

export interface Waiters {
  /** Each holds one lock in turn. */
  readonly lock?: Trial;
  /** Each holds one of 100 permits in turn. */
  readonly semaphore?: Trial;
  /** All wait until one event is set. */
  readonly event?: Trial;
  /** All wait until one `AbortSignal` is aborted. */
  readonly signal?: Trial;
}

export const permits = 100;
