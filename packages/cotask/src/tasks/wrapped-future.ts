/** A foreign promise as a future. */
import { CancelledError } from '../errors.ts';
import type { EventLoop } from './event-loop.ts';
import { Future } from './future.ts';
import { hasError, hasValue, isCancelledState, pending } from './state.ts';
import type { FutureState } from './state.ts';

/** Ends as a promise does; a cancel aborts what the promise stands for, where somebody gave a controller for that. */
export class WrappedFuture<T> extends Future<T> {
  readonly #controller: AbortController | null;

  constructor(loop: EventLoop, promise: PromiseLike<T>, controller: AbortController | null) {
    super({ loop, label: 'a foreign promise' });
    this.#controller = controller;
    loop.foreignWaits += 1;
    promise.then(
      (value) => this.#end(hasValue, value),
      (error: unknown) => this.#end(error instanceof CancelledError ? isCancelledState : hasError, error),
    );
  }

  #end(state: FutureState, held: unknown): void {
    if (this.phase === pending) this.settle(state, held);
  }

  /** Listeners of the signal are user code: they run in their turn, not inside the cancel. */
  override settle(state: FutureState, held: unknown): void {
    super.settle(state, held);
    this.loop.foreignWaits -= 1;
    const controller = this.#controller;
    if (state !== isCancelledState || controller === null) return;
    this.loop.ready({
      owner: null,
      run: () => {
        controller.abort(held);
        return true;
      },
    });
  }
}
