/** The deadline that the code which runs now is under (trio's `current_effective_deadline`). */
import { currentScope } from '../tasks/current.ts';
import type { Relay } from '../tasks/park.ts';
import type { Scope } from '../tasks/scope.ts';
import { DeadlineScope } from './timeout.ts';

/**
 * The nearest deadline that would end the caller, in milliseconds of the loop's `time()`; `Infinity` where there is none.
 * Deadlines are inherited: a task is under those of its group, and of whoever waits for it. A shielded scope keeps them
 * out. A deadline that has passed is still the nearest one, for the clean-up.
 *
 * @example
 * ```ts
 * import { coroutine, currentDeadline, getRunningLoop, run, timeout } from 'cotask';
 *
 * const query = coroutine(async () => {
 *   const msLeft = currentDeadline() - getRunningLoop().time();
 *   return msLeft > 400 && msLeft <= 500;
 * });
 * console.log(await run(coroutine(() => timeout(500, () => query()))())); // true
 * ```
 */
export function currentDeadline(): number {
  const from = currentScope();
  let when = Infinity;
  // What is added meanwhile is looked at as well.
  const starts = new Set<Scope>(from === null ? [] : [from]);
  for (const start of starts) {
    let scope: Scope | null = start;
    for (; scope !== null && scope.shield === null; scope = scope.parent) {
      if (scope instanceof DeadlineScope) when = Math.min(when, scope.when ?? Infinity);
    }
    if (scope === null) for (const waiting of scopesThatWait(start.owner)) starts.add(waiting);
  }
  return when;
}

/** The scopes whose cancel would come to a task: of its group, of who waits for it. */
function scopesThatWait(task: Pick<Relay, 'waiterList'>): Scope[] {
  const found: Scope[] = [];
  const relays = new Set([task]);
  for (const each of relays) {
    for (const { scope, relay } of each.waiterList()) {
      if (scope !== undefined) found.push(scope);
      if (relay !== undefined && relay.endsWhenCancelled === false) relays.add(relay);
    }
  }
  return found;
}
