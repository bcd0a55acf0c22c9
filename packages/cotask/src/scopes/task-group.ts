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
import type { Relay, Waiter } from '../tasks/park.ts';
import { Scope } from '../tasks/scope.ts';
import { hasError } from '../tasks/state.ts';
import type { Task, TaskOptions } from '../tasks/task.ts';
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
import type { ScopeOptions } from './in-scope.ts';

/** The scope of a group's body; the tasks of the group work for it. */
class GroupScope extends Scope {
  readonly children: Set<Task<unknown>> = new Set();

  override tasksAtWork(): Task<unknown>[] {
    return [...super.tasksAtWork(), ...this.children];
  }
}

/** The group, as its body sees it. */
export class TaskGroup implements Relay {
  readonly #scope: GroupScope;
  readonly #children: Set<Task<unknown>>;
  readonly #errors: unknown[] = [];
  #state: 'open' | 'aborting' | 'ended' = 'open';
  #inBody = true;
  #allDone: Future<void> | null = null;

  readonly #options: ScopeOptions;

  /** @internal A grace of the group is one of its tasks too. */
  constructor(scope: GroupScope, options: ScopeOptions) {
    this.#scope = scope;
    this.#children = scope.children;
    this.#options = options;
  }

  /**
   * Makes a task that the group waits for.
   * @throws {MisuseError} `COTASK_GROUP_ENDED` once the group has ended or aborts.
   */
  createTask<T>(coro: Awaitable<T>, options: TaskOptions = {}): Task<T> {
    if (this.#state !== 'open') {
      throw new MisuseError(
        'COTASK_GROUP_ENDED',
        `this task group ${this.#state === 'ended' ? 'has ended' : 'is being aborted'}; it takes no more tasks`,
      );
    }
    const task = this.#scope.owner.loop.createTask(coro, { ...this.#options, ...options });
    this.#children.add(task);
    const wake = (): void => this.#scope.owner.loop.ready({ owner: null, run: () => this.#childEnded(task) });
    if (task.done()) wake();
    else task.addWaiter({ looks: false, relay: this, wake });
    return task;
  }

  /** @internal */
  get label(): string {
    return 'a task group';
  }

  /** @internal */
  get waitedFor(): boolean {
    return !this.#inBody;
  }

  /** @internal The task whose group it is waits for its tasks from the first. */
  waiterList(): readonly Waiter[] {
    return [{ looks: false, owner: this.#scope.owner, wake: () => {} }];
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
        label: `the ${this.#children.size} tasks of a group`,
      });
      try {
        yield* this.#allDone;
      } catch (error) {
        if (this.#state === 'open') cancelled = cancelOf(this.#scope, error);
        this.#abort();
      }
    }
    this.#state = 'ended';
    if (bodyError !== null && cancelOf(this.#scope, bodyError.error) === null) this.#errors.push(bodyError.error);
    return cancelled;
  }

  /** @internal */
  get errors(): readonly unknown[] {
    return this.#errors;
  }

  #childEnded(task: Task<unknown>): boolean {
    this.#children.delete(task);
    if (task.phase === hasError) {
      this.#errors.push(task.exception());
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
  options: ScopeOptions,
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
  if (group.errors.length > 0) throw groupFailed(scope, group);
  if (cancelled !== null) throw around ? outerError(scope, cancelled) : cancelled;
  if (ended === null) throw new CancelledError();
  return ended.value;
});

/** The errors go first; a request from outside that arrived meanwhile is due again at the next wait. */
function groupFailed(scope: GroupScope, group: TaskGroup): TaskGroupError {
  for (const request of requestsAround(scope)) scope.parent?.addDue(request);
  return new TaskGroupError(group.errors);
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
export function taskGroup<T>(body: (group: TaskGroup) => GeneratorBody<T>, options?: ScopeOptions): Coroutine<T>;
export function taskGroup<T>(body: (group: TaskGroup) => PromiseLike<T>, options?: ScopeOptions): Coroutine<T>;
export function taskGroup<T>(body: (group: TaskGroup) => Body<T>, options?: ScopeOptions): Coroutine<T>;
export function taskGroup<T>(body: (group: TaskGroup) => Body<T>, options: ScopeOptions = {}): Coroutine<T> {
  refuseBadScopeOptions('taskGroup()', options);
  refuseBadBody('taskGroup()', body, 'taskGroup(async (group) => { … })');
  return groupScope(body, options);
}
