/**
 * A body on its way from the connection to its reader: its codings undone, and the connection held back while the reader or
 * the decoder is behind.
 */
import { BodyInbox, type Failure, type Flow } from '../bodies/body-inbox.ts';
import { listCodings } from '../bodies/content-coding.ts';
import { ContentDecoder, type DecodedBody, type HoldTime } from '../bodies/content-decoder.ts';
import { BodyExpansionError, ContentEncodingError, type RequestLine } from '../errors/index.ts';
import type { ResponseHead } from '../message/response-head.ts';
import { excessOf, type DecodingBounds, type ExchangePlan } from './exchange-plan.ts';

/** The connection that a body comes over. */
export interface BodySource {
  readonly line: RequestLine;
  /** True when nothing more comes over it. */
  readonly done: boolean;
  /** Nothing is to come until `letInput`. */
  holdInput(): void;
  letInput(): void;
  /** Ends it because of what came, or because the reader failed. */
  fail(error: unknown): void;
}

/** The body of one exchange. */
export class BodyIntake implements Flow, DecodedBody {
  readonly inbox: BodyInbox;
  /** Bytes that came, as sent. */
  bytes = 0;
  /** Bytes handed on, codings undone. */
  delivered = 0;
  readonly #source: BodySource;
  readonly #bounds: DecodingBounds | null;
  #decoder: ContentDecoder | null = null;
  #coding = '';
  #heldByReader = false;
  #heldByDecoder = false;

  constructor(source: BodySource, { decoding, readBufferSize }: ExchangePlan) {
    this.#source = source;
    this.#bounds = decoding;
    this.inbox = new BodyInbox(this, readBufferSize);
  }

  /** True when codings are undone on the way. */
  get decodes(): boolean {
    return this.#decoder !== null;
  }

  /** The head says how what follows is coded. */
  begin(head: ResponseHead, holdTime: HoldTime | null): void {
    const field = this.#bounds === null ? null : head.get('content-encoding');
    if (field === null) return;
    const codings = listCodings(field);
    if (codings === null || codings.length === 0) return;
    this.#coding = field;
    this.#decoder = new ContentDecoder(codings, this, holdTime);
  }

  /** A piece came. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.#decoder === null) this.#deliver(chunk);
    else this.#decoder.push(chunk);
  }

  #deliver(chunk: Uint8Array): void {
    this.delivered += chunk.byteLength;
    this.inbox.push(chunk);
  }

  /** Nothing follows: the body was whole, or failed. */
  end(failure: Failure | null): void {
    if (failure === null && this.#decoder !== null) return this.#decoder.end();
    this.#decoder?.destroy();
    this.inbox.end(failure);
  }

  /** The connection is free, and what came over it cannot be decoded, or nobody wants it. */
  failDecoding(error: unknown): void {
    if (this.#decoder === null) return;
    this.#decoder.destroy();
    this.inbox.end({ error });
  }

  /** Nobody reads what came. */
  drop(): void {
    this.inbox.clear();
    this.stopDecoder();
  }

  /** Ends the decoder's work. */
  stopDecoder(): void {
    this.#decoder?.destroy();
  }

  /** Hands what follows on as it is sent: nobody will look at it. */
  stopDecoding(): void {
    this.#decoder?.destroy();
    this.#decoder = null;
    if (this.#source.done) this.inbox.end(null);
    else this.letInput();
  }

  decoded(chunk: Uint8Array): void {
    const excess = excessOf(this.delivered + chunk.byteLength, this.bytes, this.#bounds);
    if (excess === null) return this.#deliver(chunk);
    this.#decoder?.destroy();
    const delivered = this.delivered + chunk.byteLength;
    this.fail(new BodyExpansionError(this.#source.line, this.bytes, delivered, excess));
  }

  decodingEnded(failure: Failure | null): void {
    if (failure === null) return this.inbox.end(null);
    this.fail(new ContentEncodingError(this.#source.line, this.bytes, this.#coding, failure.error));
  }

  fail(error: unknown): void {
    this.#source.fail(error);
  }

  pause(): void {
    this.#heldByReader = true;
    this.#decoder?.pause();
    this.#source.holdInput();
  }

  resume(): void {
    this.#heldByReader = false;
    this.#decoder?.resume();
    this.#letFlow();
  }

  /** The decoder is behind. */
  holdInput(): void {
    this.#heldByDecoder = true;
    this.#source.holdInput();
  }

  letInput(): void {
    if (!this.#heldByDecoder) return;
    this.#heldByDecoder = false;
    this.#letFlow();
  }

  #letFlow(): void {
    if (!this.#source.done && !this.#heldByReader && !this.#heldByDecoder) this.#source.letInput();
  }
}
