/** Items of any source, one by one: what `for await` is for a generator body. */
import { Lock } from '../sync/lock.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { opening } from '../together/source.ts';
import type { ItemSource, Source } from '../together/source.ts';

/** A source that is read item by item, and closed. */
export class Puller<T> implements AsyncIterable<T, undefined> {
  readonly #open: () => Source;
  readonly #turn: Lock = new Lock({ name: 'the next item' });
  #source: Source | null = null;
  #closed = false;

  /** @internal Use `pull()`. */
  constructor(source: ItemSource<T> | ReadableStream<T>) {
    this.#open = opening('pull()', source);
  }

  /**
   * The next item as an iterator gives it: `{ done: false, value }`, or `{ done: true }` at the end and once it was closed.
   * Several tasks may ask: each item goes to one of them. What a wait that was cancelled had asked for goes to the next.
   */
  next(): Coroutine<IteratorResult<T, undefined>> {
    return next(this);
  }

  /**
   * Tells the source that no more is taken, and waits until it has cleaned up. A source that stands at something of its
   * own is told and not waited for. Without effect at the end.
   */
  close(): Coroutine<void> {
    return close(this);
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Takes items until the end, and closes the source: a cancel reaches a foreign source where it is awaited. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined, undefined> {
    try {
      for (let step = await this.next(); step.done !== true; step = await this.next()) yield step.value;
    } finally {
      await this.close();
    }
  }

  /** @internal */
  *taking(): GeneratorBody<IteratorResult<T, undefined>> {
    yield* this.#turn.acquire();
    try {
      if (this.#closed) return { done: true, value: undefined };
      const step = yield* (this.#source ??= this.#open()).next();
      if (step.done !== true) return { done: false, value: itemOf<T>(step.value) };
      this.#closed = true;
      return { done: true, value: undefined };
    } finally {
      this.#turn.release();
    }
  }

  /** @internal */
  *closing(): GeneratorBody<void> {
    const source = this.#source;
    if (this.#closed) return;
    this.#closed = true;
    if (source !== null) yield* source.close();
  }
}

/** The source was given as one of such items. */
function itemOf<T>(item: unknown): T {
  return item as T;
}

const next = coroutine(function next<T>(puller: Puller<T>): GeneratorBody<IteratorResult<T, undefined>> {
  return puller.taking();
});

const close = coroutine(function close<T>(puller: Puller<T>): GeneratorBody<void> {
  return puller.closing();
});

/**
 * Reads a list, an async iterable or a web stream item by item: in a generator body, where there is no `for await`, and in
 * an async one where a cancel is to be heard while a foreign source is awaited. Close it when it is left before its end.
 *
 * @example
 * ```ts
 * import { coroutine, pull, run } from 'cotask';
 *
 * const total = coroutine(function* (numbers: AsyncIterable<number>) {
 *   const source = pull(numbers);
 *   let sum = 0;
 *   try {
 *     for (let step = yield* source.next(); !step.done; step = yield* source.next()) sum += step.value;
 *   } finally {
 *     yield* source.close();
 *   }
 *   return sum;
 * });
 * async function* numbers() {
 *   yield 1;
 *   yield 2;
 * }
 * console.log(await run(total(numbers()))); // 3
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` for what is no source.
 */
export function pull<T>(source: ItemSource<T> | ReadableStream<T>): Puller<T> {
  return new Puller<T>(source);
}
