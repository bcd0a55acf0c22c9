/** A function over the items of a source, so many at once, for what it does. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { call, isAskedToEnd } from '../tasks/call.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { FanOut, readPlan } from './fan-out.ts';
import type { ItemFunction, Plan } from './fan-out.ts';
import type { ItemSource } from './source.ts';

/** Options of `forEach`. */
export interface ForEachOptions<T> {
  /** How many items are worked on at once: a whole number of 1 and more, or `Infinity`. */
  concurrency: number;
  /** Is told of each failure, and the others go on; what it throws ends everything. */
  onError?: (error: unknown, item: T, index: number) => void;
}

const forEachBody = coroutine(function* forEach(plan: Plan): GeneratorBody<void> {
  yield* new FanOut(getEventLoop(), plan, () => {});
});

/**
 * Calls `fn` with every item of a source as `map` does, and keeps no results: for endless sources, and for what is done
 * rather than computed. Cancels and failures are as those of `map`.
 *
 * @example
 * ```ts
 * import { coroutine, forEach, run, sleep } from 'cotask';
 *
 * function* numbers() {
 *   for (let n = 1; n <= 1_000; n++) yield n;
 * }
 * let sum = 0;
 * const main = coroutine(function* () {
 *   yield* forEach(numbers(), function* (n) {
 *     yield* sleep(1);
 *     sum += n;
 *   }, { concurrency: 100 });
 * });
 * await run(main());
 * console.log(sum); // 500500
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when there is no source, no function or no `concurrency`.
 */
export function forEach<T>(
  source: ItemSource<T>,
  fn: (item: T, index: number) => unknown,
  options: ForEachOptions<T>,
): Coroutine<void>;
export function forEach(
  source: ItemSource<unknown>,
  fn: ItemFunction,
  options: ForEachOptions<unknown>,
): Coroutine<void> {
  refuseUnknownOptions('forEach()', options, ['concurrency', 'onError']);
  const plan = readPlan('forEach', source, fn, options.concurrency);
  const { onError } = options;
  if (onError === undefined) return forEachBody(plan);
  if (typeof onError !== 'function') {
    throw new MisuseError('COTASK_BAD_OPTION', `forEach() takes a function as "onError", got ${typeof onError}`);
  }
  return forEachBody({ ...plan, fn: tolerant(fn, onError) });
}

function tolerant(fn: ItemFunction, onError: Required<ForEachOptions<unknown>>['onError']): ItemFunction {
  return function* (item, index): GeneratorBody<void> {
    try {
      yield* call(fn, item, index);
    } catch (error) {
      if (isAskedToEnd()) throw error;
      onError(error, item, index);
    }
  };
}
