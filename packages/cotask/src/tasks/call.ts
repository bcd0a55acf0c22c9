/** A user's function that may be written in either gear, or be a plain one. */
import { isThenable } from './awaitable.ts';
import type { Awaitable, Body, GeneratorBody } from './awaitable.ts';
import { coroutine } from './coroutine.ts';
import type { Coroutine } from './coroutine.ts';
import { currentTask } from './ensure-future.ts';

/** What comes of a call: what the coroutine, the promise or the generator that it returns ends with, or its value. */
export type Returned<F> = F extends GeneratorBody<infer T> ? T : F extends Awaitable<infer T> ? T : Awaited<F>;

/** Calls a function in the task that waits for this, and gives what comes of it. */
export const call: <A extends unknown[]>(fn: (...args: A) => unknown, ...args: A) => Coroutine<unknown> = coroutine(
  function call<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): Body<unknown> {
    const returned = fn(...args);
    return isThenable(returned) || isGenerator(returned) ? returned : atOnce(returned);
  },
);

/** Iterators of lists have no `throw`; one that has, and is asynchronous, is refused by name where it is begun. */
function isGenerator(value: unknown): value is GeneratorBody<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && 'throw' in value;
}

function atOnce<T>(value: T): Body<T> {
  return { next: () => ({ done: true, value }) };
}

/** True when the task that runs now was asked to end: an error that arrives then is no failure to be dealt with. */
export function isAskedToEnd(): boolean {
  return (currentTask()?.cancelling() ?? 0) > 0;
}
