/**
 * `@cotask/node/thread`: what a function that is called in a thread may use. It loads neither the kernel nor the pool.
 * @module
 */
export { threadSignal } from './threads/thread-signal.ts';
export { Transferred, transferred } from './threads/transferred.ts';
