/** Events one after the other, with a bounded buffer between those who emit and those who take. */
import { MisuseError, QueueFull } from '../errors.ts';
import { refuseUnknownOptions, shown } from '../options.ts';
import { Fifo } from '../queues/fifo.ts';
import { abortError, onAbort, refuseBadSignal } from '../scopes/abort-signal.ts';
import { listen } from '../scopes/listen.ts';
import type { EmitterLike, EventSource, EventTargetLike } from '../scopes/listen.ts';
import type { GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { waitForForeign } from '../tasks/foreign.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { errorEvent, errorOf, refuseBadSource } from './error-event.ts';
import type { FromEventOptions } from './from-event.ts';

/** Options of `events`. */
export interface EventsOptions<V> extends FromEventOptions<V> {
  /** How many events it keeps for those who take them; 1,000 by default. */
  buffer?: number;
  /** What an event does that finds the buffer full: fail the stream (the default), or have the oldest, or itself, dropped. */
  overflow?: 'fail' | 'drop-oldest' | 'drop-newest';
  /** The event that ends the stream, as `'close'`; none by default. */
  end?: string;
}

const overflows: readonly unknown[] = ['fail', 'drop-oldest', 'drop-newest'];

/**
 * Events from when it was made until it is closed. Take them with `for await`, which closes it at its end, or one by one
 * with `next()`.
 */
export class EventStream<V> implements AsyncIterable<V, undefined> {
  readonly #label: string;
  readonly #size: number;
  readonly #overflow: string;
  readonly #items: Fifo<V> = new Fifo<V>();
  readonly #takers: WaitQueue<IteratorResult<V, undefined>> = new WaitQueue<IteratorResult<V, undefined>>();
  readonly #stops: (() => void)[] = [];
  #dropped = 0;
  #open = true;
  /** What it failed with, in a box. */
  #failure: { readonly error: unknown } | null = null;

  /** @internal Use `events()`. */
  constructor(source: EventSource, name: string, options: EventsOptions<V>) {
    const { filter, signal, end, buffer = 1_000, overflow = 'fail' } = options;
    this.#label = `event "${name}"`;
    this.#size = buffer;
    this.#overflow = overflow;
    // The name of an event says what comes with it: the caller knows, the compiler cannot.
    this.#hear(source, name, (value) => {
      if (filter === undefined || filter(value as V)) this.#add(value as V);
    });
    const failing = errorEvent(source, name, options.error);
    if (failing !== null) this.#hear(source, failing, (value) => this.#fail(errorOf(failing, value)));
    if (end !== undefined) this.#hear(source, end, () => this.#end());
    if (signal !== undefined) this.#stops.push(onAbort(signal, () => this.#fail(abortError(signal))));
  }

  /** How many events were dropped because the buffer was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * The next event as an iterator gives it: `{ done: false, value }`, or `{ done: true }` once it was closed and all that
   * came before has been taken.
   * @throws what the stream failed with, once all that came before has been taken.
   */
  next(): Coroutine<IteratorResult<V, undefined>> {
    return next(this);
  }

  /** Stops to listen and forgets what was not taken; whoever waits for an event is told that it was the end. */
  close(): void {
    while (this.#items.size > 0) this.#items.take();
    this.#failure = null;
    this.#end();
  }

  /** As `close`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes events until the stream ends, and closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<V, undefined, undefined> {
    try {
      for (let step = await this.next(); step.done !== true; step = await this.next()) yield step.value;
    } finally {
      this.close();
    }
  }

  /** @internal */
  *taking(): GeneratorBody<IteratorResult<V, undefined>> {
    if (this.#items.size > 0) return { done: false, value: this.#items.take() };
    if (this.#failure !== null) throw this.#failure.error;
    if (!this.#open) return { done: true, value: undefined };
    return yield* waitForForeign(this.#takers.wait(this.#label));
  }

  #hear(source: EventSource, name: string, heard: (value: unknown) => void): void {
    const stop = listen(source, name, (value) => {
      try {
        heard(value);
      } catch (error) {
        this.#fail(error);
      }
    });
    this.#stops.push(stop);
  }

  #add(value: V): void {
    if (this.#takers.wakeOne({ done: false, value })) return;
    if (this.#items.size < this.#size) {
      this.#items.add(value);
      return;
    }
    if (this.#overflow === 'fail')
      throw new QueueFull(
        `nobody took ${this.#label} in time: its buffer of ${this.#size} is full; make it larger, or choose an overflow`,
      );
    this.#dropped += 1;
    if (this.#overflow === 'drop-newest') return;
    this.#items.take();
    this.#items.add(value);
  }

  #fail(error: unknown): void {
    if (!this.#open) return;
    this.#failure = { error };
    this.#stop();
    this.#takers.failAll(error);
  }

  #end(): void {
    this.#stop();
    this.#takers.wakeAll({ done: true, value: undefined });
  }

  #stop(): void {
    this.#open = false;
    for (const stop of this.#stops.splice(0)) stop();
  }
}

const next = coroutine(function next<V>(stream: EventStream<V>): GeneratorBody<IteratorResult<V, undefined>> {
  return stream.taking();
});

/**
 * The events of an `EventTarget`, or the arguments of those of an `EventEmitter`, one after the other. It listens from
 * this call until it is closed: by the end of a `for await`, by `using`, or by `close()`.
 *
 * @example
 * ```ts
 * import { EventEmitter } from 'node:events';
 * import { coroutine, events, run } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const socket = new EventEmitter();
 *   const messages = events<[string]>(socket, 'message', { end: 'close' });
 *   for (const text of ['one', 'two']) socket.emit('message', text);
 *   socket.emit('close');
 *   for await (const [text] of messages) console.log(text); // one, two
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION`; the reason of a signal that is aborted already.
 */
export function events<E extends Event = Event>(
  target: EventTargetLike,
  name: string,
  options?: EventsOptions<E>,
): EventStream<E>;
export function events<A extends unknown[] = unknown[]>(
  emitter: EmitterLike,
  name: string,
  options?: EventsOptions<A>,
): EventStream<A>;
export function events(source: EventSource, name: string, options: EventsOptions<unknown> = {}): EventStream<unknown> {
  refuseUnknownOptions('events()', options, ['signal', 'filter', 'error', 'buffer', 'overflow', 'end']);
  refuseBadSource('events()', source, name, options.filter);
  const { signal, buffer = 1, overflow = 'fail' } = options;
  if (!(buffer >= 1)) throw new MisuseError('COTASK_BAD_OPTION', `buffer is 1 or more, got ${shown(buffer)}`);
  if (!overflows.includes(overflow))
    throw new MisuseError('COTASK_BAD_OPTION', `overflow is one of ${overflows.join(', ')}, got ${shown(overflow)}`);
  if (signal !== undefined) refuseBadSignal('events()', signal);
  if (signal?.aborted === true) throw abortError(signal);
  return new EventStream(source, name, options);
}
