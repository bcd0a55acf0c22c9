/** What the compiler knows of a call in a thread. */
import type { Transferred } from './transferred.ts';

/** The names of the functions that a module exports. */
export type FunctionName<M extends object> = {
  [K in keyof M]: M[K] extends (...args: never[]) => unknown ? K : never;
}[keyof M] &
  string;

/** No function can be copied into a thread: where one is meant, nothing fits. */
type Copied<T> = T extends (...args: never[]) => unknown ? never : T;

type AllCopied<A extends readonly unknown[]> = { [I in keyof A]: Copied<A[I]> };

/** The arguments of an export, which are copied into the thread. */
export type ThreadArguments<M extends object, K extends FunctionName<M>> = M[K] extends (
  ...args: infer A extends readonly unknown[]
) => unknown
  ? AllCopied<A>
  : never;

/** What comes back: what its promise stands for, without the mark of a transfer; a `Buffer` comes as its bytes. */
type CopiedBack<T> = T extends Transferred<infer V> ? CopiedBack<V> : T extends Buffer ? Uint8Array<ArrayBuffer> : T;

/** What a call of an export gives: its result, copied out of the thread. */
export type ThreadResult<M extends object, K extends FunctionName<M>> = M[K] extends (...args: never[]) => infer R
  ? CopiedBack<Awaited<R>>
  : never;
