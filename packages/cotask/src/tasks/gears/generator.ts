/**
 * The generator gear: the loop resumes the body itself, so that every step is exact. A driver resumes one body and is its
 * one open wait, used again and again: a switch allocates nothing but the iterator of what is waited for.
 *
 * A body whose function was async has no steps of its own here: its driver only follows the promise, and goes on in the
 * very microtask in which that settles.
 */
import type { CancelledError } from '../../errors.ts';
import { MisuseError } from '../../errors.ts';
import type { ContextFrame } from '../../host/async-context.ts';
import { isThenable } from '../awaitable.ts';
import type { Awaitable, Body } from '../awaitable.ts';
import { context, current } from '../current.ts';
import { hooks } from '../hooks.ts';
import { OpenWait, Wait } from '../park.ts';
import { openScope } from '../scope.ts';
import type { Scope } from '../scope.ts';
import type { Task } from '../task.ts';
import { waitEnded, waitIdle, waitTurned, waitWoken } from '../state.ts';
import type { Reject, Resolve } from './async.ts';
import { Startable } from './gear.ts';
import type { Driver } from './gear.ts';

/** How deep in answering mistakes the stack is. */
let mistakes = 0;
const mostMistakes = 100;

/** Private methods of TypeScript's: each class with `#` methods costs every instance 8 bytes. */
abstract class BodyDriver<T> extends OpenWait implements Driver {
  declare protected body: Iterator<Wait, T, unknown> | null;

  constructor(scope: Scope) {
    super(scope);
    this.body = null;
    scope.addWait(this);
  }

  /** The scope in which the body was begun. */
  protected abstract readonly home: Scope;
  protected abstract succeed(value: T): void;
  protected abstract fail(error: unknown): void;
  /** @internal True when the step is over for the loop; false when the task goes on in microtasks. */
  abstract stepIsOver(): boolean;

  settlesOnly(): boolean {
    return false;
  }

  run(): boolean {
    this.inContext(this.arrive());
    return this.leaveStep();
  }

  /** Takes a step in the context of the body. */
  protected abstract inContext(thrown: CancelledError | null): void;

  /** An argument to `runInAsyncScope` would cost every switch an array. */
  protected stepIn(frame: ContextFrame, thrown: CancelledError | null): void {
    if (thrown === null) frame.runInAsyncScope(this.goOn, this);
    else frame.runInAsyncScope(this.step, this, thrown);
  }

  private goOn(): void {
    this.step(null);
  }

  /** Code that goes on in microtasks belongs to this scope also where no context is carried. */
  private leaveStep(): boolean {
    const over = this.stepIsOver();
    if (!over) context.assume(this.scope);
    return over;
  }

  proceed(): void {
    const { owner } = this;
    this.inContext(null);
    if (this.leaveStep()) owner.loop.stepEnded(owner, true);
  }

  /** Called while the body is being resumed, in place of a wait. */
  refuse(error: unknown): void {
    if (this.body !== null) this.resume(this.body, error, true);
  }

  /** It waits, or the driver below it does, to which it has handed on. */
  protected stands(): boolean {
    return this.state !== waitIdle || (this.body instanceof HandedOn && this.body.below.stepIsOver());
  }

  /** @internal Another driver goes on with a part of its body. */
  handOn(part: Part<unknown>): void {
    const { body } = this;
    const below = new PartDriver(this.scope, this, part);
    if (body !== null) this.body = new HandedOn(body, below);
    below.begin();
  }

  /** Goes on after parts that were done at once, in a loop: a body may have thousands of them, one after the other. */
  private goOnAfterParts(): void {
    while (this.state === waitIdle && this.body instanceof HandedOn && this.body.below.state === waitEnded) {
      const { rest } = this.body;
      this.body = rest;
      this.resume(rest, null, false);
    }
  }

  /** @internal The part is done, in this very step. */
  takeBack(): void {
    if (this.body instanceof HandedOn) this.body = this.body.rest;
    this.inContext(null);
  }

  protected step(thrown: CancelledError | null): void {
    const body = this.body;
    if (thrown !== null) this.state = waitIdle;
    if (body !== null) this.resume(body, thrown, thrown !== null);
    if (this.state === waitIdle) this.goOnAfterParts();
  }

  turned(): boolean {
    if (this.state !== waitTurned) return false;
    this.state = waitIdle;
    return true;
  }

  /** Takes what the function returned: a generator body is resumed at once, a promise is followed. */
  protected runBody(body: Body<T>): void {
    const steps = stepsOf(body);
    if (steps === null) this.follow(body);
    else {
      this.body = steps;
      this.resume(steps, null, false);
      this.goOnAfterParts();
    }
  }

  private follow(body: Body<T>): void {
    if (!isThenable(body)) return;
    void body.then(
      (value) => this.end(() => this.succeed(value)),
      (error: unknown) => this.end(() => this.fail(error)),
    );
  }

  protected resume(body: Iterator<Wait, T, unknown>, sent: unknown, isError: boolean): void {
    const outer = current.driver;
    let result: IteratorResult<Wait, T>;
    current.driver = this;
    current.resumes += 1;
    try {
      result = isError ? throwInto(body, sent) : body.next();
    } catch (error) {
      this.fail(error);
      return;
    } finally {
      current.driver = outer;
      current.resumes += 1;
    }
    if (result.done === true) this.succeed(result.value);
    else this.waitFor(body, result.value);
  }

  protected leaveScope(): void {
    this.state = waitEnded;
    this.body = null;
    this.scope.removeWait(this);
    if (this.owner.anonymous) this.owner.endIfIdle();
  }

  private waitFor(body: Iterator<Wait, T, unknown>, yielded: unknown): void {
    const from = current.yieldedFrom ?? this.home;
    current.yieldedFrom = null;
    if (from !== this.scope) this.enter(from);
    const { handed } = current;
    current.handed = null;
    if (handed !== null && handed === yielded) handed.begin(this);
    else this.throwMistake(body, yieldedByMistake(yielded));
  }

  /** A body that catches the error and yields by mistake again and again is ended with it. */
  private throwMistake(body: Iterator<Wait, T, unknown>, error: MisuseError): void {
    if (mistakes >= mostMistakes) {
      this.fail(error);
      return;
    }
    mistakes += 1;
    try {
      this.resume(body, error, true);
    } finally {
      mistakes -= 1;
    }
  }

  /** From now on it waits in another scope of its task; in place of one that has ended, in the nearest around it. */
  private enter(scope: Scope): void {
    const open = openScope(scope) ?? this.owner.scope;
    if (open === this.scope) return;
    this.scope.removeWait(this);
    open.addWait(this);
    this.scope = open;
    this.owner = open.owner;
  }

  private end(end: () => void): void {
    const { owner } = this;
    if (context.carried) end();
    else context.run(this.home, end);
    if (this.leaveStep()) owner.loop.stepEnded(owner, true);
  }
}

/** So many steps of a task are taken in its maker's context, in which its scope is put for the step. */
const fewSteps = 2;

/** Drives a task's own body. */
export class TaskDriver<T> extends BodyDriver<T> {
  /** The context that it keeps; until there is one, how many steps it has taken. */
  declare private frame: ContextFrame | number;

  /** The coroutine that it will begin, or null once it has. It lies in the place of the result: 8 bytes a task. */
  get source(): Startable<T> | null {
    const { held } = this.owner;
    return held instanceof Startable ? held : null;
  }

  constructor(task: Task<T>, source: Startable<T>) {
    super(task.scope);
    this.frame = 0;
    task.held = source;
  }

  /**
   * A context of its own is kept only from the third step on: 950 ns and 264 bytes a task where many are alive, for a table
   * that outlives collections. To enter its maker's is 140 ns a step, and of a crowd of tasks most wait once.
   */
  protected inContext(thrown: CancelledError | null): void {
    const { frame, owner } = this;
    if (typeof frame !== 'number') this.stepIn(frame, thrown);
    else if (frame === fewSteps || owner.origin === null) this.stepIn((this.frame = owner.ownFrame()), thrown);
    else {
      this.frame = frame + 1;
      owner.origin.runInAsyncScope(this.stepWithScope, this, thrown);
    }
  }

  private stepWithScope(thrown: CancelledError | null): void {
    context.enter(this.home);
    this.step(thrown);
  }

  protected get home(): Scope {
    return this.owner.scope;
  }

  /** Takes the first step now, inside the code that calls. */
  runNow(): void {
    this.state = waitWoken;
    this.owner.loop.runNested(this);
  }

  protected override step(thrown: CancelledError | null): void {
    if (this.owner.held === undefined) {
      super.step(thrown);
      return;
    }
    const source = this.source;
    this.owner.held = undefined;
    this.state = waitIdle;
    if (source === null) return;
    if (thrown === null) this.beginBody(source);
    else this.neverBegin(source, thrown);
  }

  protected succeed(value: T): void {
    this.leaveScope();
    this.owner.endWithValue(value);
  }

  protected fail(error: unknown): void {
    this.leaveScope();
    this.owner.endWithError(error);
  }

  stepIsOver(): boolean {
    return this.stands();
  }

  private neverBegin(source: Startable<T>, thrown: CancelledError): void {
    source.begun();
    this.fail(thrown);
  }

  private beginBody(source: Startable<T>): void {
    try {
      this.runBody(source.start());
    } catch (error) {
      this.fail(error);
    }
  }
}

/** Drives a generator body that an async function awaits. */
class AwaitDriver<T> extends BodyDriver<T> {
  protected readonly home: Scope;
  readonly #frame: ContextFrame;
  readonly #resolve: Resolve<T>;
  readonly #reject: Reject;

  constructor(scope: Scope, resolve: Resolve<T>, reject: Reject) {
    super(scope);
    this.home = scope;
    this.#frame = context.capture();
    this.#resolve = resolve;
    this.#reject = reject;
  }

  protected inContext(thrown: CancelledError | null): void {
    this.stepIn(this.#frame, thrown);
  }

  begin(body: Body<T>): void {
    this.runBody(body);
    context.assume(this.scope);
    if (this.state !== waitEnded && this.stands()) this.owner.loop.stepEnded(this.owner, false);
  }

  protected succeed(value: T): void {
    this.leaveScope();
    if (hooks.valueAwaited !== null) hooks.valueAwaited(this.owner, 'a coroutine', value);
    this.#resolve(value);
  }

  protected fail(error: unknown): void {
    this.leaveScope();
    this.#reject(error);
  }

  /** Once it has ended, the function that awaits it goes on in a microtask of the same step. */
  stepIsOver(): boolean {
    return this.state === waitEnded ? this.owner.anonymous : this.stands();
  }
}

/** Drives a part of a body, so that the stack need not be as deep as the body is. */
class PartDriver<T> extends BodyDriver<T> {
  protected readonly home: Scope;
  readonly #above: BodyDriver<unknown>;
  readonly #part: Part<T>;
  #begun = false;

  constructor(scope: Scope, above: BodyDriver<unknown>, part: Part<T>) {
    super(scope);
    this.home = scope;
    this.#above = above;
    this.#part = part;
  }

  begin(): void {
    this.body = this.#part.steps;
    this.inContext(null);
    this.#begun = true;
  }

  protected inContext(thrown: CancelledError | null): void {
    this.stepIn(this.#part.frame, thrown);
  }

  protected succeed(value: T): void {
    this.#end(() => value);
  }

  protected fail(error: unknown): void {
    this.#end(() => {
      throw error;
    });
  }

  stepIsOver(): boolean {
    return this.state === waitEnded ? this.#above.stepIsOver() : this.stands();
  }

  #end(outcome: () => T): void {
    this.leaveScope();
    this.#part.outcome = outcome;
    if (this.#begun) this.#above.takeBack();
  }
}

/** What is left of a body while a driver below goes on with a part of it. */
class HandedOn<T> implements Iterator<Wait, T, unknown> {
  readonly rest: Iterator<Wait, T, unknown>;
  readonly below: PartDriver<unknown>;

  constructor(rest: Iterator<Wait, T, unknown>, below: PartDriver<unknown>) {
    this.rest = rest;
    this.below = below;
  }

  next(): IteratorResult<Wait, T> {
    return this.rest.next();
  }
}

/** A part of a body that a driver of its own goes on with: its end comes in the step in which it ends. */
class Part<T> extends Wait implements Iterator<Wait, T, unknown> {
  readonly steps: Iterator<Wait, T, unknown>;
  readonly frame: ContextFrame = context.capture();
  outcome: (() => T) | null = null;

  constructor(steps: Iterator<Wait, T, unknown>) {
    super();
    this.steps = steps;
  }

  begin(driver: Driver): void {
    if (driver instanceof BodyDriver) driver.handOn(this);
  }

  next(): IteratorResult<Wait, T> {
    if (this.outcome !== null) return { done: true, value: this.outcome() };
    current.handed = this;
    return { done: false, value: this };
  }

  throw(error: unknown): never {
    throw error;
  }
}

/** So many coroutines are begun before the next one is a part of its own. */
const often = 128;
let soon = often;
let parts = 0;

/**
 * What a coroutine has begun, for the `yield*` that asks for it. Each `yield*` inside another takes a few frames of the
 * stack in every step, and the engine has room for some hundreds of scopes: so one of many is driven by itself. Not always
 * at the same distance, or of tasks that take turns it might always be the same one's.
 */
export function inParts<T>(steps: Iterator<Wait, T, unknown>): Iterator<Wait, T, unknown> {
  soon -= 1;
  if (soon > 0) return steps;
  parts = (parts + 1) % 17;
  soon = often - parts;
  return new Part(steps);
}

/** Begins a coroutine that an async function awaits in a scope: its first step runs now, its last in the same microtask. */
export function awaitBody<T>(source: Startable<T>, scope: Scope, resolve: Resolve<T>, reject: Reject): void {
  try {
    const body = source.start();
    if (isThenable(body)) void body.then(resolve, reject);
    else new AwaitDriver(scope, resolve, reject).begin(body);
  } catch (error) {
    reject(error);
  }
}

/** An async body under `yield*`: the driver goes on in the microtask in which the promise settles, without a tick. */
export class AsyncBody<T> extends Wait implements Iterator<Wait, T, unknown> {
  readonly #promise: PromiseLike<T>;
  #outcome: (() => T) | null = null;
  #asked = false;

  constructor(promise: PromiseLike<T>) {
    super();
    this.#promise = promise;
  }

  begin(driver: Driver): void {
    void this.#promise.then(
      (value) => this.#settle(driver, () => value),
      (error: unknown) =>
        this.#settle(driver, () => {
          throw error;
        }),
    );
  }

  next(): IteratorResult<Wait, T> {
    if (this.#outcome !== null) return { done: true, value: this.#outcome() };
    if (this.#asked)
      throw new MisuseError(
        'COTASK_NOT_A_LIST',
        'a coroutine is something to wait for, not a list: use "yield*" or "await"',
      );
    this.#asked = true;
    current.handed = this;
    return { done: false, value: this };
  }

  throw(error: unknown): never {
    throw error;
  }

  #settle(driver: Driver, outcome: () => T): void {
    this.#outcome = outcome;
    driver.proceed();
  }
}

/** A body as something to resume: a generator, or an awaitable of ours that a plain function returned; null for a promise. */
function stepsOf<T>(body: Body<T>): Iterator<Wait, T, unknown> | null {
  if (typeof body !== 'object' || body === null) return null;
  if ('next' in body && typeof body.next === 'function') return body;
  return isIterable<T>(body) ? waitingFor(body) : null;
}

/** An awaitable is iterated only by a `yield*`, inside the step that waits for it. */
function* waitingFor<T>(awaitable: Awaitable<T>): Generator<Wait, T, unknown> {
  return yield* awaitable;
}

/** @internal A checked body under `yield*`. */
export function iteratorOf<T>(body: Body<T>): Iterator<Wait, T, unknown> {
  const steps = stepsOf(body);
  if (steps !== null) return steps;
  if (isThenable(body)) return new AsyncBody(body);
  throw notABody(body);
}

function isIterable<T>(body: object): body is Awaitable<T> {
  return Symbol.iterator in body && 'then' in body;
}

/** @internal A hand-made iterator may lack `throw`; the error then ends the body, as it would end a generator. */
export function throwInto<T>(body: Iterator<Wait, T, unknown>, error: unknown): IteratorResult<Wait, T> {
  if (body.throw === undefined) throw error;
  return body.throw(error);
}

/** @internal What a coroutine function or the body of a scope returned, checked. */
export function checkedBody<T>(body: Body<T>): Body<T> {
  if (typeof body === 'object' && body !== null) {
    if ('next' in body && Symbol.asyncIterator in body) throw asyncGenerator();
    if ('next' in body || 'then' in body) return body;
  }
  throw notABody(body);
}

/** @internal */
export function asyncGenerator(): MisuseError {
  return new MisuseError(
    'COTASK_NOT_A_COROUTINE',
    'an async generator (async function*) cannot be a coroutine or the body of a scope: use an async function or a function*; to hand out values one by one use a Queue',
  );
}

function notABody(body: unknown): MisuseError {
  return new MisuseError(
    'COTASK_NOT_A_COROUTINE',
    `a coroutine function returns a generator or a promise, this one returned ${describe(body)}: pass an async function or a function* to coroutine()`,
  );
}

function yieldedByMistake(yielded: unknown): MisuseError {
  const hint =
    yielded instanceof Promise
      ? 'wait for a promise with "yield* fromPromise(promise)"'
      : 'wait with "yield*", not with "yield"';
  return new MisuseError('COTASK_BARE_YIELD', `a coroutine yielded ${describe(yielded)}: ${hint}`);
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor?.name ?? 'without a class'})`;
  return typeof value === 'function' ? `a function (${value.name})` : String(value);
}
