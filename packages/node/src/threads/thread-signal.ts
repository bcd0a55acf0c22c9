/**
 * How a function in a thread hears that its call was cancelled. The caller writes into memory that both share, so that code
 * which computes, and so hears no events, can ask.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** One number that both threads share: 0, and 1 once the call was cancelled. */
export type CancelFlag = Int32Array<SharedArrayBuffer>;

const cancelled = 1;

/** A flag for a call. */
export function makeCancelFlag(): CancelFlag {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Tells the function that its call was cancelled. */
export function tellCancelled(flag: CancelFlag): void {
  Atomics.store(flag, 0, cancelled);
  Atomics.notify(flag, 0);
}

class CallInThread {
  readonly #flag: CancelFlag | null;
  #controller: AbortController | null = null;

  constructor(flag: CancelFlag | null) {
    this.#flag = flag;
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#listen(new AbortController());
    return this.#controller.signal;
  }

  end(): void {
    if (this.#controller !== null && this.#flag !== null) Atomics.notify(this.#flag, 0);
  }

  /** Code that waits hears it as an event, code that computes when it asks. */
  #listen(controller: AbortController): AbortController {
    const flag = this.#flag;
    if (flag === null) return controller;
    const { signal } = controller;
    let heard = false;
    const ask = (): void => {
      if (heard || Atomics.load(flag, 0) !== cancelled) return;
      heard = true;
      controller.abort();
    };
    const wait = Atomics.waitAsync(flag, 0, 0);
    if (wait.async) void wait.value.then(ask);
    askFirst(signal, ask);
    return controller;
  }
}

/** Makes `aborted`, `reason` and `throwIfAborted` of a signal look at the flag. */
function askFirst(signal: AbortSignal, ask: () => void): void {
  const prototype: AbortSignal = AbortSignal.prototype;
  for (const key of ['aborted', 'reason'] as const) {
    const get = (): unknown => {
      ask();
      return Reflect.get(prototype, key, signal);
    };
    Object.defineProperty(signal, key, { configurable: true, get });
  }
  const throwIfAborted = (): void => {
    ask();
    prototype.throwIfAborted.call(signal);
  };
  Object.defineProperty(signal, 'throwIfAborted', { configurable: true, value: throwIfAborted });
}

const current = new AsyncLocalStorage<CallInThread>();

/** Runs a call in the thread. */
export async function runAsCall<T>(flag: CancelFlag | null, call: () => Promise<T>): Promise<T> {
  const here = new CallInThread(flag);
  try {
    return await current.run(here, call);
  } finally {
    here.end();
  }
}

/**
 * The signal of the call that runs in this thread: aborted when the caller is cancelled and has given it a `graceMs`, so
 * that the function can end by itself before its thread is ended. A loop may ask `signal.aborted`, code that waits may hand
 * it on, or listen. Where no call runs, a signal that is never aborted: the function can be called without a thread, too.
 */
export function threadSignal(): AbortSignal {
  return current.getStore()?.signal ?? new AbortController().signal;
}
