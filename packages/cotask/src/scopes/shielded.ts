/** A scope that keeps requests to cancel out, for clean-up that must finish (trio's `CancelScope(shield=True)`). */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { endScope, sendRequest, signalOf } from '../tasks/cancel.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { Deadline } from '../tasks/deadline.ts';
import { InnerScope } from '../tasks/scope.ts';
import type { CancelRequest, Shield, Scope } from '../tasks/scope.ts';
import type { Task } from '../tasks/task.ts';
import { cancelOf, openInnerScope, refuseBadBody, runInScope } from './in-scope.ts';
import type { ScopeHandle } from './in-scope.ts';

/** Options of `shielded`. */
export interface ShieldedOptions {
  /** How long it may keep a request out, in milliseconds from the first one that it does; for ever by default. */
  limit?: number;
}

/** A shielded scope, as its body sees it. */
export interface ShieldedScope extends ScopeHandle {
  /** True while a request waits outside: somebody wants the clean-up to be quick. */
  readonly requested: boolean;
}

/** While it keeps requests out, those that came are due in it, and nobody inside it looks there. */
class ShieldingScope extends InnerScope implements Shield, ShieldedScope {
  readonly #limit: number;
  #keepsOut = true;
  #deadline: Deadline | null = null;
  #later: (() => void)[] = [];

  constructor(owner: Task<unknown>, around: Scope, limit: number) {
    super(owner, around);
    this.#limit = limit;
  }

  override get shield(): Shield | null {
    return this.#keepsOut ? this : null;
  }

  get signal(): AbortSignal {
    return signalOf(this);
  }

  get requested(): boolean {
    return this.#held().length > 0;
  }

  /** Where every task waits for ever, a request that ends the run is the only thing that can still come. */
  holdsBack(request: CancelRequest): boolean {
    if (request.error.source === 'deadlock') this.#keepsOut = false;
    if (!this.#keepsOut) return false;
    request.keptOut = true;
    this.addDue(request);
    this.#startLimit();
    return true;
  }

  holdFor(send: () => void): void {
    this.#later.push(send);
    this.#startLimit();
  }

  end(): void {
    this.#deadline?.drop();
    endScope(this);
    this.#sendLater();
  }

  #startLimit(): void {
    const { loop } = this.owner;
    if (this.#limit === Infinity || this.#deadline !== null) return;
    this.#deadline = new Deadline(loop, loop.time() + this.#limit, () => this.#letIn());
  }

  #letIn(): void {
    const held = this.#held();
    this.#deadline = null;
    // One that was due before this scope was entered is so in a scope around it, too.
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      scope.dropDue((request) => held.includes(request));
    }
    this.#keepsOut = held.length === 0;
    for (const request of held) sendRequest(this, request);
    this.#sendLater();
  }

  #held(): CancelRequest[] {
    return [...(this.asked?.due ?? [])].filter((request) => !request.withdrawn);
  }

  #sendLater(): void {
    for (const send of this.#later.splice(0)) send();
  }
}

const shieldedScope = coroutine(function* shielded<T>(
  body: (scope: ShieldedScope) => Body<T>,
  limit: number,
): GeneratorBody<T> {
  const scope = openInnerScope('shielded()', (owner, around) => new ShieldingScope(owner, around, limit));
  try {
    return yield* runInScope(scope, body, scope);
  } catch (error) {
    throw cancelOf(scope, error) ?? error;
  } finally {
    scope.end();
  }
});

/**
 * Runs `body` and lets no request to cancel in from around it: for clean-up that must finish. What comes meanwhile is due
 * at the next wait after it, and the body's value stands. Timeouts and groups inside the body work as ever.
 *
 * **Details** The limit begins with the first request that is kept out, so it is the longest that anybody who cancels has
 * to wait, and takes nothing from a body that nobody disturbs. When it is over, the requests come in, and so do those that
 * come later. For an end to the body itself put a `timeout` inside. The end of a run respects it too; a deadlock does not.
 *
 * **Gotchas** A task that was made inside with `createTask` is shielded only while the body waits for it; those of a
 * `taskGroup` inside are.
 *
 * @example
 * ```ts
 * import { coroutine, createTask, run, shielded, sleep } from 'cotask';
 *
 * const work = coroutine(async () => {
 *   try {
 *     await sleep(60_000);
 *   } finally {
 *     await shielded(async () => {
 *       await sleep(5);
 *       console.log('rolled back');
 *     }, { limit: 1_000 });
 *   }
 * });
 * const main = coroutine(async () => {
 *   const task = createTask(work());
 *   await sleep(1);
 *   task.cancel();
 *   await sleep(1);
 *   task.cancel(); // does not reach the clean-up
 * });
 * await run(main()); // rolled back
 * ```
 * @throws {MisuseError} `COTASK_BAD_TIME`, `COTASK_BAD_OPTION` before anything runs.
 */
export function shielded<T>(body: (scope: ShieldedScope) => GeneratorBody<T>, options?: ShieldedOptions): Coroutine<T>;
export function shielded<T>(body: (scope: ShieldedScope) => PromiseLike<T>, options?: ShieldedOptions): Coroutine<T>;
export function shielded<T>(body: (scope: ShieldedScope) => Body<T>, options?: ShieldedOptions): Coroutine<T>;
export function shielded<T>(body: (scope: ShieldedScope) => Body<T>, options: ShieldedOptions = {}): Coroutine<T> {
  refuseUnknownOptions('shielded()', options, ['limit']);
  refuseBadBody('shielded()', body, 'shielded(async () => { … })');
  const { limit = Infinity } = options;
  if (typeof limit !== 'number' || !(limit >= 0))
    throw new MisuseError('COTASK_BAD_TIME', `shielded() takes a limit in milliseconds, got ${shown(limit)}`);
  return shieldedScope(body, limit);
}
