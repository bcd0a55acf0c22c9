/** The body of one response and who may read it: one reader, once, in one of three ways; whole bodies are kept. */
import type { Awaitable, EventLoop, GeneratorBody } from 'cotask';
import { park } from 'cotask/lowlevel';
import { makeBodyStream, type TranslateError } from './body-stream.ts';
import { discardRest } from '../exchange/discard.ts';
import { BodyInUseError, BodyTooLargeError, ResponseClosedError } from '../errors/index.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { PieceList } from '../bodies/piece-list.ts';

/** How a reader that is given chunks goes on after it returned `false`. */
export interface BodyFlow {
  resume(): void;
}

/** Takes a chunk inside the socket's callback; `false` holds back what follows until `flow.resume()`. */
export type ChunkSink = (chunk: Uint8Array, flow: BodyFlow) => boolean | void;

/** What a body may be that is read whole. */
export interface BodyBounds {
  readonly maxBodySize: number;
  readonly maxChunks: number;
}

type Use = 'unread' | 'whole' | 'pieces' | 'consumed' | 'streamed';

/** A response's body. */
export class ResponseBody {
  readonly exchange: Exchange;
  readonly #announced: number | null;
  readonly #bounds: BodyBounds;
  #use: Use = 'unread';
  #whole: Uint8Array | null = null;
  #waiting = false;
  #closed = false;

  /** `announced` is the length that the server promised. */
  constructor(exchange: Exchange, announced: number | null, bounds: BodyBounds) {
    this.exchange = exchange;
    this.#announced = announced;
    this.#bounds = bounds;
  }

  /** True when nothing more can be read from the connection. */
  get closed(): boolean {
    return this.#closed || (this.exchange.done && this.exchange.inbox.ended);
  }

  /** True when there is nothing left to read. */
  get atEof(): boolean {
    return this.#whole !== null || (this.exchange.inbox.ended && this.exchange.inbox.empty);
  }

  /** The whole body, where it was read. */
  get whole(): Uint8Array | null {
    return this.#whole;
  }

  /** The most bytes that are read whole. */
  get maxBodySize(): number {
    return this.#bounds.maxBodySize;
  }

  /** The next piece if one is there. */
  takeNow(): Uint8Array | null {
    if (this.#use !== 'pieces') this.#claim('pieces');
    if (this.#closed) throw new ResponseClosedError(this.exchange.line);
    return this.exchange.inbox.take();
  }

  /** The whole body, kept for the next call. */
  *bytes(): GeneratorBody<Uint8Array> {
    if (this.#whole !== null) return this.#whole;
    this.#claim('whole');
    if (this.#announced !== null && this.#announced > this.#bounds.maxBodySize) {
      const error = this.#tooLarge();
      this.exchange.fail(error);
      throw error;
    }
    const pieces = this.exchange.inbox.ended ? this.#takeHeld() : yield* this.#collect();
    this.#whole = pieces.join();
    return this.#whole;
  }

  #takeHeld(): PieceList {
    const { inbox } = this.exchange;
    const pieces = new PieceList(inbox.heldBytes);
    for (let piece = inbox.take(); piece !== null; piece = inbox.take()) pieces.push(piece);
    if (inbox.failure !== null) throw inbox.failure.error;
    if (this.exchange.body.delivered > this.#bounds.maxBodySize) throw this.#tooLarge();
    if (pieces.count > this.#bounds.maxChunks) throw this.#tooMany();
    return pieces;
  }

  #collect(): Awaitable<PieceList> {
    const { inbox } = this.exchange;
    const pieces = new PieceList(this.exchange.body.decodes ? null : this.#announced);
    return park<PieceList>(this.#label('the body'), (settle) => {
      inbox.attach({
        chunk: (chunk) => {
          if (this.exchange.body.delivered > this.#bounds.maxBodySize) throw this.#tooLarge();
          pieces.push(chunk);
          if (pieces.count > this.#bounds.maxChunks) throw this.#tooMany();
        },
        ended: (failure) => (failure === null ? settle.resolve(pieces) : settle.reject(failure.error)),
      });
      return () => this.#abandon();
    });
  }

  /** The next piece, or null when the whole body was read. */
  *readChunk(): GeneratorBody<Uint8Array | null> {
    if (this.#use !== 'pieces') this.#claim('pieces');
    if (this.#waiting)
      throw new BodyInUseError(this.exchange.line, 'another reader waits for the next piece of the body');
    const { inbox } = this.exchange;
    for (;;) {
      if (this.#closed) throw new ResponseClosedError(this.exchange.line);
      const piece = inbox.take();
      if (piece !== null) return piece;
      if (inbox.failure !== null) throw inbox.failure.error;
      if (inbox.ended) return null;
      this.#waiting = true;
      try {
        yield* this.#readable();
      } finally {
        this.#waiting = false;
      }
    }
  }

  #readable(): Awaitable<void> {
    return park<void>(this.#label('the next piece of the body'), (settle) => {
      this.exchange.inbox.onReadable(() => settle.resolve());
      return () => this.#abandon();
    });
  }

  /** Hands every chunk to `sink` from when it is awaited; the number of bytes when the body is whole. */
  consume(sink: ChunkSink): Awaitable<number> {
    const { inbox } = this.exchange;
    return park<number>(this.#label('the body'), (settle) => {
      this.#claim('consumed');
      const flow: BodyFlow = { resume: () => inbox.resume() };
      inbox.attach({
        chunk: (chunk) => sink(chunk, flow),
        ended: (failure) =>
          failure === null ? settle.resolve(this.exchange.body.delivered) : settle.reject(failure.error),
      });
      return () => this.#abandon();
    });
  }

  /** The body as a web stream; its errors are said as `translate` says them. */
  stream(translate: TranslateError): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#claim('streamed');
    return makeBodyStream(this.exchange, translate);
  }

  /** Ends the connection, unless the body has come whole. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.exchange.close();
  }

  /** Reads the rest away in the background; a long rest is cut. */
  release(loop: EventLoop): void {
    if (this.#closed) return;
    this.#closed = true;
    const isRead = this.#use === 'whole' || this.#use === 'consumed' || this.#use === 'streamed' || this.#waiting;
    if (this.exchange.upgraded !== null) return this.exchange.close();
    if ((this.exchange.done && this.exchange.inbox.ended) || isRead) this.exchange.close();
    else discardRest(this.exchange, loop, () => undefined);
  }

  #claim(use: Use): void {
    if (this.#closed) throw new ResponseClosedError(this.exchange.line);
    if (this.#use !== 'unread')
      throw new BodyInUseError(this.exchange.line, 'the body was read already, or is being read');
    this.#use = use;
  }

  #abandon(): void {
    this.exchange.inbox.onReadable(null);
    this.exchange.inbox.detach();
    this.exchange.abandon();
  }

  #tooLarge(): BodyTooLargeError {
    return new BodyTooLargeError(this.exchange.line, this.exchange.bytes, this.#bounds.maxBodySize);
  }

  #tooMany(): BodyTooLargeError {
    return new BodyTooLargeError(this.exchange.line, this.exchange.bytes, this.#bounds.maxChunks, 'maxChunks');
  }

  #label(what: string): string {
    return `${what} of ${this.exchange.line.method} ${this.exchange.line.url}`;
  }
}
