/**
 * Errors on their way out of a thread. The structured clone keeps the message and the stack, but neither the code nor the name
 * of a class of one's own: so an error is taken apart in the thread and put together again where the call waits.
 */
import { types } from 'node:util';
import { describeCall } from './errors.ts';
import type { ThreadCallFacts } from './errors.ts';
import { findUncopyable } from './copyable.ts';

/** An error in parts that can be copied; or another value that was thrown. */
export type Thrown = { readonly error: ErrorParts } | { readonly value: unknown };

interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** `code`, and what else of its own it has that can be copied. */
  readonly own: readonly (readonly [name: string, value: unknown])[];
  readonly cause: Thrown | null;
  readonly errors: readonly Thrown[] | null;
}

const noneMoved: ReadonlySet<unknown> = new Set();
const deepestCause = 16;

/** In the thread: takes what was thrown apart. */
export function takeApart(thrown: unknown): Thrown {
  try {
    return partsOf(thrown, 0);
  } catch {
    // One of its getters throws.
    return { value: described(thrown) };
  }
}

function partsOf(thrown: unknown, depth: number): Thrown {
  if (!isError(thrown)) {
    return { value: findUncopyable(thrown, 'it', noneMoved) === null ? thrown : described(thrown) };
  }
  const deeper = depth < deepestCause;
  const error: ErrorParts = {
    name: inWords(thrown.name),
    message: inWords(thrown.message),
    stack: ownStack(inWords(thrown.stack)),
    own: ownOf(thrown),
    cause: deeper && 'cause' in thrown ? partsOf(thrown.cause, depth + 1) : null,
    errors:
      deeper && 'errors' in thrown && Array.isArray(thrown.errors)
        ? thrown.errors.map((each) => partsOf(each, depth + 1))
        : null,
  };
  return { error };
}

/** Without what brought the call about: those frames are the same for all. */
function ownStack(stack: string): string {
  const lines = stack.split('\n');
  const end = lines.findIndex((line) => /[\\/]threads[\\/]thread-entry\.[jt]s:/.test(line));
  return end < 0 ? stack : lines.slice(0, end).join('\n');
}

/** A `DOMException` is one, too. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}

function described(thrown: unknown): string {
  return `thrown in a thread: ${inWords(thrown)}`;
}

function inWords(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

const kept = new Set(['name', 'message', 'stack', 'cause', 'errors']);

function ownOf(error: Error): [string, unknown][] {
  const names = Object.keys(error).filter((name) => !kept.has(name));
  if ('code' in error && !names.includes('code')) names.push('code');
  const own = names.map((name): [string, unknown] => [name, Reflect.get(error, name)]);
  return own.filter(([name, value]) => findUncopyable(value, name, noneMoved) === null);
}

/** Where the call waits: the error again, or another value that was thrown, as it was. Its stack says which call it was. */
export function putTogether(thrown: Thrown, call: ThreadCallFacts): unknown {
  return 'value' in thrown ? thrown.value : errorOf(thrown.error, call);
}

function errorOf(parts: ErrorParts, call: ThreadCallFacts): Error {
  const { name, message, stack, own, cause, errors } = parts;
  const options = cause === null ? undefined : { cause: putTogether(cause, call) };
  const error =
    errors === null
      ? new (classes.get(name) ?? Error)(message, options)
      : new AggregateError(
          errors.map((each) => putTogether(each, call)),
          message,
          options,
        );
  if (error.name !== name) setHidden(error, 'name', name);
  setHidden(error, 'stack', `${stack}\n    in a thread, called as ${describeCall(call)}`);
  for (const [key, value] of own) Object.defineProperty(error, key, { ...writable, enumerable: true, value });
  return error;
}

const writable = { configurable: true, writable: true };

function setHidden(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, { ...writable, enumerable: false, value });
}

/** The language's own classes, which are the same in both threads. */
const classes: ReadonlyMap<string, ErrorConstructor> = new Map<string, ErrorConstructor>([
  ['TypeError', TypeError],
  ['RangeError', RangeError],
  ['SyntaxError', SyntaxError],
  ['ReferenceError', ReferenceError],
  ['EvalError', EvalError],
  ['URIError', URIError],
]);
