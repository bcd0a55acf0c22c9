/**
 * Contexts: what code sees of where it was called from (Python's `contextvars.Context`). The platform carries the stores
 * of `AsyncLocalStorage`. The values of task locals lie in our own scopes, because a store that is entered inside a
 * generator is forgotten at its next step: in a task's root scope, or in a scope that a local's `run` opened.
 *
 * The values are one map, which a new task, a callback and a copy share with the code that made them: O(1), however many
 * there are. Whoever sets first takes a copy.
 */
import { MisuseError } from '../errors.ts';
import type { Context, ContextFrame } from '../host/async-context.ts';
import { context } from './current.ts';
import { Scope } from './scope.ts';
import type { Locals } from './scope.ts';

/** What plain code outside any task sets. */
const root: { locals: Locals | null } = { locals: null };

/** True once there is a task local: until then nothing is kept for tasks and callbacks. */
const state: { used: boolean } = { used: false };

/** There is a task local from now on. */
export function useLocals(): void {
  state.used = true;
}

/** Where the code that runs now keeps its values. */
function holder(): { locals: Locals | null } {
  let scope = context.get();
  if (scope === undefined) return root;
  while (scope.locals === null && scope.entry !== null && scope.parent !== null) scope = scope.parent;
  return scope;
}

/** The values that the code which runs now sees; null while none is set. */
export function currentValues(): ReadonlyMap<object, unknown> | null {
  return holder().locals?.values ?? null;
}

/** Where the code that runs now keeps its values, to be changed. */
export function currentLocals(): Locals {
  return (holder().locals ??= noLocals());
}

/** No values yet. */
export function noLocals(): Locals {
  return { values: new Map(), shared: false };
}

/** The same values for somebody else, who may change them for himself. */
function share(locals: Locals): Locals {
  locals.shared = true;
  return { values: locals.values, shared: true };
}

/** The values, to be changed in place. */
export function changeable(locals: Locals): Map<object, unknown> {
  if (locals.shared) {
    locals.values = new Map(locals.values);
    locals.shared = false;
  }
  return locals.values;
}

/** The values that the code which runs now sees, for somebody else. */
export function copyLocals(): Locals {
  const { locals } = holder();
  return locals === null ? noLocals() : share(locals);
}

/** What a new task begins with. */
export function inheritedLocals(): Locals | null {
  if (!state.used) return null;
  const { locals } = holder();
  return locals === null ? null : share(locals);
}

/** What a callback is to run in that is registered now. */
export function captureFrame(): ContextFrame {
  return state.used ? captureContext() : context.capture();
}

/** Runs a callback in its captured context, with no current task: in a scope that has ended, which still tells the loop. */
export function callInFrame(frame: ContextFrame, outside: Scope, fn: () => void): void {
  if (state.used || frame instanceof TaskContext) contextOf(frame).enter(outside, fn);
  else frame.runInAsyncScope(runIn<void>, undefined, outside, fn);
}

/** @internal A captured context as one that can be handed out. */
export function contextOf(frame: ContextFrame): TaskContext {
  return frame instanceof TaskContext ? frame : new TaskContext(frame, noLocals());
}

/** @internal The context given as an option. */
export function givenContext(given: Context): TaskContext {
  if (given instanceof TaskContext) return given;
  throw new MisuseError('COTASK_BAD_OPTION', `context is what copyContext() returns, got ${typeof given}`);
}

/** @internal */
export class TaskContext implements Context, ContextFrame {
  readonly locals: Locals;
  readonly #frame: ContextFrame;

  constructor(frame: ContextFrame, locals: Locals) {
    this.#frame = frame;
    this.locals = locals;
  }

  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    const around = context.get();
    return around === undefined ? this.#runOutside(() => fn(...args)) : this.enter(around, () => fn(...args));
  }

  bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
    return (...args) => this.run(fn, ...args);
  }

  copy(): TaskContext {
    return new TaskContext(this.#frame, share(this.locals));
  }

  runInAsyncScope<This, A extends unknown[], R>(fn: (this: This, ...args: A) => R, self: This, ...args: A): R {
    return this.#frame.runInAsyncScope(fn, self, ...args);
  }

  /** Runs `fn` in this context as code of the scope `around`. It gets a scope of its own that holds nothing but the values. */
  enter<R>(around: Scope, fn: () => R): R {
    const view = new Scope(around.owner, null);
    view.open = false;
    view.parent = around;
    view.locals = this.locals;
    return this.#frame.runInAsyncScope(runIn<R>, undefined, view, fn);
  }

  /** No scope says where the values are, so they hold for `fn` alone, and not for what it awaits. */
  #runOutside<R>(fn: () => R): R {
    const outer = root.locals;
    root.locals = this.locals;
    try {
      return this.#frame.runInAsyncScope(runIn<R>, undefined, undefined, fn);
    } finally {
      root.locals = outer;
    }
  }
}

/** A captured context with another scope in it. */
export function frameWith(frame: ContextFrame, scope: Scope): ContextFrame {
  return frame.runInAsyncScope(captureWith, undefined, scope);
}

function captureWith(scope: Scope): ContextFrame {
  return context.captureWith(scope);
}

function runIn<R>(scope: Scope | undefined, fn: () => R): R {
  return context.run(scope, fn);
}

function captureContext(): TaskContext {
  return new TaskContext(context.capture(), copyLocals());
}

/**
 * The context of the code that runs now, as a copy: what is set afterwards on either side is not seen by the other
 * (Python's `copy_context`).
 *
 * @example
 * ```ts
 * import { copyContext, taskLocal } from 'cotask';
 *
 * const user = taskLocal<string>({ default: 'nobody' });
 * user.set('Ada');
 * const context = copyContext();
 * user.set('Grace');
 * console.log(user.get(), context.run(() => user.get())); // Grace Ada
 * ```
 */
export function copyContext(): Context {
  return captureContext();
}
