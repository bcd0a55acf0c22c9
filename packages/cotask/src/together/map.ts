/** A function over the items of a source, so many at once, and what comes of it. */
import { MisuseError } from '../errors.ts';
import { refuseUnknownOptions } from '../options.ts';
import type { Awaitable, GeneratorBody } from '../tasks/awaitable.ts';
import type { Returned } from '../tasks/call.ts';
import { call, isAskedToEnd } from '../tasks/call.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { getEventLoop } from '../tasks/default-loop.ts';
import type { OnFulfilled, OnRejected } from '../tasks/gears/async.ts';
import type { Wait } from '../tasks/park.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { FanOut, readPlan } from './fan-out.ts';
import type { ItemFunction, Plan } from './fan-out.ts';
import type { ItemSource } from './source.ts';

/** Options of `map`. */
export interface MapOptions {
  /** How many items are worked on at once: a whole number of 1 and more, or `Infinity`. */
  concurrency: number;
  /** Results in the order of the items, which is the default; `false` gives them in the order in which they come. */
  ordered?: boolean;
  /** Go on after failures, and give outcomes as `Promise.allSettled` does in place of values. */
  settle?: boolean;
}

/** The end of the items. */
const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The results of a `map`: awaited, all of them in a list; iterated, one after the other as they are taken. */
export class Mapping<R> implements Awaitable<R[]>, AsyncIterable<R, undefined> {
  readonly #plan: Plan;
  readonly #ordered: boolean;
  /** Results that were not taken, by their place. */
  readonly #results: Map<number, R> = new Map();
  /** They are handed a result, or null to look for themselves. */
  readonly #takers: WaitQueue<IteratorResult<R, undefined> | null> = new WaitQueue<IteratorResult<
    R,
    undefined
  > | null>();
  #fan: FanOut<R> | null = null;
  #came = 0;
  #taken = 0;
  /** What it failed with was thrown, or cannot be any more. */
  #over = false;

  /** @internal */
  constructor(plan: Plan, ordered: boolean) {
    this.#plan = plan;
    this.#ordered = ordered;
  }

  /** Begins, and waits for all results. */
  [Symbol.iterator](): Iterator<Wait, R[], unknown> {
    return allOf(this)[Symbol.iterator]();
  }

  /** Begins, and waits for all results. */
  then<A = R[], B = never>(onFulfilled?: OnFulfilled<R[], A>, onRejected?: OnRejected<B>): PromiseLike<A | B> {
    return allOf(this).then(onFulfilled, onRejected);
  }

  /**
   * Takes the next result, as an iterator gives it: `{ done: false, value }`, or `{ done: true }` after the last. The first
   * call begins the work. After a failure it gives what was ready, and then throws.
   */
  pull(): Coroutine<IteratorResult<R, undefined>> {
    return pullOf(this);
  }

  /** Cancels what is under way, waits until it has ended, and closes the source; a failure that nobody saw is thrown. */
  close(): Coroutine<void> {
    return closeOf(this);
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The results one after the other; leaving the loop cancels what is under way. */
  async *[Symbol.asyncIterator](): AsyncGenerator<R, undefined, undefined> {
    try {
      for (;;) {
        const step = await this.pull();
        if (step.done === true) return undefined;
        yield step.value;
      }
    } finally {
      await this.close();
    }
  }

  /** @internal */
  *all(): GeneratorBody<R[]> {
    if (this.#fan !== null || this.#over) throw reused(this.#plan);
    this.#over = true;
    const results: R[] = [];
    yield* new FanOut<R>(getEventLoop(), this.#plan, (index, value) => {
      results[this.#ordered ? index : results.length] = value;
    });
    return results;
  }

  /** @internal */
  *taking(): GeneratorBody<IteratorResult<R, undefined>> {
    if (this.#over) return end;
    const fan = (this.#fan ??= this.#begin());
    for (;;) {
      const step = this.#take(fan) ?? this.#ended(fan);
      if (step !== null) return step;
      const handed = yield* this.#takers.wait(`the next result of ${this.#plan.name}`);
      if (handed !== null) return handed;
    }
  }

  /** @internal */
  *closing(): GeneratorBody<void> {
    const seen = this.#over;
    this.#over = true;
    this.#results.clear();
    if (this.#fan === null || (seen && this.#fan.done())) return;
    this.#fan.stop();
    yield* this.#fan;
  }

  #begin(): FanOut<R> {
    const loop = getEventLoop();
    const fan = new FanOut<R>(loop, this.#plan, (index, value) => {
      this.#results.set(this.#ordered ? index : this.#came++, value);
      fan.hold(1);
      this.#handOver(fan);
    });
    fan.addWaiter({ looks: false, wake: () => this.#takers.wakeAll(null) });
    return fan;
  }

  #handOver(fan: FanOut<R>): void {
    while (this.#takers.size > 0 && this.#results.has(this.#taken)) this.#takers.wakeOne(this.#take(fan));
  }

  #take(fan: FanOut<R>): IteratorResult<R, undefined> | null {
    const place = this.#taken;
    if (!this.#results.has(place)) return null;
    const value = this.#results.get(place) as R;
    this.#results.delete(place);
    this.#taken += 1;
    fan.hold(-1);
    return { done: false, value };
  }

  #ended(fan: FanOut<R>): IteratorResult<R, undefined> | null {
    if (!fan.done()) return null;
    this.#over = true;
    fan.result();
    return end;
  }
}

const allOf = coroutine(function all<R>(mapping: Mapping<R>): GeneratorBody<R[]> {
  return mapping.all();
});

const pullOf = coroutine(function pull<R>(mapping: Mapping<R>): GeneratorBody<IteratorResult<R, undefined>> {
  return mapping.taking();
});

const closeOf = coroutine(function close<R>(mapping: Mapping<R>): GeneratorBody<void> {
  return mapping.closing();
});

function reused({ name }: Plan): MisuseError {
  return new MisuseError(
    'COTASK_COROUTINE_REUSED',
    `${name} was begun already; it runs once: await it or iterate it, and call map() again for another run`,
  );
}

/**
 * Calls `fn` with every item of a list, another iterable, an async iterable or a stream, in a task each, `concurrency` at
 * once. An item is taken from the source only when it can be begun, so the source may be endless. `fn` is a coroutine
 * function, an async function, a `function*` or a plain function; it is given the item and its index.
 *
 * Awaited, it gives the list of results. Iterated with `for await`, or by `pull()`, it gives one after the other, and begins
 * no other item while `concurrency` results wait to be taken. Nothing is begun before that, and it runs once.
 *
 * **Details** The first failure cancels the others; when they have ended and the source is closed it is thrown as it is,
 * with failures of their clean-up as a `TaskGroupError`. A cancel does the same. Items on their way are lost then.
 *
 * **Gotchas** A task may do several items of a `function*`, one after the other: foreign code that one of them leaves behind
 * and that nobody waits for goes on in the name of a later one. Wait for it, or begin it with `detached`.
 *
 * @example
 * ```ts
 * import { coroutine, map, run, sleep } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const squares = await map([1, 2, 3], async (n) => sleep(4 - n, n * n), { concurrency: 2 });
 *   console.log(squares); // [ 1, 4, 9 ]
 *   for await (const n of map([3, 1, 2], (ms) => sleep(ms, ms), { concurrency: 3, ordered: false })) {
 *     console.log(n); // 1, 2, 3
 *   }
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when there is no source, no function or no `concurrency`.
 */
export function map<T, F>(
  source: ItemSource<T>,
  fn: (item: T, index: number) => F,
  options: MapOptions & { settle: true },
): Mapping<PromiseSettledResult<Returned<F>>>;
export function map<T, F>(
  source: ItemSource<T>,
  fn: (item: T, index: number) => F,
  options: MapOptions & { settle?: false },
): Mapping<Returned<F>>;
export function map<R>(source: ItemSource<unknown>, fn: ItemFunction, options: MapOptions): Mapping<R> {
  refuseUnknownOptions('map()', options, ['concurrency', 'ordered', 'settle']);
  const plan = readPlan('map', source, fn, options.concurrency);
  const { ordered = true, settle = false } = options;
  return new Mapping<R>(settle ? { ...plan, fn: outcomeOf(plan.fn) } : plan, ordered);
}

function outcomeOf(fn: ItemFunction): ItemFunction {
  return function* (item, index): GeneratorBody<PromiseSettledResult<unknown>> {
    try {
      return { status: 'fulfilled', value: yield* call(fn, item, index) };
    } catch (reason) {
      if (isAskedToEnd()) throw reason;
      return { status: 'rejected', reason };
    }
  };
}
