/**
 * The neutral form in which transcripts write values: `null` for nothing; text bare at the top and "quoted" inside; lists
 * as `[a, b]`; errors as `Name(message)`, those of a group as `Name(message)[child, child]`.
 */
import { CancelledError, CotaskError, TaskGroupError } from 'cotask';
import type { Future } from 'cotask';

import { kind } from './kind.ts';

/** A value in neutral form. */
export function show(value: unknown): string {
  return typeof value === 'string' ? value : showInside(value);
}

/** The same inside another value. */
function showInside(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return `"${value.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
  if (Array.isArray(value)) return `[${value.map(showInside).join(', ')}]`;
  if (value instanceof Error) return showError(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return showObject(value);
  throw new TypeError(`no neutral form for a ${typeof value}`);
}

function showObject(value: object): string {
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new TypeError(`no neutral form for ${value.constructor.name}`);
  const entries = Object.entries(value).map(([key, held]) => `${key}: ${showInside(held)}`);
  return `{${entries.join(', ')}}`;
}

/** The library's own wording is free, so its errors show none, but for the reason that a program gave to `cancel()`. */
function showError(error: Error): string {
  if (error instanceof TaskGroupError)
    return `${kind(error)}(unhandled errors in a TaskGroup)[${error.errors.map(show).join(', ')}]`;
  if (error instanceof CancelledError) return `CancelledError(${error.reason ?? ''})`;
  return `${kind(error)}(${error instanceof CotaskError ? '' : error.message})`;
}

/** What has become of a future. */
export function outcome(future: Future<unknown>): string {
  if (!future.done()) return 'pending';
  if (future.cancelled()) return 'cancelled';
  const error = future.exception();
  return error === null ? `result ${showInside(future.result())}` : `failed ${show(error)}`;
}
