/**
 * What becomes of a request that a body has swallowed. A cancel is an edge: delivered once. A scope may set `graceMs`:
 * when that long after a request it is still open, the request is a level from then on, and every wait inside it ends
 * with it. In debug mode a scope that has outlived a request by five seconds is named.
 */
import { Deadline } from './deadline.ts';
import { asked, scopesIn } from './scope.ts';
import type { CancelRequest, Scope } from './scope.ts';

/** In debug mode a body that goes on for so many milliseconds after it was cancelled is reported. */
const overstayMs = 5_000;

/** A request was made on a scope: from now on its grace runs, and that of the scopes inside it which set their own. */
export function beginGrace(scope: Scope, request: CancelRequest): void {
  const ms = graceOf(scope);
  if (ms !== null || scope.owner.loop.getDebug()) arm(scope, request, ms);
  if (scope.inside === null) return;
  for (const inner of scopesIn(scope, ({ shield }) => shield === null)) {
    const own = inner === scope ? null : inner.entry?.graceMs;
    if (typeof own === 'number') arm(inner, request, own);
  }
}

/** What the scope set, or one around it in its task, or the run. */
function graceOf(from: Scope): number | null {
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    const ms = scope.entry?.graceMs ?? null;
    if (ms !== null) return ms;
  }
  return from.owner.loop.graceMs;
}

function arm(scope: Scope, request: CancelRequest, ms: number | null): void {
  const requests = scope.requests();
  if (requests.grace !== null || !scope.open || scope.owner.done()) return;
  const { loop } = scope.owner;
  const over = ms === null ? () => reportOverstay(scope) : () => level(scope, request);
  requests.grace = new Deadline(loop, loop.time() + (ms ?? overstayMs), over);
}

/** From now on every wait inside the scope takes the request, the open ones at once. */
function level(scope: Scope, request: CancelRequest): void {
  scope.requests().level = request;
  asked(scope.owner).dueScopes += 1;
  const scopes = scopesIn(scope, ({ shield }) => shield?.holdsBack(request) !== true);
  for (const each of scopes) for (const wait of each.waits()) wait.take(request);
  for (const each of scopes) each.asked?.controller?.abort(request.error);
}

function reportOverstay(scope: Scope): void {
  const { owner } = scope;
  if (scopesIn(scope).some((inner) => inner !== scope && inner.shield !== null)) return;
  const where = scope.parent === null ? `task "${owner.name}"` : `a scope in task "${owner.name}"`;
  owner.loop.callExceptionHandler({
    message: `${where} was cancelled ${overstayMs / 1_000} s ago and goes on: it caught the cancel, or waits for something that does not hear of it. Let CancelledError through, or set graceMs`,
  });
}

/** The scope has ended, or its requests were taken back. */
export function endGrace(scope: Scope): void {
  const requests = scope.asked;
  if (requests === null || requests.grace === null) return;
  requests.grace.drop();
  requests.grace = null;
  if (requests.level === null) return;
  requests.level = null;
  if (scope.owner.asked !== null) scope.owner.asked.dueScopes -= 1;
}
