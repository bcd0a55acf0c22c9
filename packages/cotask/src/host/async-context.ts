/**
 * The async context: which scope the code that runs now belongs to. Node, Deno and Bun carry it across every `await`
 * (AsyncLocalStorage); a browser without AsyncContext has a variable, which is right in generator bodies and, in async
 * bodies, up to the first `await` of a promise that is not ours.
 */

import { turn } from './message-turns.ts';

/** A captured context; what runs in it sees the stores that were set when it was captured. */
export interface ContextFrame {
  runInAsyncScope<This, A extends unknown[], R>(fn: (this: This, ...args: A) => R, self: This, ...args: A): R;
}

/**
 * What code can see of where it was called from: the values of task locals, and the stores of the platform's
 * `AsyncLocalStorage` (Python's `contextvars.Context`). Make one with `copyContext()`.
 */
export interface Context {
  /** Calls `fn` in this context, inside the task that calls; what it sets of task locals stays in this context. */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R;
  /** A function that calls `fn` in this context, for whoever takes a callback: `loop.callSoon(context.bind(fn), 1)`. */
  bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R;
  /** Another context with the same values. */
  copy(): Context;
}

/** One slot in the platform's async context. */
export interface AsyncContext<Store extends object> {
  /** What the slot holds for the code that runs now. */
  get(): Store | undefined;
  /** The context as it is now. */
  capture(): ContextFrame;
  /** The context as it is now, with `store` in the slot. */
  captureWith(store: Store): ContextFrame;
  /** Inside a frame that was entered: puts `store` in the slot until that is left. */
  enter(store: Store): void;
  /** Runs `fn` with `store` in the slot; every other store stays. */
  run<R>(store: Store | undefined, fn: () => R): R;
  /** A hint for hosts without a carried context: the code that a wake resumes next belongs to `store`. */
  assume(store: Store | undefined): void;
  /** False where `get` forgets across an `await` of a foreign promise. */
  readonly carried: boolean;
}

interface Storage<Store> {
  getStore(): Store | undefined;
  enterWith(store: Store): void;
  run<R>(store: Store | undefined, fn: () => R): R;
}

interface AsyncHooks {
  AsyncLocalStorage: new <Store>() => Storage<Store>;
  AsyncResource: new (type: string) => ContextFrame;
}

declare const process: { getBuiltinModule?(name: 'node:async_hooks'): AsyncHooks | undefined } | undefined;

/** A slot of the platform's own context where there is one, else of a variable. */
export function createAsyncContext<Store extends object>(): AsyncContext<Store> {
  const hooks = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:async_hooks');
  return hooks === undefined ? new VariableContext<Store>() : new CarriedContext<Store>(hooks);
}

class CarriedContext<Store extends object> implements AsyncContext<Store> {
  readonly carried = true;
  readonly #storage: Storage<Store>;
  readonly #Resource: AsyncHooks['AsyncResource'];
  readonly #enter = (store: Store): ContextFrame => {
    this.#storage.enterWith(store);
    return this.capture();
  };

  constructor(hooks: AsyncHooks) {
    this.#storage = new hooks.AsyncLocalStorage<Store>();
    this.#Resource = hooks.AsyncResource;
  }

  get(): Store | undefined {
    return this.#storage.getStore();
  }

  capture(): ContextFrame {
    return new this.#Resource('cotask');
  }

  /** A resource puts back the context that it was made in; `run` makes a second frame for that, 200 bytes of garbage. */
  captureWith(store: Store): ContextFrame {
    return this.capture().runInAsyncScope(this.#enter, undefined, store);
  }

  enter(store: Store): void {
    this.#storage.enterWith(store);
  }

  run<R>(store: Store | undefined, fn: () => R): R {
    return this.#storage.run(store, fn);
  }

  assume(): void {}
}

/** Exported for tests of hosts without a carried context. */
export class VariableContext<Store extends object> implements AsyncContext<Store> {
  readonly carried = false;
  #current: Store | undefined;
  #assumed = false;

  get(): Store | undefined {
    return this.#current;
  }

  capture(): ContextFrame {
    return this.#frame(this.#current);
  }

  captureWith(store: Store): ContextFrame {
    return this.#frame(store);
  }

  enter(store: Store): void {
    this.#current = store;
  }

  run<R>(store: Store | undefined, fn: () => R): R {
    return this.#swap(store, fn);
  }

  assume(store: Store | undefined): void {
    if (store !== undefined && !this.#assumed) turn(() => this.#forget());
    this.#assumed = store !== undefined;
    this.#current = store;
  }

  /** Another turn of the platform may be anybody's. */
  #forget(): void {
    this.#assumed = false;
    this.#current = undefined;
  }

  #frame(store: Store | undefined): ContextFrame {
    return { runInAsyncScope: (fn, self, ...args) => this.#swap(store, () => fn.apply(self, args)) };
  }

  #swap<R>(store: Store | undefined, fn: () => R): R {
    const outer = this.#current;
    this.#current = store;
    try {
      return fn();
    } finally {
      this.#current = outer;
    }
  }
}
