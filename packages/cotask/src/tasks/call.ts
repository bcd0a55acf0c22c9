/** A user's function that may be written in either gear, or be a plain one. */
import { isThenable } from './awaitable.ts';
import type { Awaitable, Body, GeneratorBody } from './awaitable.ts';
import { coroutine } from './coroutine.ts';
import type { Coroutine } from './coroutine.ts';
import { currentScope } from './current.ts';
import { isAwaitable } from './ensure-future.ts';
import { checkedBody, iteratorOf } from './gears/generator.ts';
import type { Wait } from './park.ts';
import { requestCountInAll } from './scope.ts';

/** What comes of a call: what the coroutine, the promise or the generator that it returns ends with, or its value. */
export type Returned<F> = F extends GeneratorBody<infer T> ? T : F extends Awaitable<infer T> ? T : Awaited<F>;

/** Calls a function in the task that waits for this, and gives what comes of it. */
export const call: <A extends unknown[]>(fn: (...args: A) => unknown, ...args: A) => Coroutine<unknown> = coroutine(
  function call<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): Body<unknown> {
    const returned = fn(...args);
    return isThenable(returned) || isGenerator(returned) ? returned : atOnce(returned);
  },
);

/** What a call has returned, for the `yield*` that asks for it. */
export function stepsOf(returned: unknown): Iterator<Wait, unknown, unknown> {
  if (isGenerator(returned)) return iteratorOf(checkedBody(returned));
  if (!isThenable(returned)) return atOnce(returned);
  return isAwaitable(returned) ? returned[Symbol.iterator]() : iteratorOf(returned);
}

/** Iterators of lists have no `throw`; one that has, and is asynchronous, is refused by name where it is begun. */
function isGenerator(value: unknown): value is GeneratorBody<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && 'throw' in value;
}

function atOnce<T>(value: T): Iterator<Wait, T, unknown> {
  return { next: () => ({ done: true, value }) };
}

/** True when the task that runs now was asked to end: an error that arrives then is no failure to be dealt with. */
export function isAskedToEnd(): boolean {
  const scope = currentScope();
  return scope !== null && requestCountInAll(scope) > 0;
}
