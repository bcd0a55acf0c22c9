/**
 * What is tried again, how often and when. A retry costs the server a request and the user time, so only what may be
 * different the next time is tried again: an overloaded server, a lost connection, a short body; never a missing file,
 * a bad certificate or a refused redirect.
 */

import type { Failure } from '../types.ts';

/** How often a failure is worth another try: as often as allowed, once, or never. */
export type Worth = 'again' | 'once' | 'never';

/** A failed try, as the policy sees it. */
export interface FailedTry extends Failure {
  readonly worth: Worth;
  /** What the server asked for by `Retry-After`, in milliseconds; null when it did not. */
  readonly retryAfter: number | null;
}

/** What to do about it. */
export type Verdict =
  | { readonly retry: false; readonly failure: Failure }
  | { readonly retry: true; readonly wait: number; readonly parksHost: boolean };

/** The bounds of waiting, in milliseconds. */
export interface RetryLimits {
  /** Tries after the first. */
  readonly retries: number;
  /** The upper bound of the first back-off; doubled with each try. */
  readonly firstBackoff: number;
  readonly longestBackoff: number;
  /** A server that asks for more than this is not waited for: the URL fails. */
  readonly longestRetryAfter: number;
}

export const RETRY_LIMITS: RetryLimits = {
  retries: 4,
  firstBackoff: 500,
  longestBackoff: 60_000,
  longestRetryAfter: 3_600_000,
};

const STATUSES_WORTH_A_RETRY: ReadonlySet<number> = new Set([
  408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524,
]);

/** Statuses with which `Retry-After` speaks of the whole server, not of one URL. */
const STATUSES_THAT_PARK: ReadonlySet<number> = new Set([429, 503]);

/** True for a status that may be another one the next time. */
export function statusWorth(status: number): Worth {
  return STATUSES_WORTH_A_RETRY.has(status) ? 'again' : 'never';
}

/**
 * Decides about a failed try.
 *
 * The wait is random between nothing and a bound that doubles with each try ("full jitter"), so that many clients that
 * failed together do not come back together. `Retry-After` is a lower bound, with up to a tenth added for the same reason.
 *
 * @param tries Tries made for this URL, this one included.
 * @param random A number from 0 to 1, 1 excluded.
 */
export function judge(failed: FailedTry, tries: number, limits: RetryLimits, random: () => number): Verdict {
  const allowed = failed.worth === 'again' ? limits.retries : failed.worth === 'once' ? Math.min(1, limits.retries) : 0;
  if (tries > allowed) return { retry: false, failure: withTries(failed, tries) };
  const asked = failed.retryAfter;
  if (asked !== null && asked > limits.longestRetryAfter)
    return { retry: false, failure: tooLong(failed, asked, limits.longestRetryAfter) };
  const backoff = random() * Math.min(limits.longestBackoff, limits.firstBackoff * 2 ** (tries - 1));
  if (asked === null) return { retry: true, wait: backoff, parksHost: false };
  const wait = Math.max(backoff, asked) * (1 + random() / 10);
  return { retry: true, wait, parksHost: STATUSES_THAT_PARK.has(failed.status ?? 0) };
}

function withTries({ kind, message, status, cause }: FailedTry, tries: number): Failure {
  return { kind, message: tries === 1 ? message : `${message} (${tries} tries)`, status, cause };
}

function tooLong(failed: FailedTry, asked: number, longest: number): Failure {
  const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`;
  const message = `${failed.message}, and asks to come back after ${seconds(asked)}, more than the ${seconds(longest)} that are waited`;
  return { kind: 'retry-after too long', message, status: failed.status, cause: failed.cause };
}
