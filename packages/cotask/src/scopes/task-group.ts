/**
 * A group of tasks that ends when all of them have ended (asyncio's `TaskGroup`). The first that fails cancels the others
 * and the body; the group then fails with all their errors.
 */
import { CancelledError, MisuseError, TaskGroupError } from '../errors.ts';
import type { Awaitable, Body, GeneratorBody } from '../tasks/awaitable.ts';
import { endScope, requestCancel } from '../tasks/cancel.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { Future } from '../tasks/future.ts';
import { Startable } from '../tasks/gears/gear.ts';
import type { Relay, Waiter } from '../tasks/park.ts';
import { InnerScope, newestRequest } from '../tasks/scope.ts';
import type { Scope } from '../tasks/scope.ts';
import { hasError } from '../tasks/state.ts';
import type { Task, TaskOptions } from '../tasks/task.ts';
import { breakCircles } from './break-circles.ts';
import {
  cancelOf,
  openInnerScope,
  outerError,
  refuseBadBody,
  refuseBadScopeOptions,
  requestedAround,
  requestsAround,
  runInScope,
} from './in-scope.ts';
import { Handshake } from './handshake.ts';
import type { Ready } from './handshake.ts';
import type { ScopeOptions } from './in-scope.ts';

/** Options of a group. */
export interface TaskGroupOptions extends ScopeOptions {
  /** What it is called in lists of who waits for what. */
  name?: string;
}

/** The scope of a group's body; the tasks of the group work for it. */
class GroupScope extends InnerScope {
  readonly children: Set<Task<unknown>> = new Set();

  override tasksAtWork(): Task<unknown>[] {
    return [...super.tasksAtWork(), ...this.children];
  }
}

/** The group, as its body sees it. */
export class TaskGroup implements Relay {
  readonly #scope: GroupScope;
  readonly #children: Set<Task<unknown>>;
  /** Each once: what a task fails with reaches those that wait for it as well. */
  readonly #errors: Set<unknown> = new Set();
  #state: 'open' | 'aborting' | 'ended' = 'open';
  #inBody = true;
  #allDone: Future<void> | null = null;
  #cancelledAt: number | null = null;
  readonly #options: TaskGroupOptions;

  /** @internal */
  constructor(scope: GroupScope, options: TaskGroupOptions) {
    this.#scope = scope;
    this.#children = scope.children;
    this.#options = options;
  }

  /**
   * Makes a task that the group waits for.
   * @throws {MisuseError} `COTASK_GROUP_ENDED` once the group has ended or aborts.
   */
  createTask<T>(coro: Awaitable<T>, options: TaskOptions = {}): Task<T> {
    // The error says enough: nobody has forgotten it.
    if (this.#state !== 'open' && coro instanceof Startable) coro.begun();
    this.#refuseEnded();
    const task = this.#makeTask(coro, options);
    this.#add(task);
    return task;
  }

  /**
   * Makes a task and waits until it says that it is ready, by the function that `body` is given; gives the value that it
   * says so with. From then on it is a task of the group. A task that fails before fails here, and not the group; a cancel
   * of whoever waits here goes to it (trio's `Nursery.start`).
   *
   * @example
   * ```ts
   * import { coroutine, run, sleep, taskGroup } from 'cotask';
   *
   * const main = coroutine(() =>
   *   taskGroup(async (group) => {
   *     const port = await group.start<number>(async (ready) => {
   *       await sleep(1); // listens
   *       ready(8080);
   *       await sleep(60_000); // serves
   *     });
   *     console.log(port); // 8080
   *     group.cancel();
   *   }),
   * );
   * await run(main());
   * ```
   * @throws {MisuseError} `COTASK_NOT_READY` when it ends without having been ready; `COTASK_GROUP_ENDED`.
   */
  start<V>(body: (ready: Ready<V>) => Body<unknown>, options: TaskOptions = {}): Coroutine<V> {
    refuseBadBody('start()', body, 'group.start(async (ready) => { … })');
    return start(this, body, options);
  }

  /**
   * Ends the group early, without an error: its tasks and its body are cancelled, and it ends when they have. What they
   * fail with in their clean-up still comes out, and so does a cancel from outside. Without effect once the group aborts
   * or has ended. A body that it cuts short gives `undefined`.
   */
  cancel(): void {
    if (this.#state !== 'open') return;
    this.#cancelledAt = newestRequest();
    this.#abort();
  }

  /** @internal */
  get label(): string {
    const { name } = this.#options;
    return name === undefined ? 'a task group' : `task group "${name}"`;
  }

  /** @internal */
  get endsWhenCancelled(): boolean {
    return false;
  }

  /** @internal */
  get waitedFor(): boolean {
    return !this.#inBody;
  }

  /** @internal The task whose group it is waits for its tasks from the first. */
  waiterList(): readonly Waiter[] {
    return [{ looks: false, owner: this.#scope.owner, scope: this.#scope, wake: () => {} }];
  }

  /** The tasks of the group that have not ended, in the order in which they were made. */
  get tasks(): readonly Task<unknown>[] {
    return [...this.#children];
  }

  /** @internal The body has ended: waits for the children, whatever else is asked meanwhile. Returns the cancel that came. */
  *join(bodyError: { error: unknown } | null): GeneratorBody<CancelledError | null> {
    this.#inBody = false;
    let cancelled = bodyError === null ? null : cancelOf(this.#scope, bodyError.error);
    if (bodyError !== null) this.#abort();
    while (this.#children.size > 0) {
      this.#allDone = new Future<void>({
        loop: this.#scope.owner.loop,
        label: `${this.#children.size === 1 ? 'the task' : `the ${this.#children.size} tasks`} of ${this.label}`,
      });
      try {
        yield* this.#allDone;
      } catch (error) {
        const cancel = cancelOf(this.#scope, error);
        if (this.#state === 'open') cancelled = cancel;
        else if (cancel !== null) breakCircles(this.#scope.owner, this.tasks, cancel);
        this.#abort();
      }
    }
    this.#state = 'ended';
    if (bodyError !== null && cancelOf(this.#scope, bodyError.error) === null) this.#errors.add(bodyError.error);
    return cancelled;
  }

  /** @internal */
  get errors(): readonly unknown[] {
    return [...this.#errors];
  }

  /** @internal Makes a task that is not of the group until it is ready. */
  *starting<V>(body: (ready: Ready<V>) => Body<unknown>, options: TaskOptions): GeneratorBody<V> {
    this.#refuseEnded();
    const handshake = new Handshake<V>(
      this.#scope.owner.loop,
      (ready) => this.#makeTask(coroutine<void, [Ready<V>], unknown>(body)(ready), options),
      (task) => this.#add(task),
    );
    return yield* handshake;
  }

  /** @internal The newest request when `cancel()` was called; null: it was not. */
  get cancelledAt(): number | null {
    return this.#cancelledAt;
  }

  #refuseEnded(): void {
    if (this.#state === 'open') return;
    throw new MisuseError(
      'COTASK_GROUP_ENDED',
      `${this.label} ${this.#state === 'ended' ? 'has ended' : 'is being aborted'}; it takes no more tasks`,
    );
  }

  /** A grace of the group is one of its tasks too. */
  #makeTask<T>(coro: Awaitable<T>, options: TaskOptions): Task<T> {
    const { graceMs } = this.#options;
    return this.#scope.owner.loop.createTask(coro, graceMs === undefined ? options : { graceMs, ...options });
  }

  #add(task: Task<unknown>): void {
    if (this.#state === 'ended') this.#refuseEnded();
    this.#children.add(task);
    const wake = (): void => this.#scope.owner.loop.ready({ owner: null, run: () => this.#childEnded(task) });
    if (task.done()) wake();
    else task.addWaiter({ looks: false, relay: this, wake });
    if (this.#state === 'aborting') requestCancel(task.scope, 'group', null);
  }

  #childEnded(task: Task<unknown>): boolean {
    this.#children.delete(task);
    if (task.phase === hasError) {
      this.#errors.add(task.exception());
      this.#abort();
    }
    if (this.#children.size === 0 && this.#allDone !== null && !this.#allDone.done()) this.#allDone.setResult();
    return true;
  }

  #abort(): void {
    if (this.#state !== 'open') return;
    this.#state = 'aborting';
    for (const child of this.#children) if (!child.done()) requestCancel(child.scope, 'group', null);
    if (this.#inBody) requestCancel(this.#scope, 'group', null);
  }
}

const groupScope = coroutine(function* taskGroup<T>(
  body: (group: TaskGroup) => Body<T>,
  options: TaskGroupOptions,
): GeneratorBody<T> {
  const scope = openInnerScope('taskGroup()', (owner, around) => new GroupScope(owner, around, options.graceMs));
  const group = new TaskGroup(scope, options);
  let ended: { value: T } | null = null;
  let failed: { error: unknown } | null = null;
  try {
    ended = { value: yield* runInScope(scope, body, group) };
  } catch (error) {
    failed = { error };
  }
  const cancelled = yield* runInScope(scope, () => group.join(failed), group);
  const around = requestedAround(scope);
  endScope(scope);
  const { errors } = group;
  if (errors.length > 0) throw groupFailed(scope, errors);
  if (group.cancelledAt !== null) {
    const outer = outerCancel(scope, group.cancelledAt, ended === null);
    if (outer !== null) throw outerError(scope, cancelled ?? outer);
    return ended === null ? cutShort() : ended.value;
  }
  if (cancelled !== null) throw around ? outerError(scope, cancelled) : cancelled;
  if (ended === null) throw new CancelledError();
  return ended.value;
});

/** The cancel from outside that comes out although the group was ended by `cancel()`: any, where the body was cut short. */
function outerCancel(scope: Scope, cancelledAt: number, cut: boolean): CancelledError | null {
  const outer = requestsAround(scope).find(({ delivered, serial }) => delivered && (cut || serial > cancelledAt));
  return outer === undefined ? null : outer.error;
}

/** What a group gives whose `cancel()` has cut the body short: its callers know, and the types would burden all others. */
function cutShort<T>(): T {
  return undefined as T;
}

const start = coroutine(function start<V>(
  group: TaskGroup,
  body: (ready: Ready<V>) => Body<unknown>,
  options: TaskOptions,
): GeneratorBody<V> {
  return group.starting(body, options);
});

/** The errors go first; a request from outside that arrived meanwhile is due again at the next wait. */
function groupFailed(scope: GroupScope, errors: readonly unknown[]): TaskGroupError {
  for (const request of requestsAround(scope)) scope.parent?.addDue(request);
  return new TaskGroupError(errors);
}

/**
 * Runs `body` with a group, waits until the body and every task of the group have ended, and gives the body's value.
 *
 * @example
 * ```ts
 * import { coroutine, run, sleep, taskGroup } from 'cotask';
 *
 * const work = coroutine(async (n: number) => {
 *   await sleep(n);
 *   return n * n;
 * });
 * const main = coroutine(async () =>
 *   taskGroup(async (group) => {
 *     const a = group.createTask(work(2));
 *     const b = group.createTask(work(3));
 *     return (await a) + (await b);
 *   }),
 * );
 * console.log(await run(main())); // 13
 * ```
 * @throws {TaskGroupError} when a task of the group, or the body, failed; the others were cancelled and have ended.
 */
export function taskGroup<T>(body: (group: TaskGroup) => GeneratorBody<T>, options?: TaskGroupOptions): Coroutine<T>;
export function taskGroup<T>(body: (group: TaskGroup) => PromiseLike<T>, options?: TaskGroupOptions): Coroutine<T>;
export function taskGroup<T>(body: (group: TaskGroup) => Body<T>, options?: TaskGroupOptions): Coroutine<T>;
export function taskGroup<T>(body: (group: TaskGroup) => Body<T>, options: TaskGroupOptions = {}): Coroutine<T> {
  refuseBadScopeOptions('taskGroup()', options, ['name']);
  refuseBadBody('taskGroup()', body, 'taskGroup(async (group) => { … })');
  return groupScope(body, options);
}
