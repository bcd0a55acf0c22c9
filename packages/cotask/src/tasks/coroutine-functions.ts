/** Which functions are coroutine functions: to JavaScript they are functions like others. */
import type { CoroutineFunction } from './coroutine.ts';

/** @internal What `coroutine()` has made. */
export const coroutineFunctions: WeakSet<object> = new WeakSet();

/** True for a coroutine function that `coroutine()` made. */
export function isCoroutineFunction(value: unknown): value is CoroutineFunction<unknown, never[], unknown> {
  return typeof value === 'function' && coroutineFunctions.has(value);
}
