/**
 * A body that is sent piece by piece. undici pulls from it and would wait for the next piece for ever after the request
 * was given up; this one lets go of both sides at once.
 */
import { AsyncResource } from 'node:async_hooks';
import { InvalidOptionError } from '../errors/index.ts';

/** What a streamed body is made of. */
export type BodyChunk = string | Uint8Array;

/** A source of chunks; Node's and the web's streams are such. */
export type BodySource = AsyncIterable<BodyChunk> | Iterable<BodyChunk>;

type Step = IteratorResult<BodyChunk, undefined>;

/** One pass over a source, which `stop()` ends. */
export class Upload implements AsyncIterable<BodyChunk>, AsyncIterator<BodyChunk, undefined> {
  /** What the source threw, in a box: `undefined` can be thrown too. */
  failure: { readonly error: unknown } | null = null;
  readonly #source: AsyncIterator<BodyChunk> | Iterator<BodyChunk>;
  /** The caller's context: the source is the caller's code, though the socket's callbacks pull from it. */
  readonly #context = new AsyncResource('COTASK_UPLOAD');
  #release: ((step: Step) => void) | null = null;
  #stopped = false;

  constructor(source: BodySource) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (this.#stopped) return Promise.resolve({ done: true, value: undefined });
    return new Promise<Step>((resolve, reject) => {
      this.#release = resolve;
      this.#pull().then(resolve, (error: unknown) => {
        this.failure ??= { error };
        reject(
          error instanceof Error ? error : new Error('the source of the body threw what is no error', { cause: error }),
        );
      });
    });
  }

  async return(): Promise<Step> {
    this.stop();
    return { done: true, value: undefined };
  }

  /** Lets go of the source and of whoever waits for its next chunk. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#release?.({ done: true, value: undefined });
    void this.#closeSource();
  }

  async #pull(): Promise<Step> {
    const step = await this.#context.runInAsyncScope(() => this.#source.next());
    if (step.done === true) {
      this.#stopped = true;
      return { done: true, value: undefined };
    }
    if (typeof step.value === 'string' || step.value instanceof Uint8Array) return { done: false, value: step.value };
    throw new InvalidOptionError(
      `the source of the body must yield texts or Uint8Arrays, it yielded ${typeof step.value}`,
    );
  }

  async #closeSource(): Promise<void> {
    try {
      await this.#context.runInAsyncScope(() => this.#source.return?.());
    } catch {
      // Nobody is left to hear it: the request has ended.
    }
  }
}
