/** The host of browsers and other platforms with the web's globals only. */
import type { Host, IdleAnswer, ProcessHost } from './host.ts';
import { WakeTimer } from './wake-timer.ts';

declare const setTimeout: (callback: () => void, ms: number) => number;
declare const clearTimeout: (timeout: number) => void;
declare const performance: { now(): number };

const resolved: Promise<void> = Promise.resolve();

/** Turns of the platform's event loop by way of a message, which is not clamped to 4 ms as nested timeouts are. */
class MessageTurns {
  readonly #channel = new MessageChannel();
  #wakes: (() => void)[] = [];

  constructor() {
    this.#channel.port1.onmessage = () => this.#run();
  }

  add(wake: () => void): void {
    if (this.#wakes.push(wake) === 1) this.#channel.port2.postMessage(null);
  }

  #run(): void {
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}

let turns: MessageTurns | undefined;

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
    fn();
  }

  soon(wake: () => void): void {
    void resolved.then(wake);
  }

  turn(wake: () => void): void {
    turns ??= new MessageTurns();
    turns.add(wake);
  }

  drained(wake: () => void): void {
    this.turn(wake);
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
  filterRejections(ours: (reason: unknown, promise: unknown) => boolean): () => void {
    if (typeof globalThis.addEventListener !== 'function') return () => {};
    const drop = (event: Event): void => {
      if ('reason' in event && ours(event.reason, 'promise' in event ? event.promise : null)) event.preventDefault();
    };
    globalThis.addEventListener('unhandledrejection', drop);
    return () => globalThis.removeEventListener('unhandledrejection', drop);
  },
};
