/** Functions that call back when they have ended, as waits. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Awaitable } from '../tasks/awaitable.ts';
import { parkForeign } from '../tasks/foreign.ts';

/** Node's kind of callback: an error or null first, then the results. */
export type Done<R extends readonly unknown[]> = (error?: unknown, ...results: Partial<R>) => void;

/** Options of `fromCallback`. */
export interface FromCallbackOptions {
  /** The callback has several results: give all of them, as a tuple. */
  multiple?: boolean;
}

/**
 * Waits for a function that calls back with an error or a value. `start` begins it, each time it is waited for; where it
 * returns a function, that is called to undo it on a cancel. What comes after a cancel, and a second call, is dropped.
 *
 * @example
 * ```ts
 * import { readdir } from 'node:fs';
 * import { lookup } from 'node:dns';
 * import { coroutine, fromCallback, run } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const names = await fromCallback<string[]>((done) => readdir('/', done));
 *   const [address, family] = await fromCallback<[string, number]>((done) => lookup('127.0.0.1', done), { multiple: true });
 *   console.log(names.length > 0, address, family); // true 127.0.0.1 4
 * });
 * await run(main());
 * ```
 * @throws the error that the callback was called with, and what `start` throws.
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `start` is not a function.
 */
export function fromCallback<R extends readonly unknown[]>(
  start: (done: Done<R>) => unknown,
  options: FromCallbackOptions & { multiple: true },
): Awaitable<R>;
export function fromCallback<T>(start: (done: Done<[T]>) => unknown, options?: FromCallbackOptions): Awaitable<T>;
export function fromCallback(
  start: (done: Done<unknown[]>) => unknown,
  options: FromCallbackOptions = {},
): Awaitable<unknown> {
  refuseUnknownOptions('fromCallback()', options, ['multiple']);
  if (typeof start !== 'function')
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `fromCallback() takes a function that begins the work and hands "done" on as its callback, got ${typeof start}`,
    );
  return parkForeign<unknown>('a callback', ({ resolve, reject }) => {
    const undo = start((error, ...results) => {
      // As Node's own promisify: an error is what counts as one.
      if (error) reject(error);
      else resolve(options.multiple === true ? results : results[0]);
    });
    return isUndo(undo) ? undo : undefined;
  });
}

/** Functions return all sorts of things, a handle or a request; a function is the way to undo. */
function isUndo(returned: unknown): returned is () => void {
  return typeof returned === 'function';
}
