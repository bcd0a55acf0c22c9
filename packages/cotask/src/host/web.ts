/** The host of browsers and other platforms with the web's globals only. */
import type { Host, IdleAnswer, ProcessHost } from './host.ts';
import { turn } from './message-turns.ts';
import { filterEvents } from './rejection-events.ts';
import { WakeTimer } from './wake-timer.ts';

declare const setTimeout: (callback: () => void, ms: number) => number;
declare const clearTimeout: (timeout: number) => void;
declare const performance: { now(): number };

const resolved: Promise<void> = Promise.resolve();

/**
 * The host whose loop has run in this turn. Where no context is carried, a variable says who runs, and code that a loop
 * has woken looks at it in a microtask: no other loop may run before that.
 */
let active: WebHost | null = null;

function noneActive(): void {
  active = null;
}

function setTimer(wake: () => void, ms: number): () => void {
  const timeout = setTimeout(wake, ms);
  return () => clearTimeout(timeout);
}

/** One loop's view of the web: `performance.now`, messages as turns, one timer. */
export class WebHost implements Host {
  readonly jumps = false;
  readonly resolution = 0.1;
  readonly #timer: WakeTimer = new WakeTimer(() => performance.now(), this.resolution, setTimer);

  now(): number {
    return performance.now();
  }

  inRoot(fn: () => void): void {
    if (active === null) turn(noneActive);
    active = this;
    fn();
  }

  soon(wake: () => void): void {
    void resolved.then(() => (active === null || active === this ? wake() : turn(wake)));
  }

  turn(wake: () => void): void {
    turn(wake);
  }

  drained(wake: () => void): void {
    turn(wake);
  }

  idle(deadline: number | null, wake: () => void): IdleAnswer {
    return this.#timer.idle(deadline, wake);
  }

  release(): void {
    this.#timer.release();
  }

  /** A page never runs out of things that could call it. */
  onExhausted(): () => void {
    return () => {};
  }
}

/** A page has no signals and no exit code; stray rejections of ours are dropped by `preventDefault`. */
export const webProcessHost: ProcessHost = {
  hasSignal: () => false,
  onSignal: () => () => {},
  setExitCode(): void {},
  exit(): void {},
  debug: false,
  filterRejections: filterEvents,
};
