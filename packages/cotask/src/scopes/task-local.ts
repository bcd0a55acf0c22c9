/** Values that belong to a task and to what it begins (Python's `ContextVar`). */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { endScope } from '../tasks/cancel.ts';
import { changeable, copyLocals, currentLocals, currentValues, useLocals } from '../tasks/context.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { InnerScope } from '../tasks/scope.ts';
import type { Locals } from '../tasks/scope.ts';
import { openInnerScope, refuseBadBody, runInScope } from './in-scope.ts';

/** Options of a task local. */
export interface TaskLocalOptions<T> {
  /** What it is called in errors; `'a task local'` by default. */
  name?: string;
  /** Its value where none was set. */
  default?: T;
}

/** What `set` returns: puts the value back that was there before, once. `using token = local.set(value)` does so too. */
export class TaskLocalToken<T> {
  /** @internal */
  readonly local: TaskLocal<T>;
  /** @internal */
  readonly locals: Locals;
  /** @internal */
  readonly before: { readonly value: T } | null;
  /** @internal */
  used = false;

  /** @internal */
  constructor(local: TaskLocal<T>, locals: Locals, before: { readonly value: T } | null) {
    this.local = local;
    this.locals = locals;
    this.before = before;
  }

  /** Puts the old value back, unless that was done. */
  [Symbol.dispose](): void {
    if (!this.used) this.local.reset(this);
  }
}

/** A value that each task has for itself. */
export class TaskLocal<T> {
  /** What it is called in errors. */
  readonly name: string;
  readonly #default: { readonly value: T } | null;

  /** @internal Use `taskLocal()`. */
  constructor(name: string, defaultValue: { readonly value: T } | null) {
    this.name = name;
    this.#default = defaultValue;
    useLocals();
  }

  /**
   * The value that the code which runs now sees; else `fallback`, where it is given, else the default.
   * @throws {MisuseError} `COTASK_NO_VALUE` when there is none of them.
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get<F>(...fallback: [] | [F]): T | F {
    const found = this.#find(currentValues()) ?? (fallback.length === 1 ? { value: fallback[0] } : this.#default);
    if (found !== null) return found.value;
    throw new MisuseError(
      'COTASK_NO_VALUE',
      `${this.name} has no value here and no default: set() it, or give get() one`,
    );
  }

  /**
   * Sets it for the code of this task, and for the tasks and callbacks that it makes from now on; inside a `run`, until
   * that ends. What it returns puts the old value back.
   */
  set(value: T): TaskLocalToken<T> {
    const locals = currentLocals();
    const token = new TaskLocalToken(this, locals, this.#find(locals.values));
    changeable(locals).set(this, value);
    return token;
  }

  /**
   * Puts back what was there before the `set` that returned `token`.
   * @throws {MisuseError} `COTASK_BAD_TOKEN` for a token of another local or of another task, and for one that was used.
   */
  reset(token: TaskLocalToken<T>): void {
    const locals = currentLocals();
    if (!(token instanceof TaskLocalToken) || token.local !== this || token.locals !== locals || token.used)
      throw new MisuseError(
        'COTASK_BAD_TOKEN',
        `reset() of ${this.name} takes what its set() returned, in the same task, once`,
      );
    token.used = true;
    if (token.before === null) changeable(locals).delete(this);
    else changeable(locals).set(this, token.before.value);
  }

  /**
   * Runs `body` with this value, as a scope of its own: what is set inside it, of this local or another, ends with it. Two
   * may run side by side in one task.
   */
  run<R>(value: T, body: () => GeneratorBody<R>): Coroutine<R>;
  run<R>(value: T, body: () => PromiseLike<R>): Coroutine<R>;
  run<R>(value: T, body: () => Body<R>): Coroutine<R>;
  run<R>(value: T, body: () => Body<R>): Coroutine<R> {
    refuseBadBody('run()', body, 'local.run(value, async () => { … })');
    return runWith(this, value, body);
  }

  /** What lies in the map under this local was put there by this local. */
  #find(values: ReadonlyMap<object, unknown> | null): { readonly value: T } | null {
    return values?.has(this) === true ? { value: values.get(this) as T } : null;
  }
}

const runWith = coroutine(function* run<T, R>(local: TaskLocal<T>, value: T, body: () => Body<R>): GeneratorBody<R> {
  const locals = copyLocals();
  changeable(locals).set(local, value);
  const scope = openInnerScope('run() of a task local', (owner, around) => new InnerScope(owner, around));
  scope.locals = locals;
  try {
    return yield* runInScope(scope, body, undefined);
  } finally {
    endScope(scope);
  }
});

/**
 * Makes a value that each task has for itself: a task sees what the code that made it saw then, callbacks what was there
 * when they were registered; a set on one side is never seen on the other (Python's `ContextVar`).
 *
 * @example
 * ```ts
 * import { coroutine, gather, run, sleep, taskLocal } from 'cotask';
 *
 * const user = taskLocal<string>({ name: 'user' });
 * const greet = coroutine(function* () {
 *   yield* sleep(1);
 *   return `hello ${user.get()}`;
 * });
 * const main = coroutine(async () => {
 *   const both = ['Ada', 'Grace'].map((name) => user.run(name, () => greet()));
 *   console.log(await gather(both)); // [ 'hello Ada', 'hello Grace' ]
 * });
 * await run(main());
 * ```
 */
export function taskLocal<T>(options: TaskLocalOptions<T> = {}): TaskLocal<T> {
  refuseUnknownOptions('taskLocal()', options, ['name', 'default']);
  const { name = 'a task local' } = options;
  // An option that is there is a T, which the compiler does not conclude from "in".
  return new TaskLocal<T>(name, 'default' in options ? { value: options.default as T } : null);
}
