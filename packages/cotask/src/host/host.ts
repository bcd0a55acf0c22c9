/**
 * What the platform lends to a loop: a clock, ways to be called again, and word that nothing more can come. A loop asks
 * for no other service of the platform, so a host is also what a test kit replaces.
 */

/** What `idle` answers: a wake-up is armed; the time has come already; nothing will ever come. */
export type IdleAnswer = 'armed' | 'now' | 'never';

/** Whether some task waits for a promise that is not the loop's own; `maybe`: it has waits of the loop's as well. */
export type Foreign = 'no' | 'maybe' | 'yes';

/** The platform's services for one loop. */
export interface Host {
  /** A monotonic clock, in milliseconds. */
  now(): number;
  /** Timers due within this many milliseconds of `now()` count as due (the clock's resolution). */
  readonly resolution: number;
  /** Calls `wake` as soon as the code that runs now has ended. */
  soon(wake: () => void): void;
  /** Runs `fn` in the platform's own async context: what the loop calls by itself belongs to nobody. */
  inRoot(fn: () => void): void;
  /** Calls `wake` after the platform's own I/O had a turn. */
  turn(wake: () => void): void;
  /** Calls `wake` once every microtask that is queued by then has run. */
  drained(wake: () => void): void;
  /**
   * Nothing is ready. Arms a call of `wake` at `deadline` (`null`: there is no timer) in place of an earlier one.
   * `foreign` says whether something else than the loop may wake a task.
   */
  idle(deadline: number | null, wake: () => void, foreign: Foreign): IdleAnswer;
  /** True when `idle` may move time at once: it is then asked only after the microtasks have drained. */
  readonly jumps: boolean;
  /** Drops the wake-up that `idle` armed. */
  release(): void;
  /** Calls back when the platform has nothing left that could call the program; returns how to stop listening. */
  onExhausted(listener: () => void): () => void;
}

/** What a signal is called: `'SIGINT'`, `'SIGHUP'`. */
export type SignalName = `SIG${string}`;

/** A process as `runMain` needs it; a platform without processes has none. */
export interface ProcessHost {
  /** True for the signals of this platform that can be caught. */
  hasSignal(name: string): boolean;
  /**
   * Calls back at each signal of that name; returns how to stop listening. Where `hold` is true the process does not end
   * for want of work meanwhile.
   */
  onSignal(name: SignalName, listener: () => void, hold: boolean): () => void;
  /** Sets the code with which the process will end. */
  setExitCode(code: number): void;
  /** Ends the process now. */
  exit(code: number): void;
  /** True when the environment asks for debug mode (`COTASK_DEBUG=1`). */
  readonly debug: boolean;
  /**
   * Keeps rejections for which `ours` answers true from ending the process, and leaves every other its fate. Returns how
   * to take the filter off again.
   */
  filterRejections(ours: (reason: unknown, promise: unknown) => boolean): () => void;
}
