/** A callback in the ready list, and one that waits for its time (asyncio's `Handle` and `TimerHandle`). */
import type { Context, ContextFrame } from '../host/async-context.ts';
import type { Runnable } from './step.ts';

/** What a handle needs of its loop. */
export interface HandleLoop {
  /** Calls `fn` in the context of the handle, with no current task. */
  callOutside(frame: ContextFrame, fn: () => void): void;
  handleFailed(handle: Handle, error: unknown): void;
  contextOf(frame: ContextFrame): Context;
}

/** A callback given to `callSoon`; `cancel()` takes it back. */
export class Handle implements Runnable {
  readonly owner: null = null;
  /** @internal */
  readonly loop: HandleLoop;
  readonly #frame: ContextFrame;
  #call: (() => void) | null;
  #cancelled = false;

  /** @internal */
  constructor(loop: HandleLoop, frame: ContextFrame, call: () => void) {
    this.loop = loop;
    this.#frame = frame;
    this.#call = call;
  }

  /** Takes the callback back; calling it twice does nothing, and after it ran it is only noted. */
  cancel(): void {
    this.#call = null;
    this.#cancelled = true;
  }

  /** The context in which it runs: that of the call which made it. */
  getContext(): Context {
    return this.loop.contextOf(this.#frame);
  }

  /** True when it was cancelled. */
  cancelled(): boolean {
    return this.#cancelled;
  }

  /** @internal */
  run(): boolean {
    const call = this.#call;
    if (call === null) return true;
    this.#call = null;
    try {
      this.loop.callOutside(this.#frame, call);
    } catch (error) {
      this.loop.callOutside(this.#frame, () => this.loop.handleFailed(this, error));
    }
    return true;
  }
}

/** A callback given to `callLater` or `callAt`. */
export class TimerHandle extends Handle {
  readonly #when: number;

  /** @internal */
  constructor(loop: HandleLoop, frame: ContextFrame, call: () => void, when: number) {
    super(loop, frame, call);
    this.#when = when;
  }

  /** When it is due, in milliseconds of the loop's `time()`. */
  when(): number {
    return this.#when;
  }

  /** @internal */
  dropped(): boolean {
    return this.cancelled();
  }
}
