/** Bodies that did not come whole, are too large, or cannot be read. */
import { ClientError } from './client-error.ts';
import type { RequestLine, ClientErrorOptions } from './client-error.ts';

/** The body did not come whole: cut short, reset, badly framed. */
export class ClientPayloadError extends ClientError {
  /** Body bytes received by then. */
  readonly bytes: number;

  constructor(
    request: RequestLine,
    bytes: number,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_PAYLOAD',
  ) {
    super(request, message, options, code);
    this.bytes = bytes;
  }
}

/** The body is larger than `maxBodySize`, or came in more pieces than `maxChunks`. */
export class BodyTooLargeError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, limit: number, bound: 'maxBodySize' | 'maxChunks' = 'maxBodySize') {
    const over =
      bound === 'maxBodySize'
        ? `is larger than maxBodySize (${limit} bytes)`
        : `came in more pieces than maxChunks (${limit})`;
    super(request, bytes, `the body ${over}; read it by pieces or raise the bound`, {}, 'COTASK_HTTP_BODY_TOO_LARGE');
  }
}

/** An event of a stream is larger than `maxEventSize`. */
export class EventTooLargeError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, limit: number) {
    const words = `an event is larger than maxEventSize (${limit} characters); raise it if that is meant`;
    super(request, bytes, words, {}, 'COTASK_HTTP_EVENT_TOO_LARGE');
  }
}

/** A line of the body is longer than `readLine()` takes. */
export class LineTooLongError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, limit: number) {
    super(
      request,
      bytes,
      `a line of the body is longer than maxLineSize (${limit} bytes); raise the bound, or read the body by pieces`,
      {},
      'COTASK_HTTP_LINE_TOO_LONG',
    );
  }
}

/** The body is not the multipart that its Content-Type says, or breaks a bound of `multipart()`. */
export class InvalidMultipartError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, words: string) {
    super(request, bytes, `the multipart body is refused: ${words}`, {}, 'COTASK_HTTP_MULTIPART');
  }
}

/** The body ended before `readExactly()` had its bytes. */
export class IncompleteReadError extends ClientPayloadError {
  /** What there was. */
  readonly partial: Uint8Array;
  /** Bytes that were asked for. */
  readonly expected: number;

  constructor(request: RequestLine, bytes: number, partial: Uint8Array, expected: number) {
    const words = `the body ended ${expected - partial.byteLength} bytes before the ${expected} that were asked for`;
    super(request, bytes, words, {}, 'COTASK_HTTP_INCOMPLETE_READ');
    this.partial = partial;
    this.expected = expected;
  }
}

/** A bound of decoding, and what it is. */
export interface BoundExcess {
  readonly bound: 'maxDecompressedSize' | 'maxExpansion';
  readonly limit: number;
}

/** A coded body (gzip and the like) became larger than `maxDecompressedSize` or `maxExpansion` allow: a bomb, perhaps. */
export class BodyExpansionError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, decoded: number, { bound, limit }: BoundExcess) {
    super(
      request,
      bytes,
      `the body became ${decoded} bytes of the ${bytes} that were sent, which is more than ${bound} (${limit}) allows`,
      {},
      'COTASK_HTTP_BODY_EXPANSION',
    );
  }
}

/** The body is not in the Content-Encoding that it says: broken, or cut short. */
export class ContentEncodingError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, coding: string, cause: unknown) {
    const said = cause instanceof Error ? `: ${cause.message}` : '';
    super(
      request,
      bytes,
      `the body cannot be decoded from ${coding}${said}`,
      { cause },
      'COTASK_HTTP_CONTENT_ENCODING',
    );
  }
}

/** The body is not what `json()` or `text()` can read: no JSON, or in a coding that is not undone. */
export class UnreadableBodyError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, message: string, options?: ClientErrorOptions) {
    super(request, bytes, message, options, 'COTASK_HTTP_UNREADABLE');
  }
}
