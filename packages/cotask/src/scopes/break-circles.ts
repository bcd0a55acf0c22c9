/** A task waits for others, at the end of its group or in a gather; one of them may wait for that very task. */
import type { CancelledError } from '../errors.ts';
import type { Future } from '../tasks/future.ts';
import { CancelRequest } from '../tasks/scope.ts';
import { waitOpen } from '../tasks/state.ts';
import { Task } from '../tasks/task.ts';
import { awaitersOf, openWaits } from '../tasks/who-waits.ts';

/**
 * Ends the waits of children that lead back to whoever waits for them, with the cancel that goes to them: he goes on
 * waiting, and so swallows every cancel, theirs included, which go through him. True when there was such a wait.
 */
export function breakCircles(
  awaited: Future<unknown>,
  children: readonly Task<unknown>[],
  error: CancelledError,
): boolean {
  const behind = waitersBehind(awaited);
  let found = false;
  for (const child of children) {
    if (!behind.has(child)) continue;
    for (const wait of openWaits(child)) {
      const { future } = wait;
      if (wait.state !== waitOpen || future === null) continue;
      if (future.awaitedTasks().some((task) => behind.has(task)))
        found = wait.giveUp(future, new CancelRequest(null, error, null));
    }
  }
  return found;
}

/** False for nearly every task: it waits for one thing, which is neither a task nor made of tasks. */
export function mayLeadBack({ scope }: Task<unknown>): boolean {
  const wait = scope.inside === null ? scope.onlyWait() : null;
  return wait === null ? !scope.empty : wait.future?.endsWhenCancelled === false;
}

/** The task, and all that wait for it or for what is awaited: directly, through other tasks, gathers and groups. */
function waitersBehind(awaited: Future<unknown>): Set<Task<unknown>> {
  const found = new Set<Task<unknown>>();
  const add = (future: Future<unknown>): void => {
    for (const awaiter of awaitersOf(future, (relay) => relay.waitedFor !== false)) found.add(awaiter.task);
  };
  if (awaited instanceof Task) found.add(awaited);
  else add(awaited);
  for (const task of found) add(task);
  return found;
}
