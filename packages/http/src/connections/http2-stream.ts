/**
 * One request on an HTTP/2 connection. It tells an undici handler what undici would, and is the handler's controller.
 *
 * A stream is closed and never destroyed: Node forgets a destroyed stream at once, takes what the server still sends on it
 * for a stream that the server opened, and gives that one to nobody.
 */
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { errors, type Dispatcher } from 'undici';
import { http2ResponseFields } from './http2-fields.ts';
import { Http2Failure, http2CodeName } from './http2-failure.ts';
import type { NativeSession } from './native-session.ts';
import { inSocketContext } from './socket-context.ts';
import type { LaneUser } from './lane.ts';

const noError = 0;
const protocolError = 1;
const refused = 7;
const cancelled = 8;
const http1Required = 13;
const pieceSize = 65_536;

/** A body as a dispatcher is given it. */
export type Http2Body = Uint8Array | AsyncIterable<string | Uint8Array> | null;

/** What is to be sent. */
export interface Http2Plan {
  readonly fields: OutgoingHttpHeaders;
  readonly body: Http2Body;
  /** Bytes that the body must have; null where nobody said. */
  readonly length: number | null;
  /** Bytes that the names and values of the response's head may have. */
  readonly maxHeaderSize: number;
}

/** What a stream asks of its connection. */
export interface StreamOwner {
  /** Something came that was asked for. */
  heard(): void;
  /** True for a stream that the server has said it will not act on. */
  isUnprocessed(id: number): boolean;
  readonly native: NativeSession;
  /** Why the connection ended, or null. */
  readonly failure: Error | null;
}

/** One request and its response. */
export class Http2Stream implements Dispatcher.DispatchController {
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders: string[] = [];
  rawTrailers: string[] = [];
  readonly #user: LaneUser;
  readonly #owner: StreamOwner;
  #stream: ClientHttp2Stream | null = null;
  #maxHeaderSize = 0;
  #isHead = false;
  #error: Error | null = null;
  #trailers: Record<string, string | string[]> = {};
  #answered = false;
  /** Body bytes that came, and how many the server said would; null where it did not say. */
  #came = 0;
  #said: number | null = null;
  #sent = false;
  #over = false;
  /** Whoever waits until the stream takes more of the body. */
  #onRoom: (() => void) | null = null;

  constructor(user: LaneUser, owner: StreamOwner) {
    this.#user = user;
    this.#owner = owner;
  }

  /** Puts the request on the wire. */
  send(session: ClientHttp2Session, plan: Http2Plan): void {
    this.#user.onRequestStart?.(this, {});
    if (this.#over) return;
    try {
      this.#stream = inSocketContext(() => session.request(plan.fields, { endStream: plan.body === null }));
    } catch (error) {
      return this.#fail(refusal(error));
    }
    this.#maxHeaderSize = plan.maxHeaderSize;
    this.#isHead = plan.fields[':method'] === 'HEAD';
    this.#listen(this.#stream);
    if (plan.body === null) this.#bodySent();
    else void this.#sendBody(this.#stream, plan.body, plan.length);
  }

  // ---- what the handler asks for ----------------------------------------------------------------------------------

  abort(reason: Error): void {
    if (this.#over) return;
    this.#end();
    this.aborted = true;
    this.reason = reason;
    this.#reset();
  }

  pause(): void {
    this.paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.paused = false;
    if (this.#answered) this.#stream?.resume();
  }

  // ---- what Node tells --------------------------------------------------------------------------------------------

  #listen(stream: ClientHttp2Stream): void {
    // Stays for good: a connection that ends tells every stream of it, those included that nobody wants any more.
    stream.on('error', (error) => (this.#error ??= error));
    this.#owner.native.outlive(stream);
    stream.on('headers', (_headers, _flags, wire: unknown) => this.#onHead(wire));
    stream.on('response', (_headers, _flags, wire: unknown) => this.#onHead(wire));
    stream.on('trailers', (_trailers, _flags, wire: unknown) => this.#onTrailers(wire));
    // To listen for data is to let it flow; before the head there is none, and its reader may want none yet.
    stream.pause();
    stream.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      this.#owner.heard();
      this.#came += chunk.byteLength;
      this.#user.onResponseData?.(this, chunk);
    });
    stream.on('end', () => this.#onEnd());
    stream.on('close', () => this.#onClose(stream));
    stream.on('drain', () => this.#room());
  }

  #onHead(wire: unknown): void {
    if (this.#over) return;
    this.#owner.heard();
    const list = asList(wire);
    const { raw, parsed } = http2ResponseFields(list);
    const status = Number(list[list.indexOf(':status') + 1]);
    if (!(status >= 100) || status === 101) return this.#fail(new Http2Failure('its status is none', protocolError));
    if (sizeOf(raw) > this.#maxHeaderSize)
      return this.#fail(
        new Http2Failure(`its head has more than ${this.#maxHeaderSize} bytes (maxHeaderSize)`, protocolError),
      );
    this.rawHeaders = raw;
    this.#user.onResponseStarted?.();
    this.#user.onResponseStart?.(this, status, parsed, '');
    if (status < 200 || this.#over) return;
    this.#answered = true;
    this.#said = this.#announced(status, parsed['content-length']);
    if (!this.paused) this.#stream?.resume();
  }

  #announced(status: number, length: string | string[] | undefined): number | null {
    return this.#isHead || status === 204 || status === 304 || typeof length !== 'string' ? null : Number(length);
  }

  #onTrailers(wire: unknown): void {
    const { raw, parsed } = http2ResponseFields(asList(wire));
    this.rawTrailers = raw;
    this.#trailers = parsed;
  }

  #onEnd(): void {
    // Node ends what can be read of a stream that was reset or destroyed, too.
    const stream = this.#stream;
    if (this.#over || !this.#answered || stream === null || stream.destroyed) return;
    if ((stream.rstCode ?? noError) === noError) this.#complete();
  }

  /**
   * The connection is about to end, and Node forgets with it what has come and was not read. A response that came whole is
   * handed on, reader or no reader: it is no more than a stream's window.
   */
  handOnWhatCame(): void {
    const stream = this.#stream;
    if (this.#over || !this.#answered || stream === null || stream.destroyed) return;
    if (!stream.closed || stream.rstCode !== noError) return;
    while (stream.read() !== null);
    if (!this.#over) this.#complete();
  }

  /** A stream that was reset without an error ends as one that was ended: Node's own servers do so now and then. */
  #complete(): void {
    if (this.#said !== null && this.#said !== this.#came)
      return this.#fail(new Http2Failure(`${this.#said} bytes were announced`, protocolError));
    this.#end();
    this.#user.onResponseEnd?.(this, this.#trailers);
    // The server has answered without the rest of the body (RFC 9113 section 8.1).
    if (!this.#sent) this.#reset();
  }

  #onClose(stream: ClientHttp2Stream): void {
    this.#room();
    if (this.#over) return;
    const code = stream.rstCode ?? noError;
    const unprocessed = code === refused || code === http1Required || this.#owner.isUnprocessed(stream.id ?? Infinity);
    const { failure } = this.#owner;
    if (failure instanceof errors.ClientDestroyedError) return this.#fail(failure);
    const ofConnection = failure ?? connectionError(this.#error);
    const words = ofConnection?.message ?? `the stream was reset: ${http2CodeName(code)}`;
    const cause = ofConnection ?? this.#error ?? undefined;
    const said = isProtocolError(ofConnection) ? protocolError : code;
    this.#fail(new Http2Failure(words, said, { unprocessed, ofConnection: ofConnection !== null, cause }));
  }

  // ---- the body that is sent --------------------------------------------------------------------------------------

  async #sendBody(stream: ClientHttp2Stream, body: NonNullable<Http2Body>, length: number | null): Promise<void> {
    let sent = 0;
    try {
      for await (const chunk of body instanceof Uint8Array ? piecesOf(body) : body) {
        if (this.#over || stream.closed) return;
        sent += Buffer.byteLength(chunk);
        if (length !== null && sent > length) throw new errors.RequestContentLengthMismatchError();
        const hasRoom = stream.write(chunk);
        this.#user.onBodySent?.(asBytes(chunk));
        if (!hasRoom) await new Promise<void>((resolve) => (this.#onRoom = resolve));
      }
      if (this.#over || stream.closed) return;
      if (length !== null && sent !== length) throw new errors.RequestContentLengthMismatchError();
      stream.end(() => this.#bodySent());
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error('the body failed', { cause: error }));
    }
  }

  #bodySent(): void {
    this.#sent = true;
    if (!this.#over) this.#user.onRequestSent?.();
  }

  #room(): void {
    const onRoom = this.#onRoom;
    this.#onRoom = null;
    onRoom?.();
  }

  // ---- how it ends ------------------------------------------------------------------------------------------------

  #fail(error: Error): void {
    if (this.#over) return;
    this.#end();
    this.#user.onResponseError?.(this, error);
    this.#reset();
  }

  #end(): void {
    this.#over = true;
    this.#room();
  }

  /** Tells the server that nobody wants what is left, and reads away what is on its way. */
  #reset(): void {
    const stream = this.#stream;
    if (stream === null || stream.destroyed) return;
    if (!stream.closed) stream.close(cancelled);
    stream.resume();
  }
}

/** An error of Node's that refuses to open a stream: the connection is ending, or the fields are no fields. */
function refusal(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error('no stream', { cause: error });
  const code = 'code' in cause ? String(cause.code) : '';
  const isEnding =
    code === 'ERR_HTTP2_INVALID_SESSION' || code === 'ERR_HTTP2_GOAWAY_SESSION' || code === 'ERR_HTTP2_OUT_OF_STREAMS';
  return isEnding
    ? new Http2Failure(cause.message, refused, { unprocessed: true, cause })
    : new errors.InvalidArgumentError(cause.message);
}

/** What ended the connection, and every stream with it; a stream that was reset has an error of its own kind. */
function connectionError(error: Error | null): Error | null {
  return error !== null && 'code' in error && error.code === 'ERR_HTTP2_STREAM_ERROR' ? null : error;
}

/** Node has found that the server keeps no rule. */
function isProtocolError(error: Error | null): boolean {
  return error !== null && 'code' in error && error.code === 'ERR_HTTP2_ERROR';
}

function sizeOf(fields: readonly string[]): number {
  return fields.reduce((sum, text) => sum + text.length, 0);
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
}

function asBytes(chunk: string | Uint8Array): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Node hands the fields on as they came in an argument that its types do not have. */
function asList(wire: unknown): readonly string[] {
  return Array.isArray(wire) ? wire.map(String) : [];
}
