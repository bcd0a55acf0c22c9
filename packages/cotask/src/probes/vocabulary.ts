/**
 * The words the probes are written in: a transcript to compare, programs on a fresh loop, promises that are not ours, and
 * bodies written once that run in either gear.
 *
 * A body written once waits by `yield* on(awaitable)`. In the async gear a real async function awaits what it yields; in
 * the generator gear a real generator delegates to it: the kernel sees what a user of that gear would have written.
 */

import {
  CancelledError,
  TaskGroupError,
  TimeoutError,
  coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  run,
} from '../index.ts';
import type { Awaitable, Coroutine, GeneratorBody, Task } from '../index.ts';
import { gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody, Gear } from '../testing/both-gears.ts';
import { VirtualHost } from '../testing/index.ts';

export { gears, inGear, on };
export type { Gear };

/** A body written once: what it yields is awaited, or delegated to, by the gear. */
export type Body<T> = EitherBody<T>;

/** Waits in a body written once, and tells what came: the value or the error, as `show` shows it. */
export function* attempt(awaitable: Awaitable<unknown>): Body<string> {
  try {
    return show(yield awaitable);
  } catch (error) {
    return show(error);
  }
}

/** The same for an async body. */
export async function outcomeOf(awaitable: PromiseLike<unknown>): Promise<string> {
  try {
    return show(await awaitable);
  } catch (error) {
    return show(error);
  }
}

/** The words of one gear. */
export interface GearWords {
  /** The body of a scope, or of a coroutine. */
  body<A extends unknown[], T>(write: (...args: A) => Body<T>): (...args: A) => Promise<T> | GeneratorBody<T>;
  /** A function whose call makes a coroutine. */
  coroutineOf<A extends unknown[], T>(write: (...args: A) => Body<T>): (...args: A) => Coroutine<T>;
  /** A task of its own. */
  spawn<T>(write: () => Body<T>, name?: string): Task<T>;
  /** Runs a program on a fresh loop in virtual time; its transcript. */
  program(write: (log: Log, host: VirtualHost) => Body<unknown>): Promise<string[]>;
}

export function wordsOf(gear: Gear): GearWords {
  return {
    body: (write) => inGear(gear, write),
    coroutineOf: (write) => coroutine(inGear(gear, write)),
    spawn: (write, name) => spawn(inGear(gear, write), name),
    program: (write) => virtual(inGear(gear, write)),
  };
}

/** A task of its own from a body, under the name given or the kernel's. */
export function spawn<T>(body: () => Promise<T> | GeneratorBody<T>, name?: string): Task<T> {
  return createTask(coroutine(body)(), name === undefined ? {} : { name });
}

/** Collects what a program says, a line a call. */
export interface Log {
  (...parts: readonly unknown[]): void;
  readonly lines: string[];
}

function newLog(): Log {
  const lines: string[] = [];
  return Object.assign((...parts: readonly unknown[]) => void lines.push(parts.map(show).join(' ')), { lines });
}

/** Runs a program on a fresh loop in virtual time; its transcript. */
export async function virtual(
  program: (log: Log, host: VirtualHost) => Promise<unknown> | GeneratorBody<unknown>,
): Promise<string[]> {
  const log = newLog();
  const host = new VirtualHost();
  await run(coroutine(program)(log, host), { host });
  return log.lines;
}

/** Runs a program on a fresh loop of the platform, in real time; its transcript. */
export async function real(program: (log: Log) => Promise<unknown> | GeneratorBody<unknown>): Promise<string[]> {
  const log = newLog();
  await run(coroutine(program)(log));
  return log.lines;
}

/** A value or error in words: `C(x)` a cancel with its reason, `TO` a timeout, `G[...]` a group's failures. */
export function show(value: unknown): string {
  if (value instanceof CancelledError) return value.reason === null ? 'C' : `C(${value.reason})`;
  if (value instanceof TimeoutError) return 'TO';
  if (value instanceof TaskGroupError) return `G[${value.errors.map(show).join(', ')}]`;
  return value instanceof Error ? value.message : String(value);
}

/** Counts the loop's iterations from the first call on. */
export function tickCounter(): () => number {
  let first: number | null = null;
  return () => {
    const { iteration } = getRunningLoop();
    first ??= iteration;
    return iteration - first;
  };
}

/** A promise that is not ours, fulfilled after `ms` milliseconds of real time. */
export function foreign<T>(ms: number, value?: T): Promise<T | undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, value));
}

/** A promise of the platform's own, fulfilled in its next turn. */
export function foreignTurn<T>(value?: T): Promise<T | undefined> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(value);
    };
    port2.postMessage(null);
  });
}

/** As `setTimeout` of Node's timers/promises: rejects with an AbortError whose cause is the signal's reason. */
export function abortable<T>(ms: number, value: T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      const error = new Error('The operation was aborted', { cause: signal.reason });
      error.name = 'AbortError';
      reject(error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve(value);
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** The task that runs this line. */
export function me(): Task<unknown> {
  const task = currentTask();
  if (task === null) throw new Error('no task runs this line');
  return task;
}

/** The name of the task that runs this line, or `none`. */
export function whoRuns(): string {
  return currentTask()?.getName() ?? 'none';
}
