/**
 * A scope: the stretch of a task's body to which a request to cancel is addressed. Every task has a root scope;
 * `timeout` and `taskGroup` open one inside it. Scopes form a tree: two may be open side by side in one task.
 *
 * A scope keeps its open waits, the scopes inside it, and what was asked of it and is not delivered yet (`due`). It knows
 * nothing of how a request is delivered: that is cancel.ts.
 */
import type { CancelledError } from '../errors.ts';
import type { ContextFrame } from '../host/async-context.ts';
import type { OpenWait } from './park.ts';
import { waitIdle } from './state.ts';
import type { Task } from './task.ts';

/**
 * One request to cancel. A request that travels into a task or a group of futures is followed by a request there, whose
 * `parent` it is: what is delivered there is delivered here.
 */
export class CancelRequest {
  /** Null for a link: a request on its way into a future that passes it on. */
  readonly scope: Scope | null;
  readonly error: CancelledError;
  readonly parent: CancelRequest | null;
  /** The request made before it on the same scope. */
  readonly earlier: CancelRequest | null;
  /** A wait has been woken with it, or code threw its error. */
  delivered = false;
  /** Taken back by `uncancel()` before it was delivered. */
  withdrawn = false;

  constructor(scope: Scope | null, error: CancelledError, parent: CancelRequest | null) {
    this.scope = scope;
    this.error = error;
    this.parent = parent;
    this.earlier = scope === null ? null : scope.last;
  }

  deliver(): void {
    for (let request: CancelRequest | null = this; request !== null; request = request.parent) request.delivered = true;
  }
}

/** A node of a task's tree of scopes. */
export class Scope {
  owner: Task<unknown>;
  parent: Scope | null;
  open = true;
  /** How many requests were made on it and not taken off again. */
  count = 0;
  /** The sum of the counts around it when it was entered. */
  readonly countAround: number;
  last: CancelRequest | null = null;
  due: CancelRequest[] | null = null;
  /** The context in which its body runs. */
  frame: ContextFrame | null = null;
  /** Lists without a head: the last one's `nextInScope` is the first. */
  lastWait: OpenWait | null = null;
  inside: Set<Scope> | null = null;
  controller: AbortController | null = null;

  constructor(owner: Task<unknown>, parent: Scope | null) {
    this.owner = owner;
    this.parent = parent;
    this.countAround = parent === null ? 0 : requestCount(parent);
    if (parent !== null) (parent.inside ??= new Set()).add(this);
  }

  addWait(wait: OpenWait): void {
    const last = this.lastWait;
    if (last === null) {
      wait.nextInScope = wait.previousInScope = wait;
    } else {
      wait.previousInScope = last;
      wait.nextInScope = last.nextInScope;
      if (last.nextInScope !== null) last.nextInScope.previousInScope = wait;
      last.nextInScope = wait;
    }
    this.lastWait = wait;
  }

  removeWait(wait: OpenWait): void {
    const { previousInScope: previous, nextInScope: next } = wait;
    if (next === wait || next === null || previous === null) {
      this.lastWait = null;
    } else {
      previous.nextInScope = next;
      next.previousInScope = previous;
      if (this.lastWait === wait) this.lastWait = previous;
    }
    wait.nextInScope = wait.previousInScope = null;
  }

  /** Its own waits, in the order in which they were opened. */
  waits(): OpenWait[] {
    const waits: OpenWait[] = [];
    const last = this.lastWait;
    if (last === null) return waits;
    for (let wait = last.nextInScope; wait !== null; wait = wait.nextInScope) {
      waits.push(wait);
      if (wait === last) break;
    }
    return waits;
  }

  /** The scopes inside it, in the order in which they were entered. */
  innerScopes(): Scope[] {
    return this.inside === null ? [] : [...this.inside];
  }

  /** True when something in it, or in a scope inside it, waits or stands in the ready list. */
  hasOpenWaits(): boolean {
    return this.waits().some((wait) => wait.state !== waitIdle) || this.innerScopes().some((inner) => inner.hasOpenWaits());
  }

  get empty(): boolean {
    return this.lastWait === null && (this.inside === null || this.inside.size === 0);
  }

  addDue(request: CancelRequest): void {
    if (this.due === null) {
      this.due = [request];
      this.owner.dueScopes += 1;
    } else if (!this.due.includes(request)) this.due.push(request);
  }

  dropDue(served: (request: CancelRequest) => boolean): void {
    if (this.due === null) return;
    const rest = this.due.filter((request) => !served(request));
    if (rest.length === this.due.length) return;
    this.due = rest.length === 0 ? null : rest;
    if (this.due === null) this.owner.dueScopes -= 1;
  }

  /** True when one of its own requests was delivered inside it. */
  get delivered(): boolean {
    for (let request = this.last; request !== null; request = request.earlier) if (request.delivered) return true;
    return false;
  }

  /** True when this scope is `other`, or lies inside it. */
  isInside(other: Scope): boolean {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) if (scope === other) return true;
    return false;
  }
}

/** The number of requests on a scope and on those around it (asyncio's `cancelling`). */
export function requestCount(from: Scope): number {
  let sum = 0;
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) sum += scope.count;
  return sum;
}

/** The scope itself, or the nearest one around it that is still open; null when its task has ended. */
export function openScope(from: Scope): Scope | null {
  let scope: Scope | null = from;
  while (scope !== null && !scope.open) scope = scope.parent;
  return scope;
}

/** Moves waits and inner scopes of `from` to `to`: they belong there from now on. */
export function adopt(from: Scope, to: Scope): void {
  for (const wait of from.waits()) {
    from.removeWait(wait);
    wait.moveTo(to);
  }
  for (const inner of from.innerScopes()) {
    inner.parent = to;
    (to.inside ??= new Set()).add(inner);
    giveTo(inner, to.owner);
  }
  from.inside = null;
}

function giveTo(scope: Scope, owner: Task<unknown>): void {
  if (scope.owner === owner) return;
  if (scope.due !== null) {
    scope.owner.dueScopes -= 1;
    owner.dueScopes += 1;
  }
  scope.owner = owner;
  for (const wait of scope.waits()) wait.changeOwner(owner);
  for (const inner of scope.innerScopes()) giveTo(inner, owner);
}
