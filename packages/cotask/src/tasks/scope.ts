/**
 * A scope: the stretch of a task's body to which a request to cancel is addressed. Every task has a root scope;
 * `timeout` and `taskGroup` open one inside it. Scopes form a tree: two may be open side by side in one task.
 *
 * A scope keeps its open waits, the scopes inside it, and what was asked of it and is not delivered yet (`due`). It knows
 * nothing of how a request is delivered: that is cancel.ts.
 */
import type { CancelledError } from '../errors.ts';
import type { ContextFrame } from '../host/async-context.ts';
import type { PromiseWait } from './gears/async.ts';
import type { Deadline } from './deadline.ts';
import type { OpenWait } from './park.ts';
import { waitIdle } from './state.ts';
import type { Task } from './task.ts';

/** The number of the newest request. */
let newest = 0;

/** The number of the newest request anywhere. */
export function newestRequest(): number {
  return newest;
}

/**
 * One request to cancel. A request that travels into a task or a group of futures is followed by a request there, whose
 * `parent` it is: what is delivered there is delivered here.
 */
export class CancelRequest {
  /** Null for a link: a request on its way into a future that passes it on. */
  declare readonly scope: Scope | null;
  declare readonly error: CancelledError;
  declare readonly parent: CancelRequest | null;
  /** The request made before it on the same scope, of those that are kept. */
  declare earlier: CancelRequest | null;
  /** Requests are numbered as they are made. */
  declare readonly serial: number;
  /** A wait has been woken with it, or code threw its error. */
  declare delivered: boolean;
  /** Taken back by `uncancel()` before it was delivered. */
  declare withdrawn: boolean;
  /** A shield has kept it out for a while. */
  declare keptOut: boolean;
  /** It, or one that it follows, was postponed. */
  declare walked: boolean;
  /** Where it began: the first of those that it follows, or it itself. */
  readonly #origin: CancelRequest;

  constructor(scope: Scope | null, error: CancelledError, parent: CancelRequest | null) {
    this.serial = ++newest;
    this.delivered = false;
    this.withdrawn = false;
    this.keptOut = false;
    this.walked = parent !== null && parent.walked;
    this.#origin = parent === null ? this : parent.#origin;
    this.scope = scope;
    this.error = error;
    this.parent = parent;
    this.earlier = scope === null ? null : scope.last;
  }

  /**
   * True when it has come through this task: it is passing through it now, or, where it was postponed on its way, it or a
   * request that it follows is one on this task.
   */
  cameThrough(task: Task<unknown>): boolean {
    if (passing.includes(task)) return true;
    return this.walked && (this.#origin.scope?.owner === task || (this.#asked(task) && this.#follows(task)));
  }

  /** Has anything been asked of the task since it began? Without this a chain of 16,000 tasks took seconds. */
  #asked(task: Task<unknown>): boolean {
    const { last } = task.scope;
    return last !== null && last.serial > this.#origin.serial;
  }

  #follows(task: Task<unknown>): boolean {
    for (let request: CancelRequest | null = this; request !== null; request = request.parent) {
      if (request.scope !== null && request.scope.owner === task) return true;
    }
    return false;
  }

  /** A request alone stands for all that was asked of its scope: see {@link Scope.requests}. */
  get count(): number {
    return 1;
  }

  get last(): CancelRequest {
    return this;
  }

  /** Those that a delivered one follows are delivered too. */
  deliver(): void {
    for (let request: CancelRequest | null = this; request !== null && !request.delivered; request = request.parent)
      request.delivered = true;
  }
}

/** What was asked of a task and is not delivered: kept only while there is something, which is nearly never. */
export class Asked {
  /** Requests that the step which runs now brought along: due at its first suspending wait. */
  step: CancelRequest[] | null = null;
  /** How many scopes of the task keep a request due, or as a level. */
  dueScopes = 0;
}

/** The tasks that a cancel is on its way through: one that comes round again has gone in a circle. */
export const passing: Task<unknown>[] = [];

/** So many requests are kept of a scope that swallows one after the other, besides those not delivered yet. */
const manyRequests = 32;

/** What was asked of a scope; made with the second request, for one that no wait takes, or for a signal. */
export class AskedOfScope {
  /** How many requests were made on it and not taken off again. */
  count = 0;
  /** The newest request; the others hang on it. */
  last: CancelRequest | null = null;
  /** How many may hang on the newest before those that are over are forgotten. */
  room: number = manyRequests;
  due: Set<CancelRequest> | null = null;
  controller: AbortController | null = null;
  /** Runs out some time after a request that the body has swallowed. */
  grace: Deadline | null = null;
  /** Its grace is over: every wait inside the scope takes this request. */
  level: CancelRequest | null = null;

  /** Adds the newest request. Old ones that were delivered are forgotten: a body may swallow one after the other for ever. */
  add(request: CancelRequest): void {
    this.count += 1;
    this.last = request;
    this.room -= 1;
    if (this.room === 0) this.room = manyRequests + forgetOld(request);
  }
}

/** Forgets the oldest of those that are over; returns how many are kept. */
function forgetOld(newest: CancelRequest): number {
  let over = 0;
  let kept = 0;
  for (let later = newest; later.earlier !== null;) {
    const { earlier } = later;
    if ((earlier.delivered || earlier.withdrawn) && ++over > manyRequests) later.earlier = earlier.earlier;
    else {
      later = earlier;
      kept += 1;
    }
  }
  return kept;
}

/** What was asked of a task. */
export function asked(task: Task<unknown>): Asked {
  return (task.asked ??= new Asked());
}

/** A new step begins, or what the step brought along was delivered. */
export function forgetStep(task: Task<unknown>): void {
  if (task.asked === null) return;
  if (task.asked.dueScopes === 0) task.asked = null;
  else task.asked.step = null;
}

/** The step that runs, or is to run, brings a request along. */
export function addToStep(task: Task<unknown>, request: CancelRequest): void {
  const state = asked(task);
  if (state.step === null) state.step = [request];
  else state.step.push(request);
}

/** Where some code keeps the values of task locals, by local. */
export interface Locals {
  values: Map<object, unknown>;
  /** Others hold the same map: it is copied before it is changed. */
  shared: boolean;
}

/** What keeps requests from around a scope out of it: inside it, they have not been made. */
export interface Shield {
  /** True when it keeps the request out; it is then due at the exit of the scope. */
  holdsBack(request: CancelRequest): boolean;
  /** Calls `send` when the scope has ended, or lets requests in: a request to a task that works for the scope. */
  holdFor(send: () => void): void;
}

/** What was there when a scope was entered. */
interface Entry {
  /** The sum of the counts of the scopes around it. */
  readonly countAround: number;
  /** The number of the newest request anywhere. */
  readonly newest: number;
  /** How long after a request its body may go on before the request becomes a level; null: as around it. */
  readonly graceMs: number | null;
}

const none: readonly Scope[] = [];

/** A node of a task's tree of scopes. */
export class Scope {
  declare owner: Task<unknown>;
  declare parent: Scope | null;
  declare open: boolean;
  /** The context in which its body runs; null while a task keeps none. */
  declare frame: ContextFrame | null;
  /** The only request, or all that was asked of it: 80 bytes and 6 % of a cancel less where one request is all. */
  declare private asks: AskedOfScope | CancelRequest | null;
  /** The values that its code sees, where they are not those of the scope around it; null as well while nothing is set. */
  declare locals: Locals | null;
  /** A ring: the last wait's `nextInScope` is the first. */
  declare lastWait: OpenWait | null;
  declare inside: Set<Scope> | null;
  /** A wait that is over, for the next `await`. */
  declare spare: PromiseWait | null;

  constructor(owner: Task<unknown>, parent: Scope | null) {
    this.owner = owner;
    this.parent = parent;
    this.open = true;
    this.frame = null;
    this.asks = null;
    this.locals = null;
    this.lastWait = null;
    this.inside = null;
    this.spare = null;
  }

  /** What was there when it was entered; null for a root scope that sets nothing, which is nearly every one. */
  get entry(): Entry | null {
    return null;
  }

  /** What keeps requests from around it out; null for nearly every scope. */
  get shield(): Shield | null {
    return null;
  }

  get count(): number {
    return this.asks === null ? 0 : this.asks.count;
  }

  get last(): CancelRequest | null {
    return this.asks === null ? null : this.asks.last;
  }

  /** What was asked of it, where that is more than one request. */
  get asked(): AskedOfScope | null {
    return this.asks instanceof AskedOfScope ? this.asks : null;
  }

  /** What was asked of it, to be changed. */
  requests(): AskedOfScope {
    const { asks } = this;
    if (asks instanceof AskedOfScope) return asks;
    const requests = (this.asks = new AskedOfScope());
    if (asks !== null) requests.add(asks);
    return requests;
  }

  /** A request was made on it. */
  addRequest(request: CancelRequest): void {
    if (this.asks === null) this.asks = request;
    else this.requests().add(request);
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
  innerScopes(): readonly Scope[] {
    return this.inside === null ? none : [...this.inside];
  }

  /** Its only wait, where it has just one: cancelling a task that waits for one thing makes no list. */
  onlyWait(): OpenWait | null {
    const last = this.lastWait;
    return last !== null && last.nextInScope === last ? last : null;
  }

  /** True when something in it, or in a scope inside it, waits or stands in the ready list. */
  hasOpenWaits(): boolean {
    return this.someWait((wait) => wait.state !== waitIdle);
  }

  /** True when this is so of a wait in it, or in a scope inside it. */
  someWait(isSo: (wait: OpenWait) => boolean): boolean {
    return scopesIn(this).some((scope) => scope.waits().some(isSo));
  }

  /** The tasks that its waits, and those of the scopes inside it, wait for. */
  tasksWaitedFor(): readonly Task<unknown>[] {
    return scopesIn(this).flatMap((scope) => scope.ownTasksWaitedFor());
  }

  /** The tasks that its own waits wait for. */
  ownTasksWaitedFor(): Task<unknown>[] {
    return this.waits().flatMap((wait) => (wait.future === null ? [] : wait.future.awaitedTasks()));
  }

  /** The tasks that work for the code in it: those that it waits for; a group's scope adds its own. */
  tasksAtWork(): Task<unknown>[] {
    return this.ownTasksWaitedFor();
  }

  get empty(): boolean {
    return this.lastWait === null && (this.inside === null || this.inside.size === 0);
  }

  addDue(request: CancelRequest): void {
    const requests = this.requests();
    if (requests.due === null) {
      requests.due = new Set([request]);
      asked(this.owner).dueScopes += 1;
    } else requests.due.add(request);
  }

  /** What it adds to its task's count of scopes that keep a request. */
  get dueScopes(): number {
    if (this.asked === null) return 0;
    return (this.asked.due === null ? 0 : 1) + (this.asked.level === null ? 0 : 1);
  }

  dropDue(served: (request: CancelRequest) => boolean): void {
    const { asked: requests, owner } = this;
    if (requests === null || requests.due === null) return;
    for (const request of requests.due) if (served(request)) requests.due.delete(request);
    if (requests.due.size > 0) return;
    requests.due = null;
    if (owner.asked !== null) owner.asked.dueScopes -= 1;
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

/** A scope inside another, or a root scope that sets a grace. */
export class InnerScope extends Scope {
  readonly #entry: Entry;

  constructor(owner: Task<unknown>, around: Scope | null, graceMs: number | null = null) {
    super(owner, around);
    this.#entry = { countAround: around === null ? 0 : requestCount(around), newest, graceMs };
    if (around !== null) (around.inside ??= new Set()).add(this);
  }

  override get entry(): Entry {
    return this.#entry;
  }
}

/** The number of requests on a scope and on those around it that it can hear of. */
export function requestCount(from: Scope): number {
  let sum = 0;
  for (let scope: Scope | null = from; scope !== null && scope.shield === null; scope = scope.parent)
    sum += scope.count;
  return sum;
}

/** The number of requests on a scope and on all around it (asyncio's `cancelling`). */
export function requestCountInAll(from: Scope): number {
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

function giveTo(root: Scope, owner: Task<unknown>): void {
  const from = root.owner;
  if (from === owner) return;
  for (const scope of scopesIn(root)) {
    const dueScopes = scope.dueScopes;
    if (dueScopes > 0) {
      asked(from).dueScopes -= dueScopes;
      asked(owner).dueScopes += dueScopes;
    }
    scope.owner = owner;
    for (const wait of scope.waits()) wait.owner = owner;
  }
}

/** A scope and those inside it that it enters, each before those inside it: without recursion, for they may be thousands. */
export function scopesIn(root: Scope, enters: (inner: Scope) => boolean = () => true): Scope[] {
  const found = [root];
  if (root.inside === null) return found;
  const left = [root.innerScopes().filter(enters).values()];
  for (let level = left.at(-1); level !== undefined; level = left.at(-1)) {
    const next = level.next();
    if (next.done === true) void left.pop();
    else {
      found.push(next.value);
      if (next.value.inside !== null) left.push(next.value.innerScopes().filter(enters).values());
    }
  }
  return found;
}
