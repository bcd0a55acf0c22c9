/** A wait that a cancel does not pass on (asyncio's `shield`). */
import type { Awaitable } from '../tasks/awaitable.ts';
import { toFuture } from '../tasks/ensure-future.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { Future } from '../tasks/future.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import type { Relay, Waiter } from '../tasks/park.ts';
import type { CancelRequest } from '../tasks/scope.ts';
import { pending } from '../tasks/state.ts';

/** Ends as another future does; when it is cancelled first, it takes its place among the other's waiters away. */
class Shielded<T> extends Future<T> implements Waiter {
  readonly looks = false;
  readonly #inner: Future<T>;

  get relay(): Relay {
    return this;
  }

  constructor(loop: EventLoop, inner: Future<T>) {
    super({ loop, label: `${inner.label}, shielded` });
    this.#inner = inner;
    inner.addWaiter(this);
  }

  wake(): void {
    this.loop.ready({ owner: null, run: () => this.#pass() });
  }

  override cancel(reason?: string): boolean {
    return super.cancel(reason) && this.#leave();
  }

  override cancelBy(request: CancelRequest): boolean {
    return super.cancelBy(request) && this.#leave();
  }

  #pass(): boolean {
    const inner = this.#inner;
    if (this.phase !== pending) return true;
    inner.markSeen();
    this.settle(inner.phase, inner.held);
    return true;
  }

  #leave(): boolean {
    if (!this.#inner.done()) this.#inner.removeWaiter(this);
    return true;
  }
}

/**
 * A future that ends as `awaitable` does, and that can be cancelled without it: what it stands for goes on. An error that
 * comes after such a cancel is reported by the loop.
 */
export function shield<T>(awaitable: Awaitable<T> | PromiseLike<T>): Future<T> {
  const loop = getEventLoop();
  const inner = toFuture(awaitable, loop);
  return inner.done() ? inner : new Shielded(loop, inner);
}
