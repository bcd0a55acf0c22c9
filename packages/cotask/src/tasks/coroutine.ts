/** Coroutine functions and what a call of one returns: an object that has done nothing yet. */
import { MisuseError } from '../errors.ts';
import type { Awaitable, Body } from './awaitable.ts';
import { coroutineFunctions } from './coroutine-functions.ts';
import { context, current, currentScope } from './current.ts';
import { getEventLoop } from './default-loop.ts';
import { refuseOutsideStep } from './future.ts';
import { awaitFuture, thenWith } from './gears/async.ts';
import type { OnFulfilled, OnRejected, Reject, Resolve } from './gears/async.ts';
import { Startable } from './gears/gear.ts';
import { awaitBody, checkedBody, inParts, iteratorOf } from './gears/generator.ts';
import { hooks } from './hooks.ts';
import { printAsText } from './inspected.ts';
import type { Wait } from './park.ts';
import type { Scope } from './scope.ts';

/**
 * A call of a coroutine function that has not begun. It begins when it is awaited, with `await` or `yield*`, inside the
 * task that awaits it; or as a task of its own, with `createTask`. It runs once.
 */
export abstract class Coroutine<T> extends Startable<T> implements Awaitable<T> {
  /** The name of its function. */
  declare readonly label: string;

  /** @internal Use `coroutine()`. */
  constructor(label: string) {
    super();
    this.label = label;
    if (hooks.coroutineMade !== null) hooks.coroutineMade(this);
  }

  /** @internal */
  protected abstract call(): Body<T>;

  /** @internal */
  start(): Body<T> {
    this.begun();
    return checkedBody(this.call());
  }

  /** @internal */
  override begun(): void {
    if (hooks.coroutineBegun !== null) hooks.coroutineBegun(this);
  }

  /** What it is and the name of its function: `coroutine main`. */
  override toString(): string {
    return `coroutine ${this.label}`;
  }

  static {
    printAsText(this.prototype);
  }

  /** @internal Begins it for an async function that awaits it in this scope. */
  protected awaitIn(scope: Scope, resolve: Resolve<T>, reject: Reject): void {
    awaitBody(this, scope, resolve, reject);
  }

  /** Begins it inside the task that runs this `yield*`. */
  [Symbol.iterator](): Iterator<Wait, T, unknown> {
    if (current.driver === null) refuseOutsideStep(this.toString());
    return inParts(iteratorOf(this.start()));
  }

  /** Begins it inside the task that awaits it; outside any task, as a task of the default loop. */
  then<A = T, B = never>(onFulfilled?: OnFulfilled<T, A>, onRejected?: OnRejected<B>): PromiseLike<A | B> {
    return thenWith((resolve, reject) => this.#await(resolve, reject), onFulfilled, onRejected);
  }

  #await(resolve: Resolve<T>, reject: Reject): void {
    const scope = currentScope();
    if (scope !== null) this.awaitIn(scope, resolve, reject);
    else awaitFuture(getLoopOfContext().createTask(this), resolve, reject);
  }
}

/** A call with its arguments; a closure for them would cost 100 bytes more. */
class Call<This, A extends unknown[], T> extends Coroutine<T> {
  readonly #fn: (this: This, ...args: A) => Body<T>;
  readonly #self: This;
  #args: A | null;

  constructor(label: string, fn: (this: This, ...args: A) => Body<T>, self: This, args: A) {
    super(label);
    this.#fn = fn;
    this.#self = self;
    this.#args = args;
  }

  /** The arguments are not kept alive by a body that has begun. */
  protected call(): Body<T> {
    const args = this.#args;
    this.#args = null;
    if (args === null) throw reused(this.label);
    return this.#fn.apply(this.#self, args);
  }
}

/** A call with one argument, which is kept without a list: 56 bytes less a task that has not begun. */
class CallWithOne<This, A extends unknown[], T> extends Coroutine<T> {
  #fn: ((this: This, ...args: A) => Body<T>) | null;
  readonly #self: This;
  #argument: A[0] | undefined;

  constructor(label: string, fn: (this: This, ...args: A) => Body<T>, self: This, argument: A[0]) {
    super(label);
    this.#fn = fn;
    this.#self = self;
    this.#argument = argument;
  }

  protected call(): Body<T> {
    const [fn, argument] = [this.#fn, this.#argument];
    this.#fn = null;
    this.#argument = undefined;
    if (fn === null) throw reused(this.label);
    return Reflect.apply(fn, this.#self, [argument]);
  }
}

/** In the context of a task that has ended, its loop while that is open; else the default loop. */
function getLoopOfContext(): ReturnType<typeof getEventLoop> {
  const loop = context.get()?.owner.loop;
  return loop === undefined || loop.isClosed() ? getEventLoop() : loop;
}

/** @internal */
export function reused(label: string): MisuseError {
  return new MisuseError(
    'COTASK_COROUTINE_REUSED',
    `coroutine ${label} was begun already; a coroutine runs once: call the function again, or make a task and await that as often as you like`,
  );
}

/** A coroutine function: a call does nothing yet and returns a {@link Coroutine}. */
export type CoroutineFunction<This, A extends unknown[], T> = (this: This, ...args: A) => Coroutine<T>;

/**
 * Makes a coroutine function of a generator function or an async function (Python's `async def`). A call of it runs
 * nothing: it returns a coroutine, to be awaited or made a task.
 *
 * @example
 * ```ts
 * import { coroutine, gather, run, sleep } from 'cotask';
 *
 * const add = coroutine(async (a: number, b: number) => {
 *   await sleep(1);
 *   return a + b;
 * });
 * const sum = coroutine(function* () {
 *   const [x, y] = yield* gather(add(1, 2), add(3, 4));
 *   return x + y;
 * });
 * console.log(await run(sum())); // 10
 * ```
 */
export function coroutine<This, A extends unknown[], T>(
  fn: (this: This, ...args: A) => Generator<Wait, T, unknown>,
): CoroutineFunction<This, A, T>;
export function coroutine<This, A extends unknown[], T>(
  fn: (this: This, ...args: A) => PromiseLike<T>,
): CoroutineFunction<This, A, T>;
export function coroutine<This, A extends unknown[], T>(
  fn: (this: This, ...args: A) => Body<T>,
): CoroutineFunction<This, A, T>;
export function coroutine<This, A extends unknown[], T>(
  fn: (this: This, ...args: A) => Body<T>,
): CoroutineFunction<This, A, T> {
  if (typeof fn !== 'function') {
    throw new MisuseError(
      'COTASK_NOT_A_COROUTINE',
      `coroutine() takes an async function or a function*, got ${typeof fn}`,
    );
  }
  const label = fn.name === '' ? 'anonymous' : fn.name;
  const made = function (this: This, ...args: A): Coroutine<T> {
    return args.length === 1 ? new CallWithOne(label, fn, this, args[0]) : new Call(label, fn, this, args);
  };
  Object.defineProperty(made, 'name', { value: fn.name, configurable: true });
  coroutineFunctions.add(made);
  return made;
}

/** True for a coroutine that a coroutine function returned. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  return value instanceof Coroutine;
}
