/** Options of one call. */
import { MisuseError } from 'cotask';
import type { Transferable } from 'node:worker_threads';
import { checkOptions, milliseconds, type OptionRules } from './option-rules.ts';

/** Options of `ThreadPool.run`. */
export interface ThreadRunOptions {
  /**
   * What is moved into the thread instead of being copied: array buffers, message ports. The caller has them no more once
   * the call runs; a call that is cancelled while it waits for a thread leaves them where they are.
   */
  transfer?: readonly Transferable[];
  /**
   * How long, in milliseconds, the function may go on once its call was cancelled, and its {@link threadSignal} aborted,
   * before its thread is ended; the pool's by default. The caller does not wait for it.
   */
  graceMs?: number;
}

const rules: OptionRules<ThreadRunOptions> = {
  transfer: (value) => (Array.isArray(value) ? null : 'must be a list'),
  graceMs: milliseconds,
};

/** Refuses what cannot be. */
export function checkRunOptions(options: ThreadRunOptions): void {
  checkOptions('ThreadPool.run()', options, rules);
}

/** Refuses a function in place of a module, an export without a name, and arguments that are no list. */
export function checkCall(what: string, module: unknown, exportName: unknown, args: unknown): void {
  if (typeof module === 'function')
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `${what} cannot hand a function to another thread: give the URL of a module that exports it, and its name there`,
    );
  if (typeof exportName !== 'string' || exportName === '')
    throw new MisuseError('COTASK_BAD_OPTION', `${what} takes the name of an export, got ${typeof exportName}`);
  if (!Array.isArray(args))
    throw new MisuseError('COTASK_BAD_OPTION', `${what} takes the arguments as a list, got ${typeof args}`);
}
