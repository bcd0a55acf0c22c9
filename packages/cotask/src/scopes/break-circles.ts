/** A task at the end of its group waits for its children; one of them may wait for that very task. */
import type { CancelledError } from '../errors.ts';
import { CancelRequest } from '../tasks/scope.ts';
import { waitOpen } from '../tasks/state.ts';
import type { Task } from '../tasks/task.ts';
import { awaitersOf, openWaits } from '../tasks/who-waits.ts';

/**
 * Ends the waits of children that lead back to their owner, with the cancel that the owner was given: it goes on waiting
 * for them, and so swallows every cancel, theirs included, which go through it. Looked for only when that happens.
 */
export function breakCircles(owner: Task<unknown>, children: readonly Task<unknown>[], error: CancelledError): void {
  const behind = waitersBehind(owner);
  for (const child of children) {
    if (!behind.has(child)) continue;
    for (const wait of openWaits(child)) {
      const { future } = wait;
      if (wait.state !== waitOpen || future === null) continue;
      if (future.awaitedTasks().some((task) => behind.has(task)))
        wait.giveUp(future, new CancelRequest(null, error, null));
    }
  }
}

/** The task and all that wait for it: directly, through other tasks, gathers and groups. */
function waitersBehind(owner: Task<unknown>): Set<Task<unknown>> {
  const found = new Set([owner]);
  for (const task of found) {
    for (const awaiter of awaitersOf(task, (relay) => relay.waitedFor !== false)) found.add(awaiter.task);
  }
  return found;
}
