/** Where `map` and `forEach` take their items from, one after the other. */
import { MisuseError } from '../errors.ts';
import { openInnerScope } from '../scopes/in-scope.ts';
import { isThenable } from '../tasks/awaitable.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { call } from '../tasks/call.ts';
import { endScope } from '../tasks/cancel.ts';
import { context, currentScope } from '../tasks/current.ts';
import { Future } from '../tasks/future.ts';
import { InnerScope } from '../tasks/scope.ts';
import type { CancelRequest, Scope } from '../tasks/scope.ts';
import { sleep } from '../tasks/sleep.ts';
import { hasError, hasValue, pending } from '../tasks/state.ts';
import type { FutureState } from '../tasks/state.ts';

/** What items can come from; a web stream is read by a reader of its own. */
export type ItemSource<T> = Iterable<T> | AsyncIterable<T>;

/** What a source answers. */
export type Step = IteratorResult<unknown, unknown>;
type AnyIterator = Iterator<unknown, unknown> | AsyncIterator<unknown, unknown>;

/** One wait for a source that answers with a promise. */
class Pull extends Future<Step> {
  readonly #scope: Scope;

  constructor(scope: Scope, answer: PromiseLike<Step>) {
    super({ loop: scope.owner.loop, label: 'the next item of a source' });
    this.#scope = scope;
    void answer.then(
      (step) => this.#end(hasValue, step),
      (error: unknown) => this.#end(hasError, error),
    );
  }

  /** A source that waits for something of ours hears of the cancel there and says how it ended; another one cannot. */
  override get endsWhenCancelled(): boolean {
    return !this.#scope.hasOpenWaits();
  }

  override cancelBy(request: CancelRequest): boolean {
    return this.endsWhenCancelled ? super.cancelBy(request) : this.phase === pending;
  }

  #end(state: FutureState, held: unknown): void {
    if (this.phase === pending) this.settle(state, held);
  }
}

/** Items from a source that is closed when it is left before its end. */
export abstract class Source {
  protected state: 'open' | 'asked' | 'ended' = 'open';
  protected abstract readonly iterator: AnyIterator;

  /** True when no code of a user runs where it is asked. */
  abstract readonly plain: boolean;

  /** The next item, where it is there without a wait; null: ask for `next`. */
  nextNow(): Step | null {
    return null;
  }

  /** The next item. */
  abstract next(): GeneratorBody<Step>;

  /** Tells it that no more is taken. One that has been asked and cannot be interrupted is not waited for. */
  *close(): GeneratorBody<void> {
    const { iterator, state } = this;
    this.state = 'ended';
    if (state === 'asked') void Promise.resolve(iterator.return?.()).catch(() => {});
    else if (state === 'open') yield* call(() => iterator.return?.());
  }

  /** One that has thrown, or said that nothing more comes, is not closed. */
  protected noted(step: Step): Step {
    // As `for of` does: what is no answer has no end either.
    if (typeof step !== 'object' || step === null) {
      throw new MisuseError('COTASK_BAD_OPTION', `a source gave ${String(step)} in place of { done, value }`);
    }
    // One that was closed while it was asked stays closed.
    if (step.done === true) this.state = 'ended';
    else if (this.state === 'asked') this.state = 'open';
    return step;
  }
}

class List extends Source {
  readonly plain: boolean;
  protected readonly iterator: Iterator<unknown, unknown>;

  constructor(list: Iterable<unknown>) {
    super();
    this.iterator = list[Symbol.iterator]();
    this.plain = Array.isArray(list) && Object.getPrototypeOf(this.iterator) === Object.getPrototypeOf([].values());
  }

  override nextNow(): Step {
    this.state = 'ended';
    const step = this.iterator.next();
    this.state = 'asked';
    return this.noted(step);
  }

  *next(): GeneratorBody<Step> {
    return this.nextNow();
  }
}

/** What it waits for while it is asked belongs to a scope of its own: that tells whether it waits for something of ours. */
class AsyncSource extends Source {
  readonly plain = false;
  protected readonly iterator: AsyncIterator<unknown, unknown>;
  /** What it was asked for by a wait that was cancelled: the next one gets that. */
  #late: PromiseLike<Step> | null = null;

  constructor(iterator: AsyncIterator<unknown, unknown>) {
    super();
    this.iterator = iterator;
  }

  *next(): GeneratorBody<Step> {
    const around = currentScope();
    // A cancel that is due comes before the source is asked for an item that nobody would take.
    if (around !== null && around.owner.asked !== null) yield* sleep(0);
    this.state = 'asked';
    const scope = openInnerScope('a source', (owner, parent) => new InnerScope(owner, parent));
    const { loop } = scope.owner;
    loop.pulls.add(scope);
    let pull: Pull | null = null;
    try {
      this.#late ??= (scope.frame ?? context.capture()).runInAsyncScope(askIterator, this.iterator);
      pull = new Pull(scope, this.#late);
      loop.goesOnUnseen();
      return this.noted(yield* pull);
    } finally {
      if (pull?.cancelled() !== true) {
        this.#late = null;
        if (this.state === 'asked') this.state = 'ended';
      }
      loop.pulls.delete(scope);
      endScope(scope);
    }
  }
}

/** One that answers without a promise is taken as `for await` takes it. */
function askIterator(this: AsyncIterator<unknown, unknown>): PromiseLike<Step> {
  const answer = this.next();
  return isThenable(answer) ? answer : Promise.resolve(answer);
}

/**
 * How to begin to read a source.
 * @throws {MisuseError} `COTASK_BAD_OPTION` for what is none.
 */
export function opening(what: string, source: unknown): () => Source {
  if (typeof source === 'object' && source !== null) {
    if (isStream(source)) return () => new AsyncSource(readerOf(source));
    if (isAsyncIterable(source)) return () => new AsyncSource(source[Symbol.asyncIterator]());
    if (isList(source)) return () => new List(source);
  }
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    `${what} takes a list, another iterable, an async iterable or a stream, got ${typeof source}`,
  );
}

function isStream(source: object): source is ReadableStream<unknown> {
  return 'getReader' in source && typeof source.getReader === 'function';
}

function isAsyncIterable(source: object): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source;
}

/** An awaitable of ours can be iterated, and is no list. */
function isList(source: object): source is Iterable<unknown> {
  return Symbol.iterator in source && !isThenable(source);
}

/** A reader's `cancel` ends a read that is under way, an async iterator's `return` waits for it. */
function readerOf(stream: ReadableStream<unknown>): AsyncIterator<unknown, unknown> {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      if (done) reader.releaseLock();
      return { done, value };
    },
    async return() {
      await reader.cancel();
      reader.releaseLock();
      return { done: true, value: undefined };
    },
  };
}
