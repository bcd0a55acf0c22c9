/** The first of several that succeeds. */
import type { Coroutine } from '../tasks/coroutine.ts';
import type { Gatherable, ResultOf } from './gather.ts';
import { firstOf, readContenders } from './race.ts';

/**
 * Waits for the first of several awaitables that gives a value. The others are cancelled, and `any` returns when they have
 * ended. They begin when it is awaited; an iterable may stand for the arguments.
 *
 * **Gotchas** As with `race`, a task or future that loses is cancelled: hand over `shield(task)` where it is to go on.
 *
 * @example
 * ```ts
 * import { any, coroutine, run, sleep } from 'cotask';
 *
 * const broken = coroutine(async () => {
 *   throw new Error('no route');
 * });
 * const main = coroutine(async () => any(broken(), sleep(1, 'a mirror')));
 * console.log(await run(main())); // a mirror
 * ```
 * @throws {AllFailedError} when all of them failed; `errors` are in the order of the arguments.
 * @throws {MisuseError} `COTASK_BAD_OPTION` for nothing, `COTASK_NOT_AWAITABLE` for what cannot be waited for.
 */
export function any<const L extends readonly Gatherable[]>(awaitables: L): Coroutine<ResultOf<L[number]>>;
export function any<T>(awaitables: Iterable<Gatherable<T>>): Coroutine<T>;
export function any<const L extends readonly Gatherable[]>(...awaitables: L): Coroutine<ResultOf<L[number]>>;
export function any(...args: readonly unknown[]): Coroutine<unknown> {
  return firstOf(readContenders('any()', args), true);
}
