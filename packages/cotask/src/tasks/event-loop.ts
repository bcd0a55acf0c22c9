/**
 * The event loop as programs see it (asyncio's `AbstractEventLoop`): the scheduler of loop/, and what it takes to make
 * tasks on it, list them, and report what nobody else will.
 */
import type { Context, ContextFrame } from '../host/async-context.ts';
import type { Foreign, Host, SignalName } from '../host/host.ts';
import { pickHost, pickProcessHost } from '../host/pick.ts';
import { MisuseError } from '../errors.ts';
import { holdRejectionFilter, releaseRejectionFilter } from '../host/stray-rejections.ts';
import { Handle } from '../loop/handle.ts';
import type { TimerHandle } from '../loop/handle.ts';
import type { SchedulingPolicy } from '../loop/policies/policy.ts';
import { Scheduler } from '../loop/scheduler.ts';
import { refuseBadGrace, refuseNoFunction, refuseUnknownOptions, shown } from '../options.ts';
import type { Runnable, StepOwner } from '../loop/step.ts';
import { Asyncgens } from './asyncgens.ts';
import type { Asyncgen } from './asyncgens.ts';
import type { Awaitable } from './awaitable.ts';
import { cancelAll, requestCancel } from './cancel.ts';
import { isCoroutineFunction } from './coroutine-functions.ts';
import { context, runningTag } from './current.ts';
import { TaskContext, callInFrame, captureFrame, contextOf, frameWith } from './context.ts';
import { beginNow } from './eager.ts';
import type { TaskFactory } from './eager.ts';
import type { ExceptionContext, ExceptionHandler } from './exception-context.ts';
import { Future } from './future.ts';
import { hooks } from './hooks.ts';
import { LostErrors } from './lost-errors.ts';
import { shown as shownTask } from './name-tag.ts';
import type { Scope } from './scope.ts';
import { tracebackOf } from './places.ts';
import { refuseBadHost, refuseBadPolicy, refuseBadTask, refuseBadTaskOptions } from './loop-refusals.ts';
import { Signals } from './signals.ts';
import { startable } from './startable.ts';
import { waitOpen, waitWoken } from './state.ts';
import { AnonymousTask, Task, noTaskOptions } from './task.ts';
import type { TaskOptions } from './task.ts';
import { TaskList } from './task-list.ts';
import { WrappedFuture } from './wrapped-future.ts';
import { deadlock } from './who-waits.ts';

/** Options of a new loop. */
export interface EventLoopOptions {
  /** What lends the clock and the wake-ups; the platform's own by default. */
  host?: Host;
  /** Which ready task runs next; `fifo()` by default. */
  policy?: SchedulingPolicy;
  /** Debug mode; by default on when the environment says `COTASK_DEBUG=1`. */
  debug?: boolean;
  /**
   * How long, in milliseconds, a task or scope may go on after a cancel that it has swallowed; from then on every wait
   * inside it ends with the cancel. By default for ever.
   */
  graceMs?: number;
}

/** Runs tasks and callbacks, one at a time, on a host. */
export class EventLoop extends Scheduler {
  /** How long a step may hold the loop in debug mode before it is reported, in milliseconds. */
  slowCallbackDuration = 100;
  /** @internal Told when debug mode is turned on or off. */
  debugTurned: (() => void) | null = null;
  /** @internal What debug mode calls an entry of the ready list. */
  nameOfEntry: ((item: Runnable) => string) | null = null;
  /** @internal The grace of scopes that set none; null: for ever. */
  readonly graceMs: number | null;
  /** @internal How many waits are for such a promise. */
  foreignWaits = 0;
  /** @internal The scopes of sources that were asked for an item; one without a wait of ours stands at a foreign promise. */
  readonly pulls: Set<Scope> = new Set();
  /** @internal Failures that nobody has looked at. */
  readonly lostErrors: LostErrors = new LostErrors(this);
  /** @internal How many errors were reported. */
  reports = 0;
  /** @internal The tasks that have not ended. */
  readonly tasks: TaskList = new TaskList();
  #handler: ExceptionHandler | null = null;
  #taskFactory: TaskFactory | null = null;
  /** @internal The signals that it listens to. */
  readonly signals: Signals = new Signals();
  /** @internal The async generators to close at the end. */
  readonly asyncgens: Asyncgens = new Asyncgens();
  /** How many task factories are on the stack. */
  #making = 0;
  /** The eager task that the factory which runs has made: to be begun when it is returned. */
  #toBegin: Task<unknown> | null = null;
  #debug: boolean;
  #byItself = false;
  /** Who is told when a run cannot go on. */
  readonly #ends: Set<(error: unknown) => void> = new Set();
  #stopListening: (() => void) | null = null;
  /** What callbacks run in: the scope of a task that has ended. */
  readonly #outside: Scope;

  constructor(options: EventLoopOptions = {}) {
    refuseUnknownOptions('EventLoop', options, ['host', 'policy', 'debug', 'graceMs']);
    refuseBadGrace('EventLoop', options.graceMs);
    const policy = options.policy ?? null;
    refuseBadPolicy(policy);
    refuseBadHost(options.host);
    super(options.host ?? pickHost(), policy === null || policy.name === 'fifo' ? null : policy);
    this.graceMs = options.graceMs ?? null;
    this.#debug = options.debug ?? pickProcessHost().debug;
    if (this.#debug) this.setDebug(true);
    this.#outside = new AnonymousTask(this, null, { name: 'no task' }, true).scope;
  }

  /** Calls `callback` with `args` in the next iteration, in the context of this call. */
  callSoon<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    this.#refuseBadCallback('callSoon()', callback);
    return noted(
      this.makeHandle(this.captureFrame(), () => callback(...args)),
      callback,
    );
  }

  /** Calls `callback` after `ms` milliseconds; equal deadlines are first come, first served. */
  callLater<A extends unknown[]>(ms: number, callback: (...args: A) => unknown, ...args: A): TimerHandle {
    this.#refuseBadCallback('callLater()', callback);
    return noted(
      this.makeTimer(this.captureFrame(), () => callback(...args), this.time() + ms),
      callback,
    );
  }

  /** Calls `callback` at `when`, in milliseconds of this loop's `time()`. */
  callAt<A extends unknown[]>(when: number, callback: (...args: A) => unknown, ...args: A): TimerHandle {
    this.#refuseBadCallback('callAt()', callback);
    return noted(
      this.makeTimer(this.captureFrame(), () => callback(...args), when),
      callback,
    );
  }

  /** A coroutine that a callback returns is never awaited; that is looked for in debug mode, for it costs. */
  #refuseBadCallback(what: string, callback: unknown): void {
    refuseNoFunction(what, callback);
    if (!this.#debug || !isCoroutineFunction(callback)) return;
    throw new MisuseError(
      'COTASK_BAD_OPTION',
      `${what} takes a plain function, got a coroutine function: a call of it begins nothing, createTask(work()) does`,
    );
  }

  /**
   * Calls `callback` with `args` as a callback of this loop at each signal of that name, in place of the handler that the
   * signal had (asyncio's `add_signal_handler`). While there is a handler the process waits for the signal, and neither
   * `runMain` nor a run that handles signals acts on it. Handlers end with the loop.
   * @throws {MisuseError} `COTASK_BAD_SIGNAL` for a signal that cannot be caught, or is not of this platform.
   */
  addSignalHandler<A extends unknown[]>(signal: SignalName, callback: (...args: A) => unknown, ...args: A): void {
    this.refuseClosed();
    this.#refuseBadCallback('addSignalHandler()', callback);
    const frame = this.captureFrame();
    this.signals.handle(signal, () => this.callInFrame(frame, () => callback(...args)));
  }

  /** Takes the handler of a signal away; false when it has none. */
  removeSignalHandler(signal: SignalName): boolean {
    return this.signals.remove(signal);
  }

  /**
   * Has an async generator closed when the run ends, if it was not by then; returns it. `for await` closes a generator at
   * once, so this is for those whose `next()` is called by hand.
   */
  trackAsyncgen<G extends Asyncgen>(generator: G): G {
    this.asyncgens.add(generator);
    return generator;
  }

  /** Closes the async generators that are tracked; what one of them throws is reported (asyncio's `shutdown_asyncgens`). */
  shutdownAsyncgens(): Future<void> {
    const message = 'an async generator failed when it was closed:';
    const closed = this.asyncgens.close((exception) => this.callExceptionHandler({ message, exception }));
    return new WrappedFuture(this, closed, null);
  }

  /** @internal */
  callInFrame(frame: ContextFrame, call: () => void): void {
    if (!this.isClosed()) this.makeHandle(frame, call);
    else
      this.callExceptionHandler({
        message: 'a future of this closed event loop is done; its callbacks are not called',
      });
  }

  /** @internal */
  captureFrame(): ContextFrame {
    return captureFrame();
  }

  /** A future of this loop; `label` is what it says in lists of who waits for what. */
  createFuture<T>(label?: string): Future<T> {
    const about = label ?? runningTag();
    return new Future<T>(about === null ? { loop: this } : { loop: this, label: about });
  }

  /**
   * Makes a task of a coroutine and puts it at the end of the ready list; nothing of it runs now, unless it is `eager`.
   * @throws {MisuseError} `COTASK_NOT_A_COROUTINE` for what cannot be awaited, and for a task or future, `COTASK_LOOP_CLOSED`;
   * `COTASK_NOT_A_TASK`, `COTASK_WRONG_LOOP` when the task factory returns something else.
   */
  createTask<T>(coro: Awaitable<T>, options: TaskOptions = noTaskOptions): Task<T> {
    this.refuseClosed();
    if (options !== noTaskOptions) refuseBadTaskOptions(options);
    // To the class, null is a task without a body; from a program it is a slip.
    if (coro === null) startable<T>(coro);
    const factory = this.#taskFactory;
    return factory === null && options.eager !== true
      ? new Task<T>(this, coro, options)
      : this.#makeTask(factory ?? newTask, coro, options);
  }

  #makeTask<T>(factory: TaskFactory, coro: Awaitable<T>, options: TaskOptions): Task<T> {
    const outer = this.#handToBegin(null);
    let task: Task<T> | null = null;
    let stray: Task<unknown> | null = null;
    this.#making += 1;
    try {
      task = factory(this, coro, options);
    } finally {
      this.#making -= 1;
      const made = this.#handToBegin(outer);
      if (made !== task) {
        stray = made;
        made?.neverBegin();
      }
    }
    refuseBadTask(this, task, stray);
    beginNow(task);
    return task;
  }

  #handToBegin(next: Task<unknown> | null): Task<unknown> | null {
    const made = this.#toBegin;
    this.#toBegin = next;
    return made;
  }

  /** @internal True when whoever makes this eager task begins it. */
  begins(task: Task<unknown>): boolean {
    if (this.#making === 0 || this.#toBegin !== null || !this.isRunning()) return false;
    this.#toBegin = task;
    return true;
  }

  /**
   * Has every task of this loop made by `factory(loop, coro, options)`, which returns a task (asyncio's
   * `set_task_factory`); null makes plain ones again.
   */
  setTaskFactory(factory: TaskFactory | null): void {
    if (factory !== null) refuseNoFunction('setTaskFactory()', factory);
    this.#taskFactory = factory;
  }

  /** The task factory, or null. */
  getTaskFactory(): TaskFactory | null {
    return this.#taskFactory;
  }

  /** The tasks that are ready to run, in the order in which they became ready. */
  readyTasks(): Task<unknown>[] {
    const ready = new Set<Task<unknown>>();
    for (const step of this.readySteps()) if (step.owner instanceof Task) ready.add(shownTask(step.owner));
    return [...ready];
  }

  /** The tasks that wait, in the order in which they were made. */
  waitingTasks(): Task<unknown>[] {
    return this.tasks.all().filter((task) => task.state === 'waiting');
  }

  /** @internal */
  removeTask(task: Task<unknown>): void {
    this.tasks.delete(task);
    this.ownerEnded(task);
  }

  /** @internal The root scope of a new task without a body, for waits outside any task. */
  anonymousScope(): Scope {
    return new AnonymousTask(this, null, {}).scope;
  }

  /** Replaces the default report of errors that nobody else will see; null puts it back. */
  setExceptionHandler(handler: ExceptionHandler | null): void {
    if (handler !== null && typeof handler !== 'function') {
      throw new MisuseError('COTASK_BAD_OPTION', `an exception handler is a function or null, got ${shown(handler)}`);
    }
    this.#handler = handler;
  }

  /** The handler that replaces the default report, or null. */
  getExceptionHandler(): ExceptionHandler | null {
    return this.#handler;
  }

  /** Reports through the exception handler; a handler that throws is reported by the default one. */
  callExceptionHandler(report: ExceptionContext): void {
    if ('exception' in report) this.reports += 1;
    if (this.#handler === null) {
      this.defaultExceptionHandler(report);
      return;
    }
    try {
      this.#handler(this, report);
    } catch (error) {
      const message = 'the exception handler of this loop failed';
      this.defaultExceptionHandler({ message, exception: error, context: report });
    }
  }

  /** Prints the report to standard error. */
  defaultExceptionHandler(report: ExceptionContext): void {
    console.error(`cotask: ${report.message}`, ...('exception' in report ? [report.exception] : []));
    if (report.context !== undefined) this.defaultExceptionHandler(report.context);
  }

  /** True in debug mode. */
  getDebug(): boolean {
    return this.#debug;
  }

  /** Turns debug mode on or off: see the guide for what it reports. What a run watches it begins to watch a moment later. */
  setDebug(debug: boolean): void {
    this.#debug = debug;
    this.timed = debug ? (item, ms) => this.#reportSlow(item, ms) : null;
    this.debugTurned?.();
  }

  /** @internal */
  callOutside(frame: ContextFrame, fn: () => void): void {
    callInFrame(frame, this.#outside, fn);
    context.assume(this.#outside);
  }

  /** @internal */
  contextOf(frame: ContextFrame): Context {
    return contextOf(frame);
  }

  /** @internal Whose the scopes of ended tasks are. */
  get nobody(): Task<unknown> {
    return this.#outside.owner;
  }

  /** @internal The context of a task that has ended, without the task. */
  frameWithout(task: Task<unknown>): ContextFrame | null {
    const { origin, scope } = task;
    if (origin === null) return null;
    const bare = frameWith(origin, this.#outside);
    return scope.locals === null ? bare : new TaskContext(bare, scope.locals);
  }

  /** @internal */
  handleFailed(handle: Handle, error: unknown): void {
    this.callExceptionHandler({ message: 'a callback failed', exception: error, handle, ...tracebackOf(handle) });
  }

  protected stuck(): void {
    this.#judge();
  }

  protected stepFailed(error: unknown): void {
    this.callExceptionHandler({ message: 'something in the event loop failed:', exception: error });
  }

  protected broken(error: unknown): void {
    if (this.#ends.size === 0) this.callExceptionHandler({ message: 'the event loop cannot go on:', exception: error });
    else this.#endTasks(error);
  }

  protected foreign(standing: ReadonlySet<StepOwner>): Foreign {
    if (this.foreignWaits > 0 || this.signals.size > 0 || this.tasks.standOutside()) return 'yes';
    for (const scope of this.pulls) if (!scope.hasOpenWaits()) return 'yes';
    let answer: Foreign = 'no';
    for (const owner of standing) {
      if (!(owner instanceof Task) || !owner.scope.hasOpenWaits()) return 'yes';
      answer = 'maybe';
    }
    return answer;
  }

  /** Runs until `stop()` is called. */
  runForever(): Promise<void> {
    return new Promise((resolve) => this.start(resolve));
  }

  /**
   * Runs until `awaitable` is done and gives its result. JavaScript cannot block its thread, so this is a promise.
   * @throws {MisuseError} `COTASK_LOOP_STOPPED` when the loop was stopped first, {@link DeadlockError} when nothing can
   * wake its tasks any more.
   */
  async runUntilComplete<T>(awaitable: Awaitable<T>): Promise<T> {
    this.refuseClosed();
    if (this.isRunning() && !this.#byItself)
      throw new MisuseError('COTASK_LOOP_RUNNING', 'this event loop is already running');
    const future = awaitable instanceof Future ? awaitable : this.createTask(awaitable);
    const failures: unknown[] = [];
    const giveUp = Promise.withResolvers<void>();
    const stopWatching = this.watchEnd((error) => {
      // A body at a foreign promise does not hear of the cancel: the second time there is nothing to wait for.
      if (failures.push(error) === 1) return;
      if (this.#byItself) giveUp.resolve();
      else this.stop();
    });
    try {
      if (this.#byItself) await Promise.race([this.#whenDone(future), giveUp.promise]);
      else await this.#runUntilDone(future);
    } finally {
      stopWatching();
    }
    if (failures.length > 0) throw failures[0];
    if (!future.done())
      throw new MisuseError('COTASK_LOOP_STOPPED', `the event loop was stopped before ${future.label} was done`);
    return resultOf(future);
  }

  /** Ends it: what is still scheduled is dropped, and failures that nobody has looked at are reported. */
  override close(): void {
    if (this.#byItself && this.inFlight !== null) {
      throw new MisuseError(
        'COTASK_LOOP_RUNNING',
        `${this.inFlight.name} runs on this event loop; close it when that has ended`,
      );
    }
    if (this.#byItself) this.halt();
    const wasClosed = this.isClosed();
    if (!this.isRunning()) this.#endOutsideWaits();
    super.close();
    if (wasClosed) return;
    this.signals.close();
    this.#stopWatching();
    if (this.#byItself) releaseRejectionFilter();
    this.lostErrors.reportAll();
  }

  /** @internal */
  start(stopped: () => void): void {
    this.begin(() => {
      context.assume(undefined);
      releaseRejectionFilter();
      stopped();
    });
    holdRejectionFilter();
  }

  /** @internal Runs by itself from now on, while it has work: the thread's default loop. */
  runByItself(): this {
    this.#byItself = true;
    holdRejectionFilter();
    this.begin(null);
    this.#stopListening ??= this.host.onExhausted(() => this.#exhausted());
    return this;
  }

  /**
   * @internal Tells `ended` when the run cannot go on: the host says that nothing can come any more while tasks wait (a
   * deadlock), or the policy failed. Every task has been cancelled by then.
   */
  watchEnd(ended: (error: unknown) => void): () => void {
    this.#stopListening ??= this.host.onExhausted(() => this.#exhausted());
    this.#ends.add(ended);
    return () => {
      this.#ends.delete(ended);
      if (this.#ends.size === 0 && !this.#byItself) this.#stopWatching();
    };
  }

  #stopWatching(): void {
    this.#stopListening?.();
    this.#stopListening = null;
  }

  /** One turn more, so that the platform asks again: a task at a foreign promise does not hear of its cancel. */
  #exhausted(): void {
    if (this.#byItself) this.lostErrors.reportAll();
    if (this.#judge()) this.host.turn(() => {});
  }

  #judge(): boolean {
    const stuck = this.#ends.size > 0 && this.tasks.count > 0 && !this.hasWork;
    if (stuck) this.#endTasks(deadlock(this.tasks.all()));
    return stuck;
  }

  #endTasks(error: unknown): void {
    cancelAll(this.tasks.all(), 'deadlock', error instanceof Error ? error.message : String(error));
    for (const ended of this.#ends) ended(error);
  }

  /** Nothing runs on a closed loop, so those who wait outside any task are told now; that only settles their promises. */
  #endOutsideWaits(): void {
    for (const task of this.tasks.all()) {
      if (!task.anonymous) continue;
      const request = requestCancel(task.scope, 'shutdown', null);
      for (const wait of task.scope.waits()) {
        if (wait.state === waitOpen && wait.future !== null) wait.giveUp(wait.future, request);
        if (wait.state === waitWoken) wait.run();
      }
    }
  }

  #whenDone(future: Future<unknown>): Promise<void> {
    return new Promise((resolve) => {
      if (future.done()) resolve();
      else future.addWaiter({ looks: true, wake: () => resolve() });
    });
  }

  #runUntilDone(future: Future<unknown>): Promise<void> {
    const stop = (): boolean => {
      this.stop();
      return true;
    };
    const waiter = { looks: true, wake: (): void => this.ready({ owner: null, run: stop }) };
    if (future.done()) waiter.wake();
    else future.addWaiter(waiter);
    return this.runForever().finally(() => future.removeWaiter(waiter));
  }

  #reportSlow(item: Runnable, ms: number): void {
    if (ms < this.slowCallbackDuration) return;
    const { owner } = item;
    const who = this.nameOfEntry?.(item) ?? (owner === null ? 'a callback' : `task "${owner.name}"`);
    const message = `${who} held the event loop for ${ms.toFixed(0)} ms: nothing else could run meanwhile`;
    const about = owner instanceof Task ? { task: owner } : item instanceof Handle ? { handle: item } : {};
    this.callExceptionHandler({ message, ...about });
  }
}

function newTask<T>(loop: EventLoop, coro: Awaitable<T>, options: TaskOptions): Task<T> {
  return new Task<T>(loop, coro, options);
}

function noted<H extends Handle>(handle: H, callback: (...args: never) => unknown): H {
  if (hooks.handleMade !== null) hooks.handleMade(handle, callback);
  return handle;
}

/** A future's result, without making it a wait of the code that asks. */
function resultOf<T>(future: Future<T>): T {
  return future.outcome();
}
