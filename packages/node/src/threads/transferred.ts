/** Results that are moved out of a thread instead of being copied. */
import type { Transferable } from 'node:worker_threads';

/** A result, and what of it is moved: {@link transferred} makes it. */
export class Transferred<T> {
  readonly value: T;
  readonly list: readonly Transferable[];

  /** Use {@link transferred}. */
  constructor(value: T, list: readonly Transferable[]) {
    this.value = value;
    this.list = list;
  }
}

/**
 * Returned by a function in a thread: `value` is its result, and what stands in `list` (array buffers, message ports) is
 * moved to the caller, which costs the same however large it is. Called without a thread, a function gives the mark itself.
 */
export function transferred<T>(value: T, list: readonly Transferable[]): Transferred<T> {
  return new Transferred(value, list);
}
