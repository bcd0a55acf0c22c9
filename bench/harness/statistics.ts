/** Figures of several runs, brought down to one. */

/** The middle of a list; of an even number, the mean of the two in the middle. NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The median of `a[i] / b[i]`: a ratio is taken within a repetition, whose runs lie close together in time, so that what
 * else the machine does weighs on both.
 */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.flatMap((value, i) => (b[i] === undefined ? [] : [value / b[i]])));
}

/** The figure that `share` per cent of a list do not exceed; NaN for an empty list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? Number.NaN;
}
