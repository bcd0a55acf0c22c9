/** Options of a pool, and what holds without them. */
import { availableParallelism } from 'node:os';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { badOption, checkOptions, milliseconds, someObject, wholeNumber, type OptionRules } from './option-rules.ts';

/** How much memory each thread may use (Node's `resourceLimits`), in MiB as there. */
export type ThreadResourceLimits = ResourceLimits;

/** Options of `new ThreadPool`. */
export interface ThreadPoolOptions {
  /** What it is called in lists of who waits for what; `'a thread pool'` by default. */
  name?: string;
  /** Threads that are started at once and kept; 0 by default. */
  minThreads?: number;
  /** Threads there may be; by default as many as the machine has processors, and 2 at least. */
  maxThreads?: number;
  /** After so many milliseconds without a call a thread ends; 10,000 by default. */
  idleTimeoutMs?: number;
  /** Calls that may wait for a thread; one more is refused. 100,000 by default. */
  maxWaiting?: number;
  /** How long, in milliseconds, a function may go on once its call was cancelled; 0 by default. */
  graceMs?: number;
  /** How much memory each thread may use. */
  resourceLimits?: ThreadResourceLimits;
  /** The environment variables of the threads; a copy of the process's by default. */
  env?: Readonly<Record<string, string>>;
  /** Options of Node's for the threads, as `['--conditions=…']`; the process's by default. */
  execArgv?: readonly string[];
}

const listOfTexts = (value: unknown): string | null =>
  Array.isArray(value) && value.every((each) => typeof each === 'string') ? null : 'must be a list of texts';

const rules: OptionRules<ThreadPoolOptions> = {
  name: (value) => (typeof value === 'string' && value !== '' ? null : 'must be a text'),
  minThreads: wholeNumber(0),
  maxThreads: wholeNumber(1),
  idleTimeoutMs: milliseconds,
  maxWaiting: (value) => (value === Infinity ? null : wholeNumber(0)(value)),
  graceMs: milliseconds,
  resourceLimits: someObject,
  env: someObject,
  execArgv: listOfTexts,
};

/** What a pool goes by: everything is there. */
export interface PoolSettings {
  readonly label: string;
  readonly minThreads: number;
  readonly maxThreads: number;
  readonly idleTimeoutMs: number;
  readonly maxWaiting: number;
  readonly graceMs: number;
}

/** Refuses what cannot be, and fills in what is not there. */
export function settingsOf(options: ThreadPoolOptions): PoolSettings {
  checkOptions('ThreadPool', options, rules);
  const { minThreads = 0, maxThreads = Math.max(2, availableParallelism(), minThreads) } = options;
  if (options.execArgv !== undefined) refuseBadExecArgv(options.execArgv);
  if (minThreads > maxThreads)
    throw badOption(`ThreadPool: minThreads (${minThreads}) is more than maxThreads (${maxThreads})`);
  return {
    label: options.name === undefined ? 'a thread pool' : `thread pool "${options.name}"`,
    minThreads,
    maxThreads,
    idleTimeoutMs: options.idleTimeoutMs ?? 10_000,
    maxWaiting: options.maxWaiting ?? 100_000,
    graceMs: options.graceMs ?? 0,
  };
}

/** Only Node knows which options it takes: it says so when a thread is made. */
function refuseBadExecArgv(execArgv: readonly string[]): void {
  try {
    void new Worker('', { eval: true, execArgv: [...execArgv] }).terminate();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badOption(`ThreadPool: execArgv is refused by Node: ${why}`);
  }
}
