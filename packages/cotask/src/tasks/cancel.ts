/**
 * How a request to cancel reaches what is open in its scope. No code of a user runs between the record and the settling
 * of the last wait; the signals are aborted after that.
 */
import { makeCancelledError } from '../errors.ts';
import type { CancelSource, CancelledError } from '../errors.ts';
import { beginGrace, endGrace } from './grace.ts';
import { hooks } from './hooks.ts';
import { CancelRequest, addToStep, adopt, newestRequest, openScope, passing, scopesIn } from './scope.ts';
import type { Scope, Shield } from './scope.ts';
import type { Task } from './task.ts';

/** A cancel may travel into tasks that are waited for; the signals of all of them wait for the outermost one. */
let depth = 0;
/** Each task that a cancel passes through takes a few frames of the stack. */
const deepest = 500;
const postponed: { scope: Scope; request: CancelRequest }[] = [];
const toAbort: { controller: AbortController; request: CancelRequest }[] = [];

/** Makes a request on a scope and delivers it to what is open there. */
export function requestCancel(scope: Scope, source: CancelSource, reason: string | null): CancelRequest {
  const request = new CancelRequest(scope, makeCancelledError(reason, source, scope.owner.nameOrNumber), null);
  sendRequest(scope, request);
  return request;
}

/**
 * Delivers a request that was made on `scope`, or that `scope` has kept out until now. A cancel deeper than the stack may
 * go waits until that is unwound.
 */
export function sendRequest(scope: Scope, request: CancelRequest): void {
  if (depth >= deepest) postponed.push({ scope, request });
  else deliver(scope, request);
  while (depth === 0) {
    const next = postponed.shift();
    if (next === undefined) break;
    next.request.walked = true;
    deliver(next.scope, next.request);
  }
  if (depth === 0 && toAbort.length > 0) abortSignals();
}

function deliver(scope: Scope, request: CancelRequest): void {
  const owner = scope.owner;
  if (request.scope === scope) {
    scope.addRequest(request);
    if (hooks.cancelRequested !== null) hooks.cancelRequested(scope, request);
  }
  if (owner.loop.inFlight === owner) addToStep(owner, request);
  passing.push(owner);
  depth += 1;
  try {
    offer(scope, request);
  } finally {
    depth -= 1;
    passing.length -= 1;
  }
  beginGrace(scope, request);
}

/**
 * Cancels many tasks, in their order. One that another of them waits for hears of it through that one: each task has one
 * request, however long the chain.
 */
export function cancelAll(tasks: readonly Task<unknown>[], source: CancelSource, reason: string | null): void {
  const waitedFor = new Set(tasks.flatMap((task) => task.scope.tasksWaitedFor()));
  const sweep = newestRequest();
  const send = (task: Task<unknown>): void => {
    const last = task.scope.last;
    if (!task.done() && (last === null || last.serial <= sweep)) requestCancel(task.scope, source, reason);
  };
  const shields = source === 'deadlock' ? new Map<Task<unknown>, Shield>() : shieldedTasks(tasks);
  for (const task of tasks) if (!waitedFor.has(task) && !shields.has(task)) send(task);
  for (const task of tasks) {
    const shield = shields.get(task);
    if (shield === undefined) send(task);
    else shield.holdFor(() => send(task));
  }
}

/** The tasks that work for code in a shielded scope, directly or for one another, each with the shield. */
function shieldedTasks(tasks: readonly Task<unknown>[]): Map<Task<unknown>, Shield> {
  const shields = new Map<Task<unknown>, Shield>();
  const look = (root: Scope, around: Shield | null): void => {
    const shieldOf = new Map<Scope | null, Shield | null>();
    for (const scope of scopesIn(root)) {
      const shield = scope.shield ?? (scope === root ? around : shieldOf.get(scope.parent)) ?? null;
      shieldOf.set(scope, shield);
      if (shield !== null) for (const task of scope.tasksAtWork()) if (!shields.has(task)) shields.set(task, shield);
    }
  };
  for (const task of tasks) look(task.scope, null);
  // What is added meanwhile is looked at as well.
  for (const [task, shield] of shields) look(task.scope, shield);
  return shields;
}

/** Offers a request to the waits of a scope and of those inside it; an innermost scope that has no taker keeps it due. */
function offer(scope: Scope, request: CancelRequest): void {
  if (scope.inside === null) offerTo(scope, request);
  else for (const each of scopesIn(scope, (inner) => inner.shield?.holdsBack(request) !== true)) offerTo(each, request);
}

function offerTo(scope: Scope, request: CancelRequest): void {
  const only = scope.onlyWait();
  let taken = only !== null && only.take(request);
  if (only === null) for (const wait of scope.waits()) taken = wait.take(request) || taken;
  if (!taken && (scope.inside === null || scope.inside.size === 0)) scope.addDue(request);
  const controller = scope.asked === null ? null : scope.asked.controller;
  if (controller !== null && !controller.signal.aborted) toAbort.push({ controller, request });
}

function abortSignals(): void {
  for (const { controller, request } of toAbort.splice(0)) controller.abort(request.error);
}

/** Takes back what was requested of a scope and has not been delivered. */
export function withdraw(scope: Scope): void {
  for (let request = scope.last; request !== null; request = request.earlier) {
    if (!request.delivered) request.withdrawn = true;
  }
  if (scope.last !== null) scope.requests().last = null;
  endGrace(scope);
}

/** Ends a scope: what was requested of it is dropped, what was requested around it goes on, and so do its leftovers. */
export function endScope(scope: Scope): void {
  scope.open = false;
  endGrace(scope);
  if (hooks.requestDropped !== null && scope.last !== null) tellDropped(scope, hooks.requestDropped);
  scope.parent?.inside?.delete(scope);
  const parent = scope.parent === null ? null : openScope(scope.parent);
  if (parent !== null && !scope.empty) adopt(scope, parent);
  for (const request of scope.asked?.due ?? []) {
    if (request.scope !== scope && request.scope?.open === true && !request.delivered) parent?.addDue(request);
  }
  scope.dropDue(() => true);
}

/** Those that no wait was there to take; one that a value overtook, or a shield kept out, was dropped by the rules. */
function tellDropped(scope: Scope, tell: (scope: Scope, request: CancelRequest) => void): void {
  for (const request of scope.asked?.due ?? []) {
    if (request.scope === scope && !request.delivered && !request.withdrawn && !request.keptOut) tell(scope, request);
  }
}

/**
 * The signal of a scope, for foreign code: aborted by a request, with its error as the reason; after delivery the next
 * one that is asked for is fresh, so that clean-up can use it.
 */
export function signalOf(scope: Scope): AbortSignal {
  const due = undelivered(scope);
  const requests = scope.requests();
  const held = requests.controller;
  if (held !== null && (!held.signal.aborted || due !== null)) return held.signal;
  const made = new AbortController();
  requests.controller = made;
  if (due !== null) made.abort(due.error);
  return made.signal;
}

/** A request that concerns the code which runs in a scope, and has not been delivered or is a level. */
function undelivered(from: Scope): CancelRequest | null {
  for (let scope: Scope | null = from; scope !== null && scope.shield === null; scope = scope.parent) {
    if (scope.asked !== null && scope.asked.level !== null) return scope.asked.level;
    for (let request = scope.last; request !== null; request = request.earlier) {
      if (!request.delivered && !request.withdrawn) return request;
    }
  }
  return null;
}

/**
 * Code ended with `error`: when that is the reason of a request under way, or an AbortError which comes from it, the
 * request counts as delivered. Returns the error of the request, or null.
 */
export function deliveredBy(from: Scope, error: unknown): CancelledError | null {
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    for (let request = scope.last; request !== null; request = request.earlier) {
      if (error === request.error || comesFrom(error, request.error)) {
        request.deliver();
        return request.error;
      }
    }
  }
  return null;
}

function comesFrom(error: unknown, reason: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
}
