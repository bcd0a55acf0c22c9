/** Handlers that a task installs and that are not part of it. */
import type { Body, GeneratorBody } from './awaitable.ts';
import { coroutine } from './coroutine.ts';
import { getEventLoop } from './default-loop.ts';

/**
 * Makes a handler, of a server or an emitter, whose every call is a task of its own. Without it a handler runs in the
 * context of a task: a server's in that of the task which installed it, an emitter's in that of the one which emits. What it
 * waits for is that task's wait then, and is cancelled with it. A failure that nobody looks at is reported by the loop.
 *
 * @example
 * ```ts
 * import { EventEmitter } from 'node:events';
 * import { coroutine, detached, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const emitter = new EventEmitter();
 *   emitter.on('call', detached(async (who: string) => {
 *     await sleep(1);
 *     console.log(`hello ${who}`);
 *   }));
 *   emitter.emit('call', 'world');
 *   await sleep(5);
 * });
 * await run(main());
 * ```
 */
export function detached<A extends unknown[], T>(handler: (...args: A) => GeneratorBody<T>): (...args: A) => void;
export function detached<A extends unknown[], T>(handler: (...args: A) => PromiseLike<T>): (...args: A) => void;
export function detached<A extends unknown[], T>(handler: (...args: A) => Body<T>): (...args: A) => void;
export function detached<A extends unknown[], T>(handler: (...args: A) => Body<T>): (...args: A) => void {
  const body = coroutine<void, A, T>(handler);
  return (...args) => void getEventLoop().createTask(body(...args));
}
