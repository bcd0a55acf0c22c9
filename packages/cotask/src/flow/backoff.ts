/** How long to pause between one attempt and the next. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';

/** The pause after an attempt has failed, in milliseconds. The first attempt is 1. */
export type Backoff = (attempt: number, error: unknown) => number;

/** Options of `exponentialBackoff`. */
export interface ExponentialBackoffOptions {
  /** The pause after the first attempt, in milliseconds; 100 by default. */
  initial?: number;
  /** By what each pause is longer than the one before; 2 by default, 1 for pauses of one length. */
  factor?: number;
  /** No pause is longer, in milliseconds; 30,000 by default. */
  max?: number;
  /**
   * `'full'`, the default, takes a random part of the pause, so that many who failed together do not come back together;
   * `'equal'` at least half of it; `'none'` all of it.
   */
  jitter?: 'full' | 'equal' | 'none';
  /** Numbers from 0 to 1; `Math.random` by default. */
  random?: () => number;
}

/**
 * Pauses that grow: `initial`, then each `factor` times as long as the one before, up to `max`.
 * @throws {MisuseError} `COTASK_BAD_OPTION`.
 */
export function exponentialBackoff(options: ExponentialBackoffOptions = {}): Backoff {
  refuseUnknownOptions('exponentialBackoff()', options, ['initial', 'factor', 'max', 'jitter', 'random']);
  const { initial = 100, factor = 2, max = 30_000, jitter = 'full', random = Math.random } = options;
  if (!(initial >= 0) || !(factor >= 1) || !(max >= 0)) {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `exponentialBackoff() takes milliseconds as "initial" and "max" and a "factor" of 1 and more, got ${initial}, ${max} and ${factor}`,
    );
  }
  if (!['full', 'equal', 'none'].includes(jitter) || typeof random !== 'function') {
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `exponentialBackoff() takes "full", "equal" or "none" as "jitter" and a function as "random", got ${shown(jitter)} and ${typeof random}`,
    );
  }
  const fixed = { full: 0, equal: 0.5, none: 1 }[jitter];
  return (attempt) => {
    const pause = Math.min(max, initial * factor ** (attempt - 1));
    return pause * (fixed + (1 - fixed) * (fixed === 1 ? 0 : random()));
  };
}
