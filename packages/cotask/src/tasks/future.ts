/**
 * A future: a result that is not there yet (asyncio's `Future`). Everything that a task waits for is one: a task, a place
 * in a queue, a timer. Completing it wakes its waiters in the order in which they came; they run in the next iteration.
 */
import { CancelledError, InvalidStateError, MisuseError, makeCancelledError } from '../errors.ts';
import type { Context } from '../host/async-context.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Awaitable } from './awaitable.ts';
import { givenContext } from './context.ts';
import { context, current } from './current.ts';
import type { EventLoop } from './event-loop.ts';
import { awaitFuture, thenWith } from './gears/async.ts';
import type { OnFulfilled, OnRejected } from './gears/async.ts';
import type { Driver } from './gears/gear.ts';
import { hooks } from './hooks.ts';
import { printAsText } from './inspected.ts';
import type { WaitedFor } from './name-tag.ts';
import { Wait } from './park.ts';
import type { Parkable, Waiter } from './park.ts';
import type { CancelRequest } from './scope.ts';
import { hasError, hasValue, isCancelledState, pending } from './state.ts';
import type { FutureState } from './state.ts';
import type { Task } from './task.ts';

/** Options of a future made by hand. */
export interface FutureOptions {
  /** The loop whose ready list its callbacks go to; by default the running one, else the thread's default loop. */
  loop?: EventLoop;
  /** What it says in lists of who waits for what, or what knows that; `'a future'` by default. */
  label?: string | WaitedFor;
}

/** Options of `addDoneCallback`. */
export interface DoneCallbackOptions {
  /** The context in which the callback runs. */
  context?: Context;
}

/** One or several; a set from when one of many was taken out, because more will be. */
type Waiters = Waiter | Waiter[] | Set<Waiter> | null;
const many = 16;

/** @internal What a future's callbacks are kept as. */
class DoneCallback implements Waiter {
  readonly looks = false;
  readonly callback: unknown;
  readonly #schedule: () => void;

  constructor(callback: unknown, schedule: () => void) {
    this.callback = callback;
    this.#schedule = schedule;
  }

  wake(): void {
    this.#schedule();
  }
}

/**
 * A result that somebody will set. Wait for it with `await` or `yield*`; more than one task may.
 *
 * **Gotchas** A cancel of a task that waits for a future cancels the future itself, and so everybody who waits for it:
 * put `shield` between where that is not meant.
 */
export class Future<T> extends Wait implements Awaitable<T>, Parkable {
  /** The loop whose ready list its callbacks go to. */
  declare readonly loop: EventLoop;
  /** @internal */
  declare phase: FutureState;
  /** @internal The value, or the error. */
  declare held: unknown;
  /** @internal */
  declare waiters: Waiters;
  /** @internal Its label, or who could end it; a task's name, or its number. */
  declare tagged: string | number | WaitedFor | null;

  /** Fields are declared and set here: to initialise them where they stand takes twice as long. */
  constructor(options: FutureOptions = {}) {
    super();
    this.loop = options.loop ?? loopOfContext();
    this.phase = pending;
    this.held = undefined;
    this.waiters = null;
    this.tagged = options.label ?? null;
  }

  /** What it says in lists of who waits for what. */
  get label(): string {
    const { tagged } = this;
    return typeof tagged === 'string' ? tagged : (this.subject?.label ?? 'a future');
  }

  set label(label: string) {
    this.tagged = label;
  }

  /** Its label and its state, as Python's `repr`: `task "crawler" (waiting)`. */
  override toString(): string {
    return `${this.label} (${['pending', 'done', 'failed', 'cancelled'][this.phase]})`;
  }

  static {
    printAsText(this.prototype);
  }

  /** @internal Who could end it, where that is known. */
  get subject(): WaitedFor | null {
    return typeof this.tagged === 'object' ? this.tagged : null;
  }

  /** @internal True when whoever waits for it gets a `CancelledError`. */
  get gaveCancel(): boolean {
    return this.phase === isCancelledState || (this.phase === hasError && this.held instanceof CancelledError);
  }

  /** @internal */
  get endsWhenCancelled(): boolean {
    return true;
  }

  /** @internal The tasks that whoever waits for it waits for: itself, where it is one, or those that it is made of. */
  awaitedTasks(): readonly Task<unknown>[] {
    return [];
  }

  /** @internal */
  leadsBack(request: CancelRequest): boolean {
    return this.awaitedTasks().some((task) => request.cameThrough(task));
  }

  /** The loop it belongs to. */
  getLoop(): EventLoop {
    return this.loop;
  }

  /** True when it has a value or an error, or was cancelled. */
  done(): boolean {
    return this.phase !== pending;
  }

  /** True when it was cancelled. */
  cancelled(): boolean {
    return this.phase === isCancelledState;
  }

  /**
   * Its value.
   * @throws its error; `CancelledError` when it was cancelled; {@link InvalidStateError} when it is not done.
   */
  result(): T {
    if (this.phase === pending) throw new InvalidStateError(`${this.label} has no result yet`);
    return this.outcome();
  }

  /**
   * Its error, or null when it has a value.
   * @throws `CancelledError` when it was cancelled; {@link InvalidStateError} when it is not done.
   */
  exception(): unknown {
    if (this.phase === pending) throw new InvalidStateError(`${this.label} has no exception yet`);
    this.markSeen();
    if (this.phase === isCancelledState) throw this.held;
    return this.phase === hasError ? this.held : null;
  }

  /**
   * Gives it its value and wakes those who wait for it.
   * @throws {@link InvalidStateError} when it is done already.
   */
  setResult(value: T): void {
    if (this.phase !== pending)
      throw new InvalidStateError(`${this.label} is done already; it cannot be given a result`);
    this.settle(hasValue, value);
  }

  /**
   * Gives it its error and wakes those who wait for it.
   * @throws {@link InvalidStateError} when it is done already.
   */
  setException(error: unknown): void {
    if (this.phase !== pending)
      throw new InvalidStateError(`${this.label} is done already; it cannot be given an exception`);
    this.settle(hasError, error);
  }

  /** Gives it its value, unless it is done: then false. */
  trySetResult(value: T): boolean {
    if (this.phase !== pending) return false;
    this.setResult(value);
    return true;
  }

  /** Gives it its error, unless it is done: then false. */
  trySetException(error: unknown): boolean {
    if (this.phase !== pending) return false;
    this.setException(error);
    return true;
  }

  /** Ends it with a `CancelledError`; false when it is done already, and then its error, if it has one, counts as seen. */
  cancel(reason?: string): boolean {
    if (this.phase !== pending) return this.refuseCancel();
    this.settle(isCancelledState, makeCancelledError(reason ?? null, 'cancel', null));
    return true;
  }

  /**
   * Calls `callback` with this future, in an iteration of the loop after it is done: in the context of this call, or in
   * the one given.
   */
  addDoneCallback(callback: (future: this) => void, options?: DoneCallbackOptions): void {
    if (options !== undefined) refuseUnknownOptions('addDoneCallback()', options, ['context']);
    const frame = options?.context === undefined ? this.loop.captureFrame() : givenContext(options.context);
    const schedule = (): void => this.loop.callInFrame(frame, () => callback(this));
    if (this.phase === pending) this.addWaiter(new DoneCallback(callback, schedule));
    else schedule();
  }

  /** Takes back every callback equal to this one; returns how many. Without effect once it is done. */
  removeDoneCallback(callback: (future: this) => void): number {
    const before = this.waiterList();
    const rest = before.filter((waiter) => !(waiter instanceof DoneCallback && waiter.callback === callback));
    this.waiters = rest.length === 0 ? null : rest;
    return before.length - rest.length;
  }

  /** @internal */
  addWaiter(waiter: Waiter): void {
    const waiters = this.waiters;
    if (waiters === null) this.waiters = waiter;
    else if (Array.isArray(waiters)) waiters.push(waiter);
    else if (waiters instanceof Set) waiters.add(waiter);
    else this.waiters = [waiters, waiter];
  }

  /** @internal True when nobody has come after this waiter. */
  isLastWaiter(waiter: Waiter): boolean {
    const { waiters } = this;
    return waiters instanceof Set
      ? waiters.has(waiter)
      : (Array.isArray(waiters) ? waiters.at(-1) : waiters) === waiter;
  }

  /** @internal */
  removeWaiter(waiter: Waiter): void {
    const waiters = this.waiters;
    if (waiters === waiter) this.waiters = null;
    else if (waiters instanceof Set) waiters.delete(waiter);
    else if (Array.isArray(waiters)) this.waiters = without(waiters, waiter);
  }

  /** @internal */
  waiterList(): Waiter[] {
    const waiters = this.waiters;
    if (waiters === null) return [];
    return Array.isArray(waiters) || waiters instanceof Set ? [...waiters] : [waiters];
  }

  /** @internal Who asks something done to end wants nothing of it. */
  protected refuseCancel(): false {
    this.markSeen();
    return false;
  }

  /** @internal A cancel that came through a wait; false when it is refused. */
  cancelBy(request: CancelRequest): boolean {
    if (this.phase !== pending) return false;
    this.settle(isCancelledState, request.error);
    return true;
  }

  /** @internal Its value, or throws its error. */
  outcome(): T {
    if (this.phase !== hasValue) throw this.failure();
    return valueOf(this);
  }

  /** @internal Its error, for somebody who looks at it. */
  failure(): unknown {
    this.markSeen();
    return this.held;
  }

  /** @internal */
  settle(state: FutureState, held: unknown): void {
    this.phase = state;
    this.held = held;
    const waiters = this.waiters;
    if (state === hasError) this.noteFailure(this.waiterList());
    this.waiters = null;
    if (waiters === null) return;
    if (Array.isArray(waiters) || waiters instanceof Set) for (const waiter of waiters) waiter.wake(this);
    else waiters.wake(this);
  }

  /** @internal Somebody has looked at its error: it is not lost. */
  markSeen(): void {
    if (this.phase === hasError) this.loop.lostErrors.seen(this);
  }

  /** @internal */
  begin(driver: Driver): void {
    if (this.phase === pending) driver.parkOn(this);
    else driver.proceed();
  }

  /** One `yield*` of it. */
  [Symbol.iterator](): Iterator<Wait, T, unknown> {
    return iteratorOf(this);
  }

  /** One `await` of it: a wait, with a wait's effects. To watch a future use `addDoneCallback`. */
  then<A = T, B = never>(onFulfilled?: OnFulfilled<T, A>, onRejected?: OnRejected<B>): PromiseLike<A | B> {
    return thenWith((resolve, reject) => awaitFuture(this, resolve, reject), onFulfilled, onRejected);
  }

  private noteFailure(waiters: readonly Waiter[]): void {
    if (this.held instanceof CancelledError) return;
    if (!waiters.some((waiter) => waiter.looks)) this.loop.lostErrors.note(this);
  }
}

function without(waiters: readonly Waiter[], waiter: Waiter): Waiters {
  const rest = waiters.filter((other) => other !== waiter);
  return rest.length > many ? new Set(rest) : rest;
}

/** The state says that `held` is the value; the compiler cannot know. */
function valueOf<T>(future: Future<T>): T {
  return future.held as T;
}

function loopOfContext(): EventLoop {
  const loop = context.get()?.owner.loop;
  if (loop !== undefined && !loop.isClosed()) return loop;
  if (current.defaultLoop !== null) return current.defaultLoop();
  throw new MisuseError('COTASK_BAD_OPTION', 'new Future({ loop }) needs an event loop');
}

/** True for a future, a task included. */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}

/** The result object of every first `next()`: whoever resumes the body reads it at once. */
const asking: { done: false; value: Wait } = {
  done: false,
  value: new (class extends Wait {
    begin(): void {}
  })(),
};

function ask(future: Future<unknown>): IteratorYieldResult<Wait> {
  if (current.driver === null) refuseOutsideStep(future.label);
  if (hooks.waitAsked !== null) hooks.waitAsked();
  current.handed = future;
  asking.value = future;
  return asking;
}

/** The future whose iterator was asked for in this resume of the body, and not yet asked for its first result. */
let fresh: Future<unknown> | null = null;
let freshIn = -1;

function takeFresh(): Future<unknown> | null {
  const future = freshIn === current.resumes ? fresh : null;
  fresh = null;
  return future;
}

/** What the driver that resumes the body has waited for. */
function takeArrived(): Future<unknown> {
  const arrived = current.driver === null ? null : current.driver.arrived();
  if (!(arrived instanceof Future)) throw notAList('a future');
  return arrived;
}

/**
 * Every `yield*` of a future. It has no state of its own: `yield*` asks for the iterator and for its first result in one
 * go, and the driver that resumes the body knows what it waited for. 40 bytes less a waiting task than an iterator each.
 */
const futures: Iterator<Wait, unknown, unknown> = {
  next(): IteratorResult<Wait, unknown> {
    const begun = takeFresh();
    if (begun !== null && begun.phase === pending) return ask(begun);
    const future = begun ?? takeArrived();
    // Thrown here and not further in: the way of an error costs 60 ns a call that it leaves.
    if (future.phase !== hasValue) throw future.failure();
    return { done: true, value: future.held };
  },
  throw(error: unknown): never {
    throw error;
  },
  /** A destructuring took the wait itself for a result. */
  return(): never {
    throw notAList('a future');
  },
};

/** One `yield*` of a future where iterators were asked for by hand, and several are open at once. */
class FutureIterator<T> implements Iterator<Wait, T, unknown> {
  readonly #future: Future<T>;
  #asked = false;

  constructor(future: Future<T>) {
    this.#future = future;
  }

  next(): IteratorResult<Wait, T> {
    const future = this.#future;
    if (this.#asked) current.driver?.arrived();
    if (future.phase !== pending) return { done: true, value: future.outcome() };
    if (this.#asked) throw notAList(future.label);
    this.#asked = true;
    return ask(future);
  }

  throw(error: unknown): never {
    throw error;
  }

  return(): never {
    throw notAList(this.#future.label);
  }
}

/** The shared iterator, typed for this future: its outcome is a `T`, which the compiler cannot know of a shared one. */
function iteratorOf<T>(future: Future<T>): Iterator<Wait, T, unknown> {
  if (current.driver === null || (fresh !== null && freshIn === current.resumes)) return new FutureIterator(future);
  fresh = future;
  freshIn = current.resumes;
  return futures as Iterator<Wait, T, unknown>;
}

/** @internal Iterating an awaitable anywhere but in the step of a generator body is a mistake. */
export function refuseOutsideStep(label: string): void {
  if (current.driver === null) {
    throw new MisuseError(
      'COTASK_NOT_IN_A_STEP',
      `${label} was iterated outside a generator coroutine: wait for it with "yield*" in a coroutine, or with "await"`,
    );
  }
}

/** @internal */
export function notAList(label: string): MisuseError {
  return new MisuseError(
    'COTASK_NOT_A_LIST',
    `${label} is something to wait for, not a list: it was iterated before it was done (a spread, or a for loop). ` +
      'Wait for it with "yield*" or "await"; pass several as [a, b]',
  );
}
