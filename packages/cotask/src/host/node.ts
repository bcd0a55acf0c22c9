/** The host of Node, and of Deno and Bun, which have Node's globals. */
import type { ContextFrame } from './async-context.ts';
import type { Host, IdleAnswer, ProcessHost } from './host.ts';
import { filterEvents } from './rejection-events.ts';
import { WakeTimer, longestTimeout } from './wake-timer.ts';

interface Timeout {
  ref(): unknown;
}

/** The part of Node's `process` that is used here. */
interface NodeProcess {
  readonly env: Record<string, string | undefined>;
  readonly versions?: Record<string, string | undefined>;
  exitCode?: number | string | null | undefined;
  exit(code: number): never;
  nextTick(callback: () => void): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  emit(event: string, ...args: unknown[]): boolean;
  listenerCount(event: string): number;
  getBuiltinModule?(name: 'node:async_hooks'): { AsyncResource: new (type: string) => ContextFrame } | undefined;
  getBuiltinModule?(name: 'node:os'): { constants: { signals: object } } | undefined;
}

declare const process: NodeProcess | undefined;
declare const setImmediate: (callback: () => void) => unknown;
declare const setTimeout: (callback: () => void, ms: number) => Timeout;
declare const clearTimeout: (timeout: Timeout) => void;
declare const setInterval: (callback: () => void, ms: number) => Timeout;
declare const clearInterval: (timeout: Timeout) => void;
declare const queueMicrotask: (callback: () => void) => void;
declare const performance: { now(): number };

const resolved: Promise<void> = Promise.resolve();

/** True where Node's event loop is there to stand on. */
export function hasNodeHost(): boolean {
  return typeof process !== 'undefined' && typeof process.nextTick === 'function' && typeof setImmediate === 'function';
}

/** Node's process, or undefined elsewhere. */
function nodeProcess(): NodeProcess {
  if (typeof process === 'undefined') throw new TypeError('this platform has no process');
  return process;
}

/**
 * What the platform calls later must not carry the context of whoever happened to arm it, so the wake-ups are armed in
 * the context in which this module was loaded.
 */
const root: ContextFrame | undefined = (() => {
  const hooks = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:async_hooks');
  return hooks === undefined ? undefined : new hooks.AsyncResource('cotask.host');
})();

function inRoot<A>(arm: (argument: A) => void, argument: A): void {
  if (root === undefined) arm(argument);
  else root.runInAsyncScope(arm, undefined, argument);
}

/**
 * The loop runs inside a microtask, also where it is woken by a macrotask: V8 makes a message with a place in the source of
 * every error that is thrown outside, though it is caught: 700 ns against 490.
 */
function inMicrotask(wake: () => void): () => void {
  return () => void resolved.then(wake);
}

function armTurn(wake: () => void): void {
  setImmediate(inMicrotask(wake));
}

function armDrained(wake: () => void): void {
  queueMicrotask(() => nodeProcess().nextTick(wake));
}

function setTimer(wake: () => void, ms: number): () => void {
  const set = (): Timeout => setTimeout(inMicrotask(wake), ms);
  const timeout = root === undefined ? set() : root.runInAsyncScope(set, undefined);
  return () => clearTimeout(timeout);
}

/** Runs may overlap by the hundred, and Node warns of more than ten listeners: one listens for all. */
const exhausted = new Set<() => void>();
let stopListening: (() => void) | null = null;

function tellExhausted(): void {
  for (const listener of exhausted) listener();
}

/** One loop's view of Node: the clock, `setImmediate`, `nextTick` and one timer. */
export class NodeHost implements Host {
  readonly jumps = false;
  readonly resolution = 0.001;
  readonly #timer: WakeTimer = new WakeTimer(() => performance.now(), this.resolution, setTimer);

  now(): number {
    return performance.now();
  }

  inRoot(fn: () => void): void {
    if (root === undefined) fn();
    else root.runInAsyncScope(fn, undefined);
  }

  soon(wake: () => void): void {
    void resolved.then(wake);
  }

  turn(wake: () => void): void {
    inRoot(armTurn, wake);
  }

  drained(wake: () => void): void {
    inRoot(armDrained, wake);
  }

  idle(deadline: number | null, wake: () => void): IdleAnswer {
    return this.#timer.idle(deadline, wake);
  }

  release(): void {
    this.#timer.release();
  }

  onExhausted(listener: () => void): () => void {
    exhausted.add(listener);
    stopListening ??= listen('beforeExit', tellExhausted);
    return () => {
      exhausted.delete(listener);
      if (exhausted.size > 0) return;
      stopListening?.();
      stopListening = null;
    };
  }
}

function listen(event: string, listener: () => void): () => void {
  const from = nodeProcess();
  const listening = (): void => listener();
  from.on(event, listening);
  return () => void from.off(event, listening);
}

/** Node's process for `runMain`. */
export const nodeProcessHost: ProcessHost = {
  hasSignal(name: string): boolean {
    const signals = nodeProcess().getBuiltinModule?.('node:os')?.constants.signals ?? {};
    return Object.hasOwn(signals, name) && name !== 'SIGKILL' && name !== 'SIGSTOP';
  },
  onSignal(name: string, listener: () => void, hold: boolean): () => void {
    const stop = listen(name, listener);
    if (!hold) return stop;
    const held = setInterval(() => {}, longestTimeout);
    return () => {
      clearInterval(held);
      stop();
    };
  },
  setExitCode(code: number): void {
    nodeProcess().exitCode = code;
  },
  exit(code: number): void {
    nodeProcess().exit(code);
  },
  get debug(): boolean {
    return nodeProcess().env['COTASK_DEBUG'] === '1';
  },
  filterRejections,
};

type Ours = (reason: unknown, promise: unknown) => boolean;

/** Each platform tells of stray rejections in its own way: Deno by an event, Bun past `emit`. */
function filterRejections(ours: Ours): () => void {
  const from = nodeProcess();
  const filters = [from.versions?.['bun'] === undefined ? filterEmit : filterListeners, filterEvents];
  const remove = filters.map((filter) => filter(ours, from));
  return () => remove.forEach((each) => each());
}

/**
 * A listener would change the fate of every other rejection of the program, so `emit` is wrapped instead: an event about
 * a rejection of ours says that somebody listened; every other goes its way.
 */
function filterEmit(ours: Ours, from: NodeProcess): () => void {
  const emit = from.emit;
  const dropped = new WeakSet<object>();
  const filtered = function (this: NodeProcess, event: string, ...args: unknown[]): boolean {
    if (event === 'unhandledRejection' && ours(args[0], args[1])) {
      if (typeof args[1] === 'object' && args[1] !== null) dropped.add(args[1]);
      return true;
    }
    if (event === 'rejectionHandled' && typeof args[0] === 'object' && args[0] !== null && dropped.has(args[0]))
      return true;
    return emit.call(this, event, ...args);
  };
  from.emit = filtered;
  return () => {
    if (from.emit === filtered) from.emit = emit;
  };
}

/**
 * Bun calls listeners itself, so there has to be one. A rejection that only it would hear of is made again without it, and
 * has its default fate; listeners of the user's see those of ours too.
 */
function filterListeners(ours: Ours, from: NodeProcess): () => void {
  const event = 'unhandledRejection';
  let listening = true;
  const drop = (reason: unknown, promise: unknown): void => {
    if (ours(reason, promise) || from.listenerCount(event) > 1) return;
    from.off(event, drop);
    void Promise.reject(reason);
    inRoot(armTurn, () => listening && from.on(event, drop));
  };
  from.on(event, drop);
  return () => {
    listening = false;
    from.off(event, drop);
  };
}
