/** A deadline around a body (asyncio's `timeout` and `timeout_at`). */
import { MisuseError, TimeoutError } from '../errors.ts';
import { shown } from '../options.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { requestCancel, signalOf } from '../tasks/cancel.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import type { EventLoop } from '../tasks/event-loop.ts';
import { Deadline } from '../tasks/deadline.ts';
import { InnerScope } from '../tasks/scope.ts';
import type { Scope } from '../tasks/scope.ts';
import { openInnerScope, refuseBadBody, refuseBadScopeOptions, runTranslated } from './in-scope.ts';
import type { ScopeOptions } from './in-scope.ts';

/** A scope with a deadline. */
export class DeadlineScope extends InnerScope {
  when: number | null = null;
}

/** The scope of a `timeout`, as its body sees it. */
export class TimeoutScope {
  readonly #scope: DeadlineScope;
  readonly #loop: EventLoop;
  #deadline: Deadline | null = null;
  #expired = false;
  #active = true;

  /** @internal */
  constructor(scope: DeadlineScope, when: number | null) {
    this.#scope = scope;
    this.#loop = scope.owner.loop;
    this.#set(when);
  }

  /** Aborted when the deadline passes or the task is cancelled: for foreign code that takes a signal. */
  get signal(): AbortSignal {
    return signalOf(this.#scope);
  }

  /** The deadline, in milliseconds of the loop's `time()`; null when there is none. */
  when(): number | null {
    return this.#scope.when;
  }

  /** True once the deadline has passed while the body ran, even if the body survived it. */
  expired(): boolean {
    return this.#expired;
  }

  /**
   * Moves the deadline; null takes it away.
   * @throws {MisuseError} `COTASK_SCOPE_ENDED` once the deadline has passed or the body has ended.
   */
  reschedule(when: number | null): void {
    if (!this.#active || this.#expired) {
      throw new MisuseError(
        'COTASK_SCOPE_ENDED',
        `this timeout has ${this.#expired ? 'expired' : 'ended'}; its deadline cannot be moved`,
      );
    }
    refuseBadTime('reschedule()', when);
    this.#set(when);
  }

  /** @internal */
  end(): void {
    this.#active = false;
    this.#clear();
  }

  #set(when: number | null): void {
    this.#clear();
    this.#scope.when = when;
    if (when === null || when === Infinity) return;
    this.#deadline = new Deadline(this.#loop, when, () => this.#pass());
  }

  #clear(): void {
    this.#deadline?.drop();
    this.#deadline = null;
  }

  #pass(): void {
    this.#clear();
    this.#expired = true;
    requestCancel(this.#scope, 'deadline', null);
  }
}

function refuseBadTime(what: string, ms: unknown): void {
  if (ms === null || (typeof ms === 'number' && !Number.isNaN(ms))) return;
  throw new MisuseError('COTASK_BAD_TIME', `${what} takes milliseconds or null, got ${shown(ms)}`);
}

const deadlineScope = coroutine(function* timeout<T>(
  ms: number | null,
  at: number | null,
  body: (scope: TimeoutScope) => Body<T>,
  options: ScopeOptions,
): GeneratorBody<T> {
  const scope = openInnerScope('timeout()', (owner, around) => new DeadlineScope(owner, around, options.graceMs));
  const when = ms === null ? at : scope.owner.loop.time() + ms;
  const handle = new TimeoutScope(scope, when);
  return yield* runTranslated(scope, body, handle, {
    end: () => handle.end(),
    translated: (cause) => timedOut(scope, cause),
  });
});

function timedOut(scope: Scope, cause: unknown): TimeoutError {
  const words = `the deadline passed in task "${scope.owner.name}"`;
  return cause === undefined ? new TimeoutError(words) : new TimeoutError(words, { cause });
}

/**
 * Runs `body` and cancels it when `ms` milliseconds have passed; `null` is no deadline.
 *
 * **Details** A value that is there when the deadline passes wins. A body that was cancelled by the deadline and ends
 * without an error has timed out all the same. Deadlines nest: each ends its own body.
 *
 * @example
 * ```ts
 * import { coroutine, run, sleep, timeout } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   await timeout(20, async () => {
 *     await sleep(1_000);
 *   });
 * });
 * await run(main()).catch((error: { code: string }) => console.log(error.code)); // COTASK_TIMEOUT
 * ```
 * @throws {TimeoutError} when the deadline ended the body.
 * @throws {MisuseError} `COTASK_BAD_TIME`, `COTASK_BAD_OPTION` before anything runs.
 */
export function timeout<T>(
  ms: number | null,
  body: (scope: TimeoutScope) => GeneratorBody<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function timeout<T>(
  ms: number | null,
  body: (scope: TimeoutScope) => PromiseLike<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function timeout<T>(
  ms: number | null,
  body: (scope: TimeoutScope) => Body<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function timeout<T>(
  ms: number | null,
  body: (scope: TimeoutScope) => Body<T>,
  options: ScopeOptions = {},
): Coroutine<T> {
  refuseBadScopeOptions('timeout()', options);
  refuseBadTime('timeout()', ms);
  refuseBadBody('timeout()', body, 'timeout(ms, async (scope) => { … }), or waitFor(awaitable, ms)');
  return deadlineScope(ms, null, body, options);
}

/** As {@link timeout}, with the deadline as a time of the loop's clock (`loop.time()`). */
export function timeoutAt<T>(
  when: number | null,
  body: (scope: TimeoutScope) => GeneratorBody<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function timeoutAt<T>(
  when: number | null,
  body: (scope: TimeoutScope) => PromiseLike<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function timeoutAt<T>(
  when: number | null,
  body: (scope: TimeoutScope) => Body<T>,
  options?: ScopeOptions,
): Coroutine<T>;
export function timeoutAt<T>(
  when: number | null,
  body: (scope: TimeoutScope) => Body<T>,
  options: ScopeOptions = {},
): Coroutine<T> {
  refuseBadScopeOptions('timeoutAt()', options);
  refuseBadTime('timeoutAt()', when);
  refuseBadBody('timeoutAt()', body, 'timeoutAt(when, async (scope) => { … })');
  return deadlineScope(null, when, body, options);
}
