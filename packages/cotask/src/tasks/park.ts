/**
 * Parking: the one way in which a body waits, in both gears. An open wait is registered with the future it waits for and
 * with its scope; from there on cancel, the waiting list, deadlock names and the test kit find it.
 *
 * Which request a wait takes, and what becomes of it when the wait is woken:
 * - an open wait takes it by cancelling what it waits for; when the answer is a value nevertheless (a task that swallowed
 *   the cancel has delivered it; one that ended first has not), an undelivered request goes on to the step that wakes;
 * - a woken wait that has a value keeps it, and the request goes on to its step;
 * - a woken wait that has a CancelledError, or that waits for nothing, takes it as well: one error for both.
 */
import type { CancelledError } from '../errors.ts';
import type { Step } from '../loop/step.ts';
import type { Future } from './future.ts';
import type { Driver } from './gears/gear.ts';
import { hooks } from './hooks.ts';
import type { WaitedFor } from './name-tag.ts';
import { CancelRequest, addToStep, forgetStep } from './scope.ts';
import type { Scope } from './scope.ts';
import { waitIdle, waitOpen, waitTurned, waitWoken } from './state.ts';
import type { WaitState } from './state.ts';
import type { Task } from './task.ts';

/** What a body hands to its gear when it waits. It is opaque: use `yield*` on an awaitable, never a bare `yield`. */
export abstract class Wait {
  /** @internal A body has yielded it: its driver waits for it from now on. */
  abstract begin(driver: Driver): void;
}

/** @internal What a parked wait needs of the future that it waits for. */
export interface Parkable {
  /** True when it ended with a `CancelledError`. */
  readonly gaveCancel: boolean;
  /** What it says in lists of who waits for what. */
  readonly label: string;
  /** Who could end the wait, where that is known. */
  readonly subject: WaitedFor | null;
  /** True when a cancel settles it at once; false when it passes the cancel on and may end otherwise. */
  readonly endsWhenCancelled: boolean;
  addWaiter(waiter: Waiter): void;
  removeWaiter(waiter: Waiter): void;
  /** The tasks that whoever waits for it waits for. */
  awaitedTasks(): readonly Task<unknown>[];
  /** True when a request came through it, or through a task that it is made of. */
  leadsBack(request: CancelRequest): boolean;
  cancelBy(request: CancelRequest): boolean;
}

/** @internal Somebody to tell when a future is done. */
export interface Waiter {
  /** This future is done. */
  wake(future: Future<unknown>): void;
  /** True for waits, which look at the result; false for callbacks, which may not. */
  readonly looks: boolean;
  /** The task that waits, where it is a task's wait. */
  readonly owner?: Task<unknown> | null;
  /** The scope of the task that waits, where its cancel comes to what it waits for. */
  readonly scope?: Scope;
  /** What is told in between, where that is: a gather, a group; others wait for it. */
  readonly relay?: Relay;
}

/** @internal Something between a future and the tasks that wait for it. */
export interface Relay {
  readonly label: string;
  /** False while those behind it are there for it and do not wait yet: the body of a group still runs. */
  readonly waitedFor?: boolean;
  /** False when they do not get its error. */
  readonly passesErrors?: boolean;
  /** False where it passes on a cancel of those behind it. */
  readonly endsWhenCancelled?: boolean;
  /** Who waits for it. */
  waiterList(): readonly Waiter[];
}

interface Taken {
  readonly request: CancelRequest;
  /** The request that followed it into what is waited for; null when the wait was woken, or ended by it at once. */
  readonly link: CancelRequest | null;
}

/** One wait of a task. The generator gear has one a body, used again and again; the async gear one an `await`. */
export abstract class OpenWait implements Step, Waiter {
  /** The task that waits: its scope's owner, kept here because the way there is a cache miss where tasks are many. */
  declare owner: Task<unknown>;
  /** @internal */
  declare scope: Scope;
  /** @internal */
  declare state: WaitState;
  /** @internal In the ready list, since which iteration; open, since when in whole milliseconds. */
  declare readyAt: number;
  /** @internal */
  declare future: Parkable | null;
  /** @internal */
  declare taken: CancelRequest | Taken[] | null;
  /** @internal */
  declare nextInScope: OpenWait | null;
  /** @internal */
  declare previousInScope: OpenWait | null;

  /** @internal Fields are declared and set here: to initialise them where they stand takes twice as long. */
  constructor(scope: Scope) {
    this.owner = scope.owner;
    this.scope = scope;
    this.state = waitIdle;
    this.readyAt = 0;
    this.future = null;
    this.taken = null;
    this.nextInScope = null;
    this.previousInScope = null;
  }

  /** @internal A wait looks at the outcome of what it waited for. */
  get looks(): boolean {
    return true;
  }

  /** @internal Runs the step that this wait was woken for. */
  abstract run(): boolean;
  /** @internal */
  abstract settlesOnly(): boolean;

  /** What is waited for, for people. */
  get label(): string {
    return this.future === null ? (this.state === waitWoken ? 'its turn' : 'a promise') : this.future.label;
  }

  /** @internal Waits for a future that is not done. */
  parkOn(future: Parkable): void {
    this.future = future;
    this.state = waitOpen;
    future.addWaiter(this);
    const owner = this.owner;
    this.readyAt = owner.loop.clock;
    if (hooks.taskWaits !== null) hooks.taskWaits(owner, this);
    if (owner.asked !== null) deliverDue(this);
  }

  /** @internal Waits for nothing but its turn. */
  parkForTurn(): void {
    this.future = null;
    this.makeReady();
    const owner = this.owner;
    if (hooks.taskYields !== null) hooks.taskYields(owner, this);
    if (owner.asked !== null) deliverDue(this);
  }

  /** @internal What is waited for is done. */
  wake(): void {
    this.makeReady();
  }

  /** @internal */
  makeReady(): void {
    this.state = waitWoken;
    this.owner.loop.readyStep(this);
  }

  /**
   * The first lines of `run`: the wait is over. Returns the error to throw into a body that waited for nothing but its
   * turn; a future's own outcome is read from the future.
   */
  protected arrive(): CancelledError | null {
    const owner = this.owner;
    if (owner.asked !== null) forgetStep(owner);
    this.state = this.future === null ? waitTurned : waitIdle;
    if (hooks.stepBegins !== null) hooks.stepBegins(owner, this);
    return this.taken === null ? null : this.settleTaken(this.taken);
  }

  /** @internal Hands a request to this wait; false when it cannot take it. */
  take(request: CancelRequest): boolean {
    if (this.state === waitWoken) return this.keep(request, null);
    if (this.state !== waitOpen || this.future === null) return false;
    const { future } = this;
    const link = future.endsWhenCancelled ? null : new CancelRequest(null, request.error, request);
    if (future.cancelBy(link ?? request)) return this.keep(request, link);
    return link !== null && future.leadsBack(request) && this.giveUp(future, request);
  }

  /** @internal Merges a request into the one that was taken just before. */
  takeToo(request: CancelRequest): void {
    const last = Array.isArray(this.taken) ? this.taken.at(-1) : undefined;
    this.keep(request, last?.link ?? null);
  }

  /** @internal */
  moveTo(scope: Scope): void {
    scope.addWait(this);
    this.scope = scope;
    this.owner = scope.owner;
  }

  /** @internal What it has just waited for, once. */
  arrived(): Parkable | null {
    const { future } = this;
    this.future = null;
    return future;
  }

  /** @internal This wait ends by itself: the cancel has come round in a circle of tasks, or nothing runs that could end it. */
  giveUp(future: Parkable, request: CancelRequest): boolean {
    future.removeWaiter(this);
    this.future = null;
    this.makeReady();
    return this.keep(request, null);
  }

  /** Nearly always it takes one that nothing followed, and a list would be another object. */
  private keep(request: CancelRequest, link: CancelRequest | null): boolean {
    if (this.taken === null && link === null) this.taken = request;
    else (this.taken = listOf(this.taken)).push({ request, link });
    return true;
  }

  private settleTaken(taken: CancelRequest | readonly Taken[]): CancelledError | null {
    this.taken = null;
    if (taken instanceof CancelRequest) return this.settleOne({ request: taken, link: null });
    let newest: CancelledError | null = null;
    for (const each of taken.toSorted(byAge)) newest = this.settleOne(each) ?? newest;
    return newest;
  }

  private settleOne({ request, link }: Taken): CancelledError | null {
    if (this.future === null) {
      if (request.withdrawn) return null;
      request.deliver();
      return request.error;
    }
    if (this.future.gaveCancel) request.deliver();
    else if (!request.withdrawn && link?.delivered !== true) addToStep(this.owner, request);
    return null;
  }
}

function listOf(taken: CancelRequest | Taken[] | null): Taken[] {
  if (taken instanceof CancelRequest) return [{ request: taken, link: null }];
  return taken ?? [];
}

/** The newest one's error stands for all, as with asyncio's `_must_cancel`. */
function byAge(a: Taken, b: Taken): number {
  return a.request.serial - b.request.serial;
}

/** A wait has been registered while requests are due: it takes all that concern it, in the newest one's error. */
function deliverDue(wait: OpenWait): void {
  const requests = dueFor(wait);
  const newest = requests.pop();
  if (newest === undefined || !wait.take(newest)) return;
  for (const request of requests) wait.takeToo(request);
  const served = new Set(requests).add(newest);
  forgetStep(wait.owner);
  for (let scope: Scope | null = wait.scope; scope !== null; scope = scope.parent) {
    scope.dropDue((request) => served.has(request) || request.withdrawn);
  }
}

function dueFor(wait: OpenWait): CancelRequest[] {
  const found = new Set<CancelRequest>();
  for (const request of wait.owner.asked?.step ?? []) {
    if (request.scope !== null && request.scope.open && wait.scope.isInside(request.scope)) found.add(request);
  }
  for (let scope: Scope | null = wait.scope; scope !== null; scope = scope.parent) {
    for (const request of scope.asked?.due ?? []) found.add(request);
    if (scope.asked !== null && scope.asked.level !== null) found.add(scope.asked.level);
  }
  const due = [...found].filter((request) => !request.withdrawn && !heldBack(request, wait.scope));
  return due.sort((a, b) => a.serial - b.serial);
}

/** True when a scope between a wait and the scope of a request keeps that out, and has it due for its exit. */
function heldBack(request: CancelRequest, from: Scope): boolean {
  for (let scope: Scope | null = from; scope !== null && scope !== request.scope; scope = scope.parent) {
    if (scope.shield?.holdsBack(request) === true) return true;
  }
  return false;
}
