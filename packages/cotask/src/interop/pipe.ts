/** From a source into a sink, as fast as the sink takes. */
import { MisuseError } from '../errors.ts';
import type { Awaitable, GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { fromPromise } from '../tasks/from-promise.ts';
import { opening } from '../together/source.ts';
import type { ItemSource, Source } from '../together/source.ts';

/** What takes items: a queue, the sender of a channel, a web stream. */
export type ItemSink<T> =
  | { put(item: T): Awaitable<unknown> }
  | { send(item: T): Awaitable<unknown> }
  | WritableStream<T>;

/** A sink, and how it is told of the end. */
interface Drain<T> {
  put(item: T): Awaitable<unknown>;
  end(): GeneratorBody<void>;
  fail(error: unknown): GeneratorBody<void>;
}

const piping = coroutine(function* pipe<T>(open: () => Source, drainOf: () => Drain<T>): GeneratorBody<void> {
  const drain = drainOf();
  let source: Source | null = null;
  try {
    source = open();
    // The source was given as one of such items.
    for (let step = yield* source.next(); step.done !== true; step = yield* source.next())
      yield* drain.put(step.value as T);
    yield* drain.end();
  } catch (error) {
    yield* drain.fail(error);
    throw error;
  } finally {
    if (source !== null) yield* source.close();
  }
});

/** A queue or a sender is nobody's alone: it is left open. */
function leftOpen<T>(put: (item: T) => Awaitable<unknown>): Drain<T> {
  return { put, *end() {}, *fail() {} };
}

function writing<T>(stream: WritableStream<T>): Drain<T> {
  const writer = stream.getWriter();
  const write = coroutine(function* write(item: T): GeneratorBody<void> {
    yield* fromPromise(writer.ready);
    // What it fails with comes out of the next ready, or of close.
    writer.write(item).catch(() => {});
  });
  return {
    put: write,
    *end() {
      yield* fromPromise(writer.close());
      writer.releaseLock();
    },
    *fail(error) {
      // A sink that goes on with its write holds this up; a second cancel does not wait for it.
      try {
        yield* fromPromise(writer.abort(error).catch(() => {}));
      } finally {
        writer.releaseLock();
      }
    },
  };
}

/**
 * Moves every item of a source into a sink, each when the sink has room: the backpressure goes through. A list, an async
 * iterable or a web stream into a queue, a channel's sender or a web stream. The source is closed when the sink fails or
 * this is cancelled; a web stream is closed at the end, and aborted when this fails. Queues and senders stay open.
 *
 * @example
 * ```ts
 * import { Queue, coroutine, pipe, run, taskGroup } from 'cotask';
 *
 * const main = coroutine(() =>
 *   taskGroup(async (group) => {
 *     const queue = new Queue<number>(1);
 *     group.createTask(coroutine(async () => {
 *       await pipe([1, 2, 3], queue);
 *       queue.shutdown();
 *     })());
 *     for await (const n of queue) console.log(n); // 1, 2, 3
 *   }),
 * );
 * await run(main());
 * ```
 * **Gotchas** As with `pipeTo`, the abort of a web stream waits for a write that is under way, and so does a cancel: a sink
 * ends it when its `controller.signal` is aborted. For one that does not, a second cancel or a scope's `graceMs` is the end.
 *
 * @throws what the source or the sink fails with.
 * @throws {MisuseError} `COTASK_BAD_OPTION` for what is no source, or no sink.
 */
export function pipe<T>(source: ItemSource<T> | ReadableStream<T>, sink: ItemSink<T>): Coroutine<void> {
  return piping(opening('pipe()', source), drainFor(sink));
}

function drainFor<T>(sink: ItemSink<T>): () => Drain<T> {
  if (typeof sink === 'object' && sink !== null) {
    if ('getWriter' in sink) return () => writing(sink);
    if ('put' in sink) return () => leftOpen((item) => sink.put(item));
    if ('send' in sink) return () => leftOpen((item) => sink.send(item));
  }
  throw new MisuseError(
    'COTASK_BAD_OPTION',
    `pipe() takes a queue, a channel's sender or a WritableStream to put items into, got ${typeof sink}`,
  );
}
