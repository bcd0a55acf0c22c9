/**
 * Mixes integers into 32 well-spread bits: the one source of chance in the sample set, so that a seed and an index
 * decide everything. (The finalizer of MurmurHash3, once for each value.)
 */
export function hash32(...values: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const value of values) {
    hash = Math.imul(hash ^ value, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A whole number from `low` to `high`, both included, spread evenly enough for test data. */
export function pick(low: number, high: number, ...values: readonly number[]): number {
  return low + (hash32(...values) % (high - low + 1));
}
