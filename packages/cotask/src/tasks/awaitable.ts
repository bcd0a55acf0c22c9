/** What a task can wait for. */
import type { Wait } from './park.ts';

/**
 * Works under `await` in an async function and under `yield*` in a generator function, with the same type in both.
 *
 * `then` is a wait, with a wait's effects: it may take an item from a queue, and a cancel of the current task travels
 * into what is waited for. To watch a task use `addDoneCallback`; to race awaitables use `wait`.
 */
export interface Awaitable<T> {
  [Symbol.iterator](): Iterator<Wait, T, unknown>;
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B>;
}

/** The body of a generator coroutine while it runs: `function* (): GeneratorBody<number> { … }`. */
export type GeneratorBody<T> = Generator<Wait, T, unknown>;

/** What a coroutine function may return: a generator body, or the promise of an async function. */
export type Body<T> = Iterator<Wait, T, unknown> | PromiseLike<T>;

/** True for a promise or another thenable. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
