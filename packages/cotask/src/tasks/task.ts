/** A task: a body that the loop runs, and the future of its result (asyncio's `Task`). */
import { CancelledError, MisuseError, makeCancelledError } from '../errors.ts';
import type { Context, ContextFrame } from '../host/async-context.ts';
import { traceFailure, traceLook } from './await-chain.ts';
import type { Awaitable } from './awaitable.ts';
import { deliveredBy, endScope, requestCancel, sendRequest, signalOf, withdraw } from './cancel.ts';
import { TaskContext, frameWith, givenContext, inheritedLocals, noLocals } from './context.ts';
import { context, currentScope } from './current.ts';
import type { EventLoop } from './event-loop.ts';
import { Future } from './future.ts';
import { waitsForItself } from './gears/async.ts';
import type { Driver, Startable } from './gears/gear.ts';
import { TaskDriver } from './gears/generator.ts';
import { hooks } from './hooks.ts';
import { NameTag } from './name-tag.ts';
import { rankOf } from './rank.ts';
import type { Rank } from './rank.ts';
import { CancelRequest, InnerScope, Scope, requestCountInAll } from './scope.ts';
import type { Asked } from './scope.ts';
import { startable } from './startable.ts';
import { hasError, hasValue, isCancelledState, pending, waitWoken } from './state.ts';
import type { TaskState } from './state.ts';
import { formatStack, stackOf, waitsOf } from './task-stack.ts';
import type { StackEntry, WaitInfo } from './task-stack.ts';

/** Options of a new task. */
export interface TaskOptions {
  /** What it is called in reports; `Task-1`, `Task-2` and so on by default. */
  name?: string;
  /** Its level under the `priority` policy: higher runs sooner; 0 by default. */
  priority?: number;
  /**
   * The share of the loop that its steps count on under the `weighted` policy; null for none. By default that of the task
   * that makes it.
   */
  share?: string | null;
  /**
   * Runs its first step inside `createTask`, up to its first wait (asyncio's `eager_start`); false by default. A loop that
   * does not run makes it wait for its turn all the same, and so do a hundred eager tasks that begin one inside the other.
   */
  eager?: boolean;
  /**
   * How long, in milliseconds, it may go on after a cancel that it has swallowed; from then on every wait of it ends with
   * the cancel. By default as the run says, which by default is for ever.
   */
  graceMs?: number;
  /** Runs in this context itself, where else it runs in a copy of the one that makes it (asyncio's `context`). */
  context?: Context;
}

/** @internal No options, which need no check. */
export const noTaskOptions: TaskOptions = {};

let lastNumber = 0;

/**
 * A running coroutine, and the future of its result. Make one with `createTask`; wait for it with `await` or `yield*`. The
 * constructor is for task factories: a class of tasks of one's own extends this one (see `EventLoop.setTaskFactory`).
 */
export class Task<T> extends Future<T> {
  /** @internal How it stands with scheduling policies. */
  declare rank: Rank;
  /** @internal The scope of its whole body. */
  declare readonly scope: Scope;
  /** @internal What was asked of it and is not delivered yet. */
  declare asked: Asked | null;
  /** @internal The context in which it was made. */
  declare origin: ContextFrame | null;
  /** @internal Its neighbours in the loop's list of tasks. */
  declare nextTask: Task<unknown> | null;
  /** @internal */
  declare previousTask: Task<unknown> | null;

  constructor(loop: EventLoop, coro: Awaitable<T>, options?: TaskOptions);
  /** @internal Without a coroutine it is anonymous. A stand-in is no task: it has ended, and nobody hears of it. */
  constructor(loop: EventLoop, coro: Awaitable<T> | null, options: TaskOptions, standIn?: boolean);
  constructor(loop: EventLoop, coro: Awaitable<T> | null, options: TaskOptions = noTaskOptions, standIn = false) {
    super({ loop });
    const source = coro === null ? null : startable(coro);
    this.tagged = options.name ?? ++lastNumber;
    this.rank = rankOf(options.priority, options.share);
    this.asked = null;
    this.origin = null;
    this.nextTask = null;
    this.previousTask = null;
    this.scope = options.graceMs === undefined ? new Scope(this, null) : new InnerScope(this, null, options.graceMs);
    if (standIn) {
      this.scope.open = false;
      this.phase = isCancelledState;
      return;
    }
    if (source !== null) {
      const given = options.context === undefined ? null : givenContext(options.context);
      this.scope.locals = given === null ? inheritedLocals() : given.locals;
      this.origin = given ?? context.capture();
      const driver = new TaskDriver(this, source);
      if (options.eager !== true || !loop.begins(this)) driver.makeReady();
    }
    loop.tasks.add(this);
    if (hooks.taskCreated !== null) hooks.taskCreated(this);
  }

  /** What it is called in reports. */
  get name(): string {
    const { tagged } = this;
    if (typeof tagged === 'number') return `${this.anonymous ? 'outside' : 'Task'}-${tagged}`;
    if (tagged instanceof NameTag) return tagged.name;
    return typeof tagged === 'string' ? tagged : '';
  }

  set name(name: string) {
    if (this.tagged instanceof NameTag) this.tagged.name = name;
    else this.tagged = name;
  }

  /** Its level under the `priority` policy: higher runs sooner; counts from when it is next ready. */
  get priority(): number {
    return this.rank.priority;
  }

  set priority(priority: number) {
    this.rank = rankOf(priority, this.share);
  }

  /** The share of the loop that its steps count on under the `weighted` policy; counts from when it is next ready. */
  get share(): string | null {
    return this.rank.share;
  }

  set share(share: string | null) {
    this.rank = rankOf(this.priority, share);
  }

  /** @internal Its number, where it was given no name: words for it are made when they are read. */
  get nameOrNumber(): string | number {
    return typeof this.tagged === 'number' && !this.anonymous ? this.tagged : this.name;
  }

  /** @internal What it leaves behind where it does something. */
  get tag(): NameTag {
    const { tagged } = this;
    if (tagged instanceof NameTag) return tagged;
    return (this.tagged = new NameTag(this.nameOrNumber, this.done() ? null : this));
  }

  /** Its name, as asyncio's method. */
  getName(): string {
    return this.name;
  }

  /** Sets its name, as asyncio's method. */
  setName(name: string): void {
    this.name = name;
  }

  override get label(): string {
    return `task "${this.name}"`;
  }

  /** @internal It has no body: it stands for waits outside any task, and ends with the last of them. */
  get anonymous(): boolean {
    return false;
  }

  /** @internal Others wait for it; who could end it is no question of tags. */
  override get subject(): null {
    return null;
  }

  /** @internal */
  override awaitedTasks(): readonly Task<unknown>[] {
    return this.done() ? [] : [this];
  }

  /** @internal */
  override leadsBack(request: CancelRequest): boolean {
    return request.cameThrough(this);
  }

  /** @internal A task may swallow a cancel. */
  override get endsWhenCancelled(): boolean {
    return false;
  }

  /** What it is doing: see tasks/state.ts for the table. Code that goes on after a foreign promise is running. */
  get state(): TaskState {
    if (this.done()) return 'done';
    if (this.loop.inFlight === this) return 'running';
    if (this.scope.someWait((wait) => wait.state === waitWoken)) return 'ready';
    return currentScope()?.owner === this && !this.scope.hasOpenWaits() ? 'running' : 'waiting';
  }

  override toString(): string {
    return this.done() ? super.toString() : `${this.label} (${this.state})`;
  }

  /** What it waits for, each with since when; empty while it runs, and at a promise that is not the loop's own. */
  waits(): readonly WaitInfo[] {
    return waitsOf(this);
  }

  /**
   * What it stands at, the innermost first (asyncio's `get_stack`): what it waits for, and in debug mode the calls of its
   * body that wait for it.
   */
  getStack(options: { limit?: number } = {}): readonly StackEntry[] {
    return stackOf(this, options.limit ?? Infinity);
  }

  /** Prints its stack to standard error (asyncio's `print_stack`). */
  printStack(options: { limit?: number } = {}): void {
    console.error(`${this.label} (${this.state}):\n${formatStack(this.getStack(options), '  ')}`.trimEnd());
  }

  /** The coroutine that it will begin, or null once it has begun (asyncio's `get_coro` before the first step). */
  getCoro(): Startable<unknown> | null {
    return this.driver()?.source ?? null;
  }

  /** The context in which it runs: see `copyContext`. */
  getContext(): Context {
    const locals = (this.scope.locals ??= noLocals());
    return new TaskContext(this.origin ?? context.capture(), locals);
  }

  /** @internal The context of its body, which it keeps from now on. */
  ownFrame(): ContextFrame {
    const { scope } = this;
    return (scope.frame ??= frameWith(this.origin ?? context.capture(), scope));
  }

  /** @internal Resumes its body. */
  driver(): TaskDriver<unknown> | null {
    return this.scope.waits().find((wait) => wait instanceof TaskDriver) ?? null;
  }

  /** @internal It was made to begin at once, and whoever made it has not handed it over. */
  neverBegin(): void {
    this.driver()?.makeReady();
    this.cancel();
  }

  /**
   * Asks it to end: a `CancelledError` is thrown at its open waits, or at its next one. A wait that has its value already
   * gets that first. False when it is done, and then its error, if it has one, counts as seen.
   */
  override cancel(reason?: string): boolean {
    if (this.done()) return this.refuseCancel();
    requestCancel(this.scope, 'cancel', reason ?? null);
    return true;
  }

  /** @internal */
  override cancelBy(request: CancelRequest): boolean {
    if (this.done() || request.cameThrough(this)) return false;
    sendRequest(this.scope, new CancelRequest(this.scope, request.error, request));
    return true;
  }

  /** @internal */
  override begin(driver: Driver): void {
    if (Object.is(driver.owner, this)) driver.refuse(waitsForItself(this.label));
    else super.begin(driver);
  }

  /** How many requests to cancel it are under way: from inside, those of the scopes around the caller count too. */
  cancelling(): number {
    const scope = currentScope();
    return requestCountInAll(scope !== null && scope.owner === this ? scope : this.scope);
  }

  /** Takes one request back; at 0 what was not delivered is withdrawn. Returns how many are left. */
  uncancel(): number {
    if (this.scope.count === 0) return 0;
    const requests = this.scope.requests();
    requests.count -= 1;
    if (requests.count === 0) withdraw(this.scope);
    return requests.count;
  }

  /** An `AbortSignal` for foreign code: aborted when the innermost scope of the caller, or this task, is cancelled. */
  get signal(): AbortSignal {
    const scope = currentScope();
    return signalOf(scope !== null && scope.owner === this ? scope : this.scope);
  }

  /** @throws always: a task's result is what its body returns. */
  override setResult(): void {
    throw new MisuseError('COTASK_TASK_RESULT', `${this.label} gets its result from its body; it cannot be set`);
  }

  /** @throws always: a task's error is what its body throws. */
  override setException(): void {
    throw new MisuseError('COTASK_TASK_RESULT', `${this.label} gets its error from its body; it cannot be set`);
  }

  /** @internal */
  override failure(): unknown {
    if (this.phase === hasError) traceLook(this, this.held);
    return super.failure();
  }

  /** @internal */
  endWithValue(value: T): void {
    this.leave();
    this.settle(hasValue, value);
    this.noteEnd();
  }

  /** @internal */
  endWithError(error: unknown): void {
    const reason = this.scope.last === null ? null : deliveredBy(this.scope, error);
    const cancelled = error instanceof CancelledError ? error : reason;
    if (cancelled === null) traceFailure(this, error);
    this.leave();
    if (cancelled === null) this.settle(hasError, error);
    else this.settle(isCancelledState, cancelled);
    this.noteEnd();
  }

  /** @internal */
  endIfIdle(): void {
    if (this.phase !== pending || !this.scope.empty) return;
    this.leave();
    this.settle(isCancelledState, makeCancelledError(null, 'cancel', this.name));
    this.noteEnd();
  }

  /** What it leaves open becomes an anonymous task of its loop. */
  private leave(): void {
    this.loop.removeTask(this);
    if (this.tagged instanceof NameTag) this.tagged.task = null;
    if (!this.scope.empty) {
      this.scope.parent = this.loop.anonymousScope();
      this.scope.parent.locals = this.scope.locals;
    }
    endScope(this.scope);
  }

  /** Contexts of code that goes on, and of the tasks that it has made, lead to its scope: not to the task and its result. */
  private noteEnd(): void {
    if (hooks.taskEnded !== null) hooks.taskEnded(this);
    this.scope.frame = null;
    this.scope.spare = null;
    this.scope.owner = this.loop.nobody;
  }
}

/** @internal Stands for waits outside any task. */
export class AnonymousTask extends Task<unknown> {
  override get anonymous(): boolean {
    return true;
  }
}
