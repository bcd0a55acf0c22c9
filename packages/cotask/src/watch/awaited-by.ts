/** Awaits that the runtime cannot see, told by those who make them (asyncio's functions of the same names). */
import type { Future } from '../tasks/future.ts';
import type { NameTag } from '../tasks/name-tag.ts';
import type { Task } from '../tasks/task.ts';
import type { Awaiter } from '../tasks/who-waits.ts';

/** By tags, so that nobody is kept alive. */
const added: WeakMap<Future<unknown>, Set<NameTag>> = new WeakMap();

/** Records that `waiter` awaits `future`, for call graphs: for primitives that do not wait through a future of ours. */
export function futureAddToAwaitedBy(future: Future<unknown>, waiter: Task<unknown>): void {
  const tags = added.get(future) ?? new Set();
  added.set(future, tags.add(waiter.tag));
}

/** Takes that back; without effect where it was not recorded. */
export function futureDiscardFromAwaitedBy(future: Future<unknown>, waiter: Task<unknown>): void {
  added.get(future)?.delete(waiter.tag);
}

/** @internal Those that have not ended, until the future is done. */
export function addedAwaiters(future: Future<unknown>): Awaiter[] {
  if (future.done()) return [];
  return [...(added.get(future) ?? [])].flatMap(({ task }) => (task === null ? [] : [{ task, via: null }]));
}
