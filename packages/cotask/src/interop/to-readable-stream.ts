/** A web stream of what a coroutine makes. */
import { ChannelBroken } from '../errors.ts';
import { refuseBadBody } from '../scopes/in-scope.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { waitForForeign } from '../tasks/foreign.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { StreamTask } from './stream-task.ts';

/** Where a body puts the chunks of a stream. */
export class ChunkSink<T> {
  readonly #readers: WaitQueue = new WaitQueue();
  #wanted = false;
  #stopped = false;
  #controller: ReadableStreamDefaultController<T> | null = null;

  /**
   * Hands a chunk on, and waits first until the reader, or the room that the strategy allows, wants one.
   * @throws {ChannelBroken} once the reader has cancelled the stream.
   */
  put(chunk: T): Coroutine<void> {
    return put(this, chunk);
  }

  /** @internal The stream wants a chunk. */
  want(controller: ReadableStreamDefaultController<T>): void {
    this.#controller = controller;
    if (!this.#readers.wakeOne()) this.#wanted = true;
  }

  /** @internal Nobody wants one any more. */
  stop(): void {
    this.#wanted = false;
    this.#controller = null;
    this.#stopped = true;
    this.#readers.failAll(nobodyReads());
  }

  /** @internal The body has ended. */
  end(failure: { error: unknown } | null): void {
    if (failure === null) this.#controller?.close();
    else this.#controller?.error(failure.error);
  }

  /** @internal */
  *putting(chunk: T): GeneratorBody<void> {
    if (this.#stopped) throw nobodyReads();
    if (!this.#wanted) yield* waitForForeign(this.#readers.wait('a reader of a stream'));
    this.#wanted = false;
    this.#controller?.enqueue(chunk);
  }
}

function nobodyReads(): ChannelBroken {
  return new ChannelBroken('the reader has cancelled this stream: nobody takes what is put');
}

const put = coroutine(function put<T>(sink: ChunkSink<T>, chunk: T): GeneratorBody<void> {
  return sink.putting(chunk);
});

/**
 * A `ReadableStream` of the chunks that `body` puts, for whoever takes one: a `Response`, `pipeTo`. The body runs as a task,
 * begun with the first read; it waits while the reader is slow, ends the stream when it ends, and fails it when it fails.
 * A reader that cancels the stream cancels the task, and hears when that has cleaned up.
 *
 * **Details** By default nothing is made that nobody has asked for; `strategy` says how much may be kept ready.
 *
 * @example
 * ```ts
 * import { coroutine, run, sleep, toReadableStream } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const stream = toReadableStream<string>(async (sink) => {
 *     for (const word of ['one ', 'two']) {
 *       await sleep(1);
 *       await sink.put(word);
 *     }
 *   });
 *   console.log(await new Response(stream.pipeThrough(new TextEncoderStream())).text()); // one two
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when there is no body.
 */
export function toReadableStream<T>(
  body: (sink: ChunkSink<T>) => Body<unknown>,
  strategy: QueuingStrategy<T> = { highWaterMark: 0 },
): ReadableStream<T> {
  refuseBadBody('toReadableStream()', body, 'toReadableStream(async (sink) => { … })');
  const sink = new ChunkSink<T>();
  const task = new StreamTask(
    'a readable stream',
    () => body(sink),
    (failure) => sink.end(failure),
  );
  return new ReadableStream<T>(
    {
      pull(controller) {
        sink.want(controller);
        task.begin();
      },
      cancel(reason) {
        // The body hears of the cancel first, others that put hear that nobody reads.
        const ended = task.abort(reason);
        sink.stop();
        return ended;
      },
    },
    strategy,
  );
}
