/** What goes into a thread, and what comes back. */
import type { CancelFlag } from './thread-signal.ts';
import type { Thrown } from './thrown.ts';

/** One call. */
export interface CallMessage {
  readonly module: string;
  readonly exportName: string;
  readonly args: readonly unknown[];
  readonly flag: CancelFlag | null;
}

/** How it ended; nothing but the end of the thread itself comes by another way. */
export type CallAnswer =
  | { readonly end: 'value'; readonly value: unknown }
  | { readonly end: 'thrown' | 'no module'; readonly thrown: Thrown }
  | { readonly end: 'no export' | 'no result'; readonly found: string };
