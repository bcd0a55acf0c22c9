/** What a program says, as lines to compare: the same words in every test. */
import { CancelledError, TaskGroupError, TimeoutError } from '../errors.ts';
import { Future } from '../tasks/future.ts';

/** Collects what a program says, a line a call. */
export interface Log {
  (...parts: readonly unknown[]): void;
  readonly lines: string[];
}

/** A log without a line. */
export function newLog(): Log {
  const lines: string[] = [];
  return Object.assign((...parts: readonly unknown[]) => void lines.push(parts.map(show).join(' ')), { lines });
}

/**
 * A value or an error in words: `C(x)` is a cancel with its reason, `TO` a timeout, `G[…]` the failures of a group; a
 * future is its label, any other error its message.
 */
export function show(value: unknown): string {
  if (value instanceof CancelledError) return value.reason === null ? 'C' : `C(${value.reason})`;
  if (value instanceof TimeoutError) return 'TO';
  if (value instanceof TaskGroupError) return `G[${value.errors.map(show).join(', ')}]`;
  if (value instanceof Error) return value.message;
  if (value instanceof Future) return value.label;
  if (value instanceof Set) return `{${[...value].map(show).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'object' && value !== null ? showObject(value) : String(value);
}

function showObject(value: object): string {
  if (Object.getPrototypeOf(value) !== Object.prototype) return value.constructor.name;
  return `{${Object.entries(value)
    .map(([key, held]) => `${key}: ${show(held)}`)
    .join(', ')}}`;
}
