/** `park`: a wait of one's own making. */
import { MisuseError } from '../errors.ts';
import type { Awaitable } from './awaitable.ts';
import { getEventLoop } from './default-loop.ts';
import type { EventLoop } from './event-loop.ts';
import { Future, refuseOutsideStep } from './future.ts';
import { awaitFuture, thenWith } from './gears/async.ts';
import type { OnFulfilled, OnRejected } from './gears/async.ts';
import type { Wait } from './park.ts';
import type { CancelRequest } from './scope.ts';
import { hasError, hasValue, pending } from './state.ts';
import type { FutureState } from './state.ts';

/** How what is waited for ends the wait; only the first call counts. */
export interface Settle<T> {
  /** Ends the wait with a value. */
  resolve(value: T): void;
  /** Ends the wait with an error. */
  reject(error: unknown): void;
}

/** Begins what is waited for and returns how to undo it. The undo must not call back into the loop. */
export type Arm<T> = (settle: Settle<T>) => (() => void) | void;

class ParkedFuture<T> extends Future<T> {
  #undo: (() => void) | null = null;

  constructor(loop: EventLoop, label: string, arm: Arm<T>) {
    super({ loop, label });
    const undo = arm({ resolve: (value) => this.#end(hasValue, value), reject: (error) => this.#end(hasError, error) });
    if (typeof undo === 'function') this.#undo = undo;
  }

  #end(state: FutureState, held: unknown): void {
    if (this.phase === pending) this.settle(state, held);
  }

  override cancel(reason?: string): boolean {
    return super.cancel(reason) && this.#undone();
  }

  override cancelBy(request: CancelRequest): boolean {
    return super.cancelBy(request) && this.#undone();
  }

  override settle(state: FutureState, held: unknown): void {
    super.settle(state, held);
    if (state === hasValue || state === hasError) this.#undo = null;
  }

  #run(undo: () => void): void {
    const { scheduled } = this.loop;
    try {
      undo();
      if (this.loop.scheduled !== scheduled && this.loop.getDebug()) this.#tellCallBack();
    } catch (error) {
      this.loop.callExceptionHandler({ message: `the undo of "${this.label}" failed:`, exception: error });
    }
  }

  #tellCallBack(): void {
    this.loop.callExceptionHandler({
      message: `the undo of "${this.label}" called back into the event loop, in the midst of a cancel: it may only stop what was begun`,
      future: this,
    });
  }

  #undone(): boolean {
    const undo = this.#undo;
    this.#undo = null;
    if (undo !== null) this.#run(undo);
    return true;
  }
}

/** Begins when it is awaited, and anew each time. */
class Parked<T> implements Awaitable<T> {
  readonly #label: string;
  readonly #arm: Arm<T>;

  constructor(label: string, arm: Arm<T>) {
    this.#label = label;
    this.#arm = arm;
  }

  [Symbol.iterator](): Iterator<Wait, T, unknown> {
    refuseOutsideStep(this.#label);
    return this.#begin()[Symbol.iterator]();
  }

  then<A = T, B = never>(onFulfilled?: OnFulfilled<T, A>, onRejected?: OnRejected<B>): PromiseLike<A | B> {
    return thenWith((resolve, reject) => awaitFuture(this.#begin(), resolve, reject), onFulfilled, onRejected);
  }

  #begin(): Future<T> {
    return new ParkedFuture<T>(getEventLoop(), this.#label, this.#arm);
  }
}

/**
 * The one way to wait for something of your own: `arm` begins it when the wait begins, and returns how to undo it on a
 * cancel. `settle.resolve` or `settle.reject` may be called at any time, from anywhere; a value that is there before a
 * cancel wins.
 *
 * @example
 * ```ts
 * import { run, coroutine } from 'cotask';
 * import { park } from 'cotask/lowlevel';
 *
 * const tick = (ms: number) =>
 *   park<string>(`a tick of ${ms} ms`, (settle) => {
 *     const timer = setTimeout(() => settle.resolve('tick'), ms);
 *     return () => clearTimeout(timer);
 *   });
 * console.log(await run(coroutine(function* () {
 *   return yield* tick(1);
 * })()));
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when `arm` is not a function.
 */
export function park<T>(label: string, arm: Arm<T>): Awaitable<T> {
  if (typeof arm !== 'function')
    throw new MisuseError('COTASK_BAD_OPTION', `park("${label}") takes a function that begins the wait`);
  return new Parked<T>(label, arm);
}
