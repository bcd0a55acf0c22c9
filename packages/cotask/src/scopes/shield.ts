/** A wait that a cancel does not pass on (asyncio's `shield`). */
import type { Awaitable } from '../tasks/awaitable.ts';
import { toFuture } from '../tasks/ensure-future.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import { Future } from '../tasks/future.ts';
import { hasError, pending } from '../tasks/state.ts';

/**
 * A future that ends as `awaitable` does, and that can be cancelled without it: what it stands for goes on. An error that
 * comes after such a cancel is reported by the loop.
 */
export function shield<T>(awaitable: Awaitable<T> | PromiseLike<T>): Future<T> {
  const loop = getEventLoop();
  const inner = toFuture(awaitable, loop);
  if (inner.done()) return inner;
  const outer = new Future<T>({ loop, label: `${inner.label}, shielded` });
  const pass = (): boolean => {
    if (outer.phase !== pending) return true;
    if (inner.phase === hasError) inner.markSeen();
    outer.settle(inner.phase, inner.held);
    return true;
  };
  inner.addWaiter({ looks: false, wake: () => inner.loop.ready({ owner: null, run: pass }) });
  return outer;
}
