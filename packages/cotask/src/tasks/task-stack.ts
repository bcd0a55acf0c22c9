/** What a task stands at: its open waits, and in debug mode the lines of its body. */
import { framesOf } from './places.ts';
import type { Frame } from './places.ts';
import { Future } from './future.ts';
import type { OpenWait } from './park.ts';
import { waitOpen } from './state.ts';
import type { Task } from './task.ts';
import { openWaits } from './who-waits.ts';

/** One thing that a task waits for. */
export interface WaitInfo {
  /** What is waited for, in words. */
  readonly label: string;
  /** Since when, in milliseconds of the loop's `time()`, exact to a few of them; null where it only waits for its turn. */
  readonly since: number | null;
  /** The future that it waits for; null where it waits for its turn. */
  readonly future: Future<unknown> | null;
}

/** One line of what a task is doing, the innermost first. */
export interface StackEntry {
  /** A function of the body, or what is waited for. */
  readonly what: string;
  /** `file:line:column`, where that is known: in debug mode. */
  readonly at: string | null;
}

/** What a task waits for, in the order in which it began to. */
export function waitsOf(task: Task<unknown>): WaitInfo[] {
  return openWaits(task).map((wait) => ({
    label: wait.label,
    since: wait.state === waitOpen ? wait.readyAt : null,
    future: wait.future instanceof Future ? wait.future : null,
  }));
}

/**
 * What a task waits for, and in debug mode the calls that wait for it. A suspended body cannot be asked where it stands, so
 * outside debug mode the waits are all there is.
 */
export function stackOf(task: Task<unknown>, limit: number): StackEntry[] {
  return openWaits(task).flatMap(entriesOf).slice(0, limit);
}

function entriesOf(wait: OpenWait): StackEntry[] {
  return [
    { what: `waits for ${wait.label}`, at: null },
    ...framesOf(wait).map(({ what, at }: Frame) => ({ what, at })),
  ];
}

/** A stack as text, a line an entry. */
export function formatStack(entries: readonly StackEntry[], margin: string): string {
  return entries.map(({ what, at }) => `${margin}${what}${at === null ? '' : ` (${at})`}\n`).join('');
}
