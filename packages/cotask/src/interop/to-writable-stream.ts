/** A web stream whose chunks a coroutine takes. */
import { ChannelBroken } from '../errors.ts';
import { refuseBadBody } from '../scopes/in-scope.ts';
import type { Body, GeneratorBody } from '../tasks/awaitable.ts';
import { coroutine } from '../tasks/coroutine.ts';
import type { Coroutine } from '../tasks/coroutine.ts';
import { waitForForeign } from '../tasks/foreign.ts';
import { WaitQueue } from '../tasks/wait-queue.ts';
import { StreamTask } from './stream-task.ts';

type Step<T> = IteratorResult<T, undefined>;

/** Where a body takes the chunks of a stream from. */
export class ChunkSource<T> implements AsyncIterable<T, undefined> {
  readonly #takers: WaitQueue<Step<T>> = new WaitQueue<Step<T>>();
  /** The chunk that was written and nobody has taken. */
  #written: { readonly chunk: T; taken(): void; refused(error: unknown): void } | null = null;
  #ended = false;

  /** The next chunk as an iterator gives it; `{ done: true }` when the stream was closed. */
  next(): Coroutine<Step<T>> {
    return next(this);
  }

  /** Takes chunks until the stream is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, undefined, undefined> {
    for (let step = await this.next(); step.done !== true; step = await this.next()) yield step.value;
  }

  /** @internal Settled when somebody has taken the chunk; a stream writes one after the other. */
  write(chunk: T): Promise<void> | void {
    if (this.#takers.wakeOne({ done: false, value: chunk })) return;
    return new Promise((taken, refused) => {
      this.#written = { chunk, taken, refused };
    });
  }

  /** @internal */
  end(): void {
    this.#ended = true;
    this.#takers.wakeAll({ done: true, value: undefined });
  }

  /** @internal Nobody takes what was written; true when there was such. */
  refuse(error: unknown): boolean {
    const written = this.#written;
    this.#written = null;
    written?.refused(error);
    return written !== null;
  }

  /** @internal */
  *taking(): GeneratorBody<Step<T>> {
    const written = this.#written;
    if (written !== null) {
      this.#written = null;
      written.taken();
      return { done: false, value: written.chunk };
    }
    if (this.#ended) return { done: true, value: undefined };
    return yield* waitForForeign(this.#takers.wait('a chunk of a stream'));
  }
}

const next = coroutine(function next<T>(source: ChunkSource<T>): GeneratorBody<Step<T>> {
  return source.taking();
});

/**
 * A `WritableStream` whose chunks `body` takes. The body runs as a task, begun with the first write; a write ends when its
 * chunk was taken, `close()` when the body has ended. A body that fails, or ends before the stream is closed, fails the
 * stream; whoever aborts the stream cancels the task.
 *
 * @example
 * ```ts
 * import { coroutine, pipe, run, toWritableStream } from 'cotask';
 *
 * const main = coroutine(async () => {
 *   const words: string[] = [];
 *   const stream = toWritableStream<string>(async (source) => {
 *     for await (const word of source) words.push(word);
 *   });
 *   await pipe(['one', 'two'], stream);
 *   console.log(words); // [ 'one', 'two' ]
 * });
 * await run(main());
 * ```
 * @throws {MisuseError} `COTASK_BAD_OPTION` when there is no body.
 */
export function toWritableStream<T>(
  body: (source: ChunkSource<T>) => Body<unknown>,
  strategy?: QueuingStrategy<T>,
): WritableStream<T> {
  refuseBadBody('toWritableStream()', body, 'toWritableStream(async (source) => { … })');
  const source = new ChunkSource<T>();
  let stream: WritableStreamDefaultController | null = null;
  let closing = false;
  const task = new StreamTask(
    'a writable stream',
    () => body(source),
    (failure) => {
      if (closing) return;
      const error = failure === null ? bodyEnded() : failure.error;
      if (!source.refuse(error)) stream?.error(error);
    },
  );
  return new WritableStream<T>(
    {
      start(controller) {
        stream = controller;
        const { signal } = controller;
        // A stream calls abort only when the write under way has ended.
        signal.addEventListener('abort', () => {
          source.refuse(signal.reason);
          task.abort(signal.reason).catch(() => {});
        });
      },
      write(chunk) {
        task.begin();
        return source.write(chunk);
      },
      close() {
        closing = true;
        source.end();
        task.begin();
        return task.ended;
      },
      abort: (reason) => task.abort(reason),
    },
    strategy,
  );
}

function bodyEnded(): ChannelBroken {
  return new ChannelBroken('the body of this stream has ended: nobody takes what is written');
}
