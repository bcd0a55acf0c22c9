/** The first of several to end. */
import { MisuseError } from '../errors.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { FirstOf } from './first-of.ts';
import { toFutures } from './gather.ts';
import type { Gatherable, ResultOf } from './gather.ts';
import { readArguments, refuseNonAwaitables } from './read-arguments.ts';

/** @internal The arguments of `race` and `any`, checked. */
export function readContenders(what: string, args: readonly unknown[]): readonly PromiseLike<unknown>[] {
  const { list } = readArguments(what, args, [], {});
  if (list.length === 0) {
    throw new MisuseError('COTASK_BAD_OPTION', `${what} of nothing would never end: it needs at least one awaitable`);
  }
  return refuseNonAwaitables(what, list);
}

/** @internal */
export const firstOf: (contenders: readonly PromiseLike<unknown>[], valuesOnly: boolean) => Coroutine<unknown> =
  coroutine(function* first(contenders: readonly PromiseLike<unknown>[], valuesOnly: boolean): GeneratorBody<unknown> {
    const loop = getEventLoop();
    return yield* new FirstOf(loop, toFutures(contenders, loop), valuesOnly);
  });

/**
 * Waits for the first of several awaitables to end, and gives its value or throws its error. The others are cancelled, and
 * `race` returns when they have ended. They begin when it is awaited; an iterable may stand for the arguments.
 *
 * **Gotchas** A task or future that loses is cancelled as well, also one that somebody else waits for: hand over
 * `shield(task)` where it is to go on. A loser that fails in its clean-up is reported by the loop.
 *
 * @example
 * ```ts
 * import { coroutine, race, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => race(sleep(60_000, 'tortoise'), sleep(1, 'hare')));
 * console.log(await run(main())); // hare
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` for nothing, `COTASK_NOT_AWAITABLE` for what cannot be waited for.
 */
export function race<const L extends readonly Gatherable[]>(awaitables: L): Coroutine<ResultOf<L[number]>>;
export function race<T>(awaitables: Iterable<Gatherable<T>>): Coroutine<T>;
export function race<const L extends readonly Gatherable[]>(...awaitables: L): Coroutine<ResultOf<L[number]>>;
export function race(...args: readonly unknown[]): Coroutine<unknown> {
  return firstOf(readContenders('race()', args), false);
}
