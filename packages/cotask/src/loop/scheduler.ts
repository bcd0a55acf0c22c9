/**
 * The loop proper: two lists and a clock. It runs what is ready, moves due timers to the ready list, and sleeps in its
 * host when there is nothing to do. It knows steps and handles, not tasks; `EventLoop` (in tasks/) adds those.
 *
 * One iteration moves due timers to the ready list and runs what was ready when it began; what that adds runs in the next
 * iteration. A step that goes on in microtasks is in flight: the loop holds until its next wait registers (`stepEnded`),
 * or until the microtasks have drained without one (it stands at a foreign promise: a stall).
 */
import type { Context, ContextFrame } from '../host/async-context.ts';
import type { Foreign, Host } from '../host/host.ts';
import { MisuseError } from '../errors.ts';
import { shown } from '../options.ts';
import { Arrangement } from './arrangement.ts';
import { Handle, TimerHandle } from './handle.ts';
import type { HandleLoop } from './handle.ts';
import type { SchedulingPolicy } from './policies/policy.ts';
import { ReadyList } from './ready-list.ts';
import { isStep } from './step.ts';
import type { Runnable, Step, StepOwner } from './step.ts';
import { Timers } from './timers.ts';
import type { Timer } from './timers.ts';

/** After this many milliseconds of work the host's own I/O gets a turn. */
const stretchMs = 4;
/** The clock is read once in so many steps: a read costs as much as a switch. */
const stepsPerClockRead = 64;
/** A loop with so many errors of its own is broken. */
const mostErrors = 100;
/** So many steps as run between two reads must take no longer than this to be called quick. */
const quickMs = 0.5;

/** Runs handles and steps on a host. */
export abstract class Scheduler implements HandleLoop {
  /** How many iterations have begun. */
  iteration = 0;
  /** @internal The time in whole milliseconds when it was last read: a few milliseconds ago at most. */
  clock = 0;
  /** @internal */
  readonly host: Host;
  /** What the scheduling policy chose for this iteration; null: first come, first served. */
  readonly #arrangement: Arrangement | null;
  readonly #ready = new ReadyList();
  readonly #timers = new Timers();
  /** How many entries of this iteration have not run yet. */
  #left = 0;
  /** Whose step is running, or goes on in microtasks. */
  #inFlight: StepOwner | null = null;
  #running = false;
  #stopping = false;
  #oneRound = false;
  #closed = false;
  /** True while `#spin` is on the stack. */
  #spinning = false;
  /** True while a wake-up is on its way, a step is in flight or the loop spins. */
  #awake = false;
  #drainArmed = false;
  #stretchEnd = 0;
  /** How many steps may run before the clock is read again, and how many that were the last time. */
  #budget = 1;
  #span = 1;
  #lastRead = 0;
  #onStop: (() => void) | null = null;
  /** Whose body stood at a promise that is not the loop's own when the microtasks had drained, and has not been seen since. */
  readonly #standing: Set<StepOwner> = new Set();
  /** True when code ran, since the host was last asked for time, that may go on in microtasks the loop does not hold for. */
  #touched = false;
  /** How many errors of its own the loop has gone over. */
  #errors = 0;
  /** Whose nested step goes on in microtasks: the loop holds for it when the step around it is over. */
  #nested: StepOwner | null = null;
  /** In debug mode: what is being timed. */
  #flight: { readonly item: Runnable; readonly start: number } | null = null;
  /** On a host whose time jumps: the microtasks are being drained first; only the newest drain counts. */
  #draining = false;
  #drains = 0;

  protected constructor(host: Host, policy: SchedulingPolicy | null) {
    this.host = host;
    this.#arrangement = policy === null ? null : new Arrangement(policy, (error) => this.broken(error));
  }

  /** The loop's clock: milliseconds since some fixed moment, never going back. */
  time(): number {
    return this.host.now();
  }

  isRunning(): boolean {
    return this.#running;
  }

  isClosed(): boolean {
    return this.#closed;
  }

  /** @internal Puts an entry at the end of the ready list. */
  ready(item: Runnable): void {
    this.#ready.push(item);
    if (!this.#awake && this.#running) this.#wakeSoon();
  }

  /** @internal Puts a step at the end of the ready list. */
  readyStep(step: Step): void {
    step.readyAt = this.iteration;
    this.ready(step);
  }

  /** @internal */
  addTimer(timer: Timer): void {
    if (!this.#timers.add(timer)) return;
    if (!this.#awake && this.#running) this.#wakeSoon();
  }

  /** @internal */
  timerDropped(): void {
    this.#timers.noteDropped();
  }

  /** @internal */
  get hasWork(): boolean {
    return this.#hasReady() || this.#left > 0 || this.#inFlight !== null || this.#timers.next() !== null;
  }

  /** @internal Grows with whatever is scheduled while nothing runs. */
  get scheduled(): number {
    return this.#ready.size + this.#timers.count;
  }

  /** @internal The owner whose step is running or in flight. */
  get inFlight(): StepOwner | null {
    return this.#inFlight;
  }

  /** @internal The steps that are ready, longest-waiting first. */
  protected readySteps(): Step[] {
    const rest = this.#arrangement === null ? [] : this.#arrangement.rest();
    return [...rest, ...this.#ready.items()].filter(isStep);
  }

  /** @internal */
  protected makeHandle(frame: ContextFrame, call: () => void): Handle {
    this.refuseClosed();
    const handle = new Handle(this, frame, call);
    this.ready(handle);
    return handle;
  }

  /** @internal */
  protected makeTimer(frame: ContextFrame, call: () => void, when: number): TimerHandle {
    this.refuseClosed();
    if (typeof when !== 'number' || Number.isNaN(when)) {
      throw new MisuseError('COTASK_BAD_TIME', `a timer needs a time in milliseconds, got ${shown(when)}`);
    }
    const timer = new CountedTimer(this, frame, call, when);
    this.addTimer(timer);
    return timer;
  }

  protected refuseClosed(): void {
    if (this.#closed) throw new MisuseError('COTASK_LOOP_CLOSED', 'this event loop is closed; make a new one');
  }

  /** @internal */
  abstract callOutside(frame: ContextFrame, fn: () => void): void;
  /** @internal */
  abstract contextOf(frame: ContextFrame): Context;
  /** @internal */
  abstract handleFailed(handle: Handle, error: unknown): void;
  /** An entry of the ready list threw, which none of the runtime's own does. */
  protected abstract stepFailed(error: unknown): void;
  /** Something that the loop leans on has failed: the run is to end with this error. */
  protected abstract broken(error: unknown): void;
  /** Nothing is ready, there is no timer, and nothing else can come. */
  protected abstract stuck(): void;
  /** Whether some task waits for a promise that is not the loop's own, given those that stood at one when last seen. */
  protected abstract foreign(standing: ReadonlySet<StepOwner>): Foreign;
  /** Told in debug mode how long each entry held the loop. */
  protected timed: ((item: Runnable, ms: number) => void) | null = null;

  /** Begins to run; `stopped` is called at the end of the iteration in which `stop` was called. */
  protected begin(stopped: (() => void) | null): void {
    this.refuseClosed();
    if (this.#running) throw new MisuseError('COTASK_LOOP_RUNNING', 'this event loop is already running');
    this.#running = true;
    this.#oneRound = this.#stopping;
    this.#onStop = stopped;
    this.#readClock();
    if (!this.#awake) this.#wakeSoon();
  }

  /** Ends the run at the end of the current iteration (asyncio's `stop`). */
  stop(): void {
    this.#stopping = true;
    if (this.#running && !this.#awake) this.#wakeSoon();
  }

  /**
   * Drops what is still scheduled; nothing runs on this loop any more. Closing twice does nothing.
   * @throws {MisuseError} `COTASK_LOOP_RUNNING` while the loop runs.
   */
  close(): void {
    if (this.#running) throw new MisuseError('COTASK_LOOP_RUNNING', 'stop the event loop before closing it');
    this.#closed = true;
    this.#ready.clear();
    this.#timers.clear();
    this.#arrangement?.clear();
    this.#left = 0;
    this.host.release();
  }

  /** @internal Ends a run that needs no `stop`: the thread's default loop when it is replaced. */
  protected halt(): void {
    this.#running = false;
    this.host.release();
  }

  /**
   * @internal The step of `owner` has reached its next wait, or its end. When nothing but the loop's own code is on the
   * stack (`direct`), the loop goes on at once; else it may only settle the promise of the next async wait, and goes on
   * in the next microtask.
   */
  stepEnded(owner: StepOwner, direct: boolean): void {
    if (this.#inFlight !== owner) {
      this.#seen(owner);
      return;
    }
    this.#inFlight = null;
    if (this.timed !== null) this.#endTiming(this.timed);
    if (this.#spinning) return;
    if (direct) this.#spin();
    else if (!this.#settleNext()) this.host.soon(this.#go);
  }

  /**
   * @internal Runs a step now, inside the one that runs: a task's first, begun eagerly. One that goes on in microtasks
   * counts as standing at a foreign promise until it is seen again.
   */
  runNested(step: Step): void {
    const { owner } = step;
    const outer = this.#inFlight;
    const spinning = this.#spinning;
    this.#inFlight = owner;
    this.#spinning = true;
    try {
      if (step.run()) return;
    } finally {
      this.#inFlight = outer;
      this.#spinning = spinning;
    }
    this.#touched = true;
    this.#nested = owner;
    this.#standing.add(owner);
  }

  #seen(owner: StepOwner): void {
    if (this.#nested === owner) this.#nested = null;
    if (this.#standing.size > 0) this.#standing.delete(owner);
  }

  readonly #go = (): void => {
    if (this.#inFlight === null) this.#spin();
  };

  readonly #goAfterTurn = (): void => {
    this.#stretchEnd = 0;
    this.#go();
  };

  /** 147 ns a switch against 239 when every wake waits for a microtask of its own. */
  #settleNext(): boolean {
    if (this.#left === 0 || this.timed !== null || this.#arrangement !== null || --this.#budget <= 0) return false;
    const next = this.#ready.peek();
    if (next === null || !isStep(next) || !next.settlesOnly()) return false;
    this.#ready.shift();
    this.#left -= 1;
    this.#inFlight = next.owner;
    if (next.run()) {
      this.#inFlight = null;
      return false;
    }
    this.#armDrain();
    return true;
  }

  #wakeSoon(): void {
    this.#awake = true;
    this.#stretchEnd = 0;
    this.host.soon(this.#go);
  }

  readonly #wakeFromIdle = (): void => {
    if (this.#awake || !this.#running) return;
    this.#awake = true;
    this.#stretchEnd = 0;
    this.#readClock();
    this.#go();
  };

  #spin(): void {
    if (!this.#spinning && this.#running) this.host.inRoot(this.#turnAround);
  }

  readonly #turnAround = (): void => {
    this.#spinning = true;
    try {
      while (this.#runIteration() && this.#beginIteration());
    } catch (error) {
      this.#recover(error);
    } finally {
      this.#spinning = false;
    }
  };

  /** An error of the loop's own, or of its host's, is reported and the loop goes on; one that comes again and again ends it. */
  #recover(error: unknown): void {
    this.#inFlight = null;
    this.#errors += 1;
    if (this.#errors > mostErrors) this.#running = false;
    else this.host.turn(this.#goAfterTurn);
    if (this.#errors > mostErrors) this.broken(error);
    else this.stepFailed(error);
  }

  /** Runs what is left of the iteration; false when the loop must leave the stack first. */
  #runIteration(): boolean {
    while (this.#left > 0) {
      if (--this.#budget <= 0 && this.#stretchIsOver()) {
        this.host.turn(this.#goAfterTurn);
        return false;
      }
      this.#left -= 1;
      const item = this.#take();
      if (item === null) continue;
      const owner = item.owner;
      this.#inFlight = owner;
      const ended = this.timed === null ? item.run() : this.#runTimed(item, this.timed);
      if (!ended) this.#touched = true;
      if (!ended && this.#inFlight !== null) {
        this.#armDrain();
        return false;
      }
      this.#inFlight = null;
      if (owner === null) this.#touched = true;
      if (this.#nested !== null) {
        this.#holdFor(this.#nested);
        return false;
      }
    }
    return true;
  }

  /** The body of a nested step was begun within the step that is over now; its own ends in microtasks. */
  #holdFor(owner: StepOwner): void {
    this.#seen(owner);
    this.#inFlight = owner;
    this.#armDrain();
  }

  /** @internal Code goes on in microtasks that the loop does not hold for. */
  goesOnUnseen(): void {
    this.#touched = true;
  }

  /** @internal An owner has ended. */
  protected ownerEnded(owner: StepOwner): void {
    this.#seen(owner);
  }

  /** A step that goes on in microtasks is timed until it is over, or they have drained. */
  #runTimed(item: Runnable, timed: (item: Runnable, ms: number) => void): boolean {
    const start = this.host.now();
    this.#flight = { item, start };
    const ended = item.run();
    if (ended) this.#endTiming(timed);
    return ended;
  }

  #endTiming(timed: (item: Runnable, ms: number) => void): void {
    const flight = this.#flight;
    this.#flight = null;
    if (flight !== null) timed(flight.item, this.host.now() - flight.start);
  }

  /** Asked after a number of steps that doubles while they are quick, so that slow steps are noticed one by one. */
  #stretchIsOver(): boolean {
    const now = this.#readClock();
    if (this.#stretchEnd === 0) this.#stretchEnd = now + stretchMs;
    const quick = now - this.#lastRead < quickMs;
    this.#lastRead = now;
    this.#span = quick ? Math.min(this.#span * 2, stepsPerClockRead) : 1;
    this.#budget = this.#span;
    return now > this.#stretchEnd;
  }

  #hasReady(): boolean {
    return this.#ready.size > 0 || (this.#arrangement !== null && this.#arrangement.hasKept);
  }

  #take(): Runnable | null {
    return this.#arrangement === null ? this.#ready.shift() : this.#arrangement.take();
  }

  /** Moves due timers to the ready list and takes the snapshot; false when the loop sleeps or stops. */
  #beginIteration(): boolean {
    if (this.#stopping && !this.#hasRoundLeft()) return this.#stopNow();
    if (!this.#hasReady() && !this.#idle()) return false;
    if (!this.#timers.empty) this.#moveDueTimers();
    if (!this.#hasReady()) return this.#beginIteration();
    this.iteration += 1;
    this.#left = this.#arrangement === null ? this.#ready.size : this.#arrangement.begin(this.#ready, this.iteration);
    return true;
  }

  /** A loop that was stopped before it ran runs what is ready, once. */
  #hasRoundLeft(): boolean {
    if (!this.#oneRound) return false;
    this.#oneRound = false;
    this.#moveDueTimers();
    return this.#hasReady();
  }

  #readClock(): number {
    const now = this.host.now();
    this.clock = Math.trunc(now);
    return now;
  }

  #moveDueTimers(): void {
    const time = this.#readClock() + this.host.resolution;
    for (let timer = this.#timers.takeDue(time); timer !== null; timer = this.#timers.takeDue(time))
      this.#ready.push(timer);
  }

  #idle(): boolean {
    if (this.host.jumps && (this.#touched || this.#draining)) return this.#drainFirst();
    const answer = this.host.idle(this.#timers.next(), this.#wakeFromIdle, this.foreign(this.#standing));
    if (answer === 'now') return true;
    this.#awake = false;
    if (answer === 'never') this.stuck();
    return false;
  }

  /** Time must not jump, nor a deadlock be judged, before what runs in microtasks has had its say. */
  #drainFirst(): boolean {
    this.#awake = false;
    if (!this.#touched) return false;
    this.#touched = false;
    this.#draining = true;
    const drain = ++this.#drains;
    this.host.drained(() => {
      if (drain !== this.#drains) return;
      this.#draining = false;
      this.#wakeFromIdle();
    });
    return false;
  }

  #stopNow(): boolean {
    this.#stopping = false;
    this.#running = false;
    this.#awake = false;
    this.host.release();
    const stopped = this.#onStop;
    this.#onStop = null;
    stopped?.();
    return false;
  }

  #armDrain(): void {
    if (this.#drainArmed) return;
    this.#drainArmed = true;
    this.host.drained(this.#drained);
  }

  /** The microtasks have drained: what is still in flight stands at a foreign promise. */
  readonly #drained = (): void => {
    this.#drainArmed = false;
    if (this.#inFlight === null) return;
    if (this.timed !== null) this.#endTiming(this.timed);
    this.#standing.add(this.#inFlight);
    this.#inFlight = null;
    this.#spin();
  };
}

/** A timer that tells its loop when it is cancelled. */
class CountedTimer extends TimerHandle {
  readonly #scheduler: Scheduler;

  constructor(loop: Scheduler, frame: ContextFrame, call: () => void, when: number) {
    super(loop, frame, call, when);
    this.#scheduler = loop;
  }

  override cancel(): void {
    if (this.cancelled()) return;
    super.cancel();
    this.#scheduler.timerDropped();
  }
}
