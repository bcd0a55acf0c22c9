/** What a request resolves to once the head of its final response is there (aiohttp's `ClientResponse`). */
import { coroutine, getEventLoop, type Awaitable, type Coroutine } from 'cotask';
import { park } from 'cotask/lowlevel';
import type { TranslateError } from './body-stream.ts';
import { defaultBounds } from '../bounds.ts';
import { checkOptions, someText, wholeNumber, type OptionRules } from '../check-options.ts';
import { lineDecoder } from '../bodies/decode-text.ts';
import { ContentTypeError, InvalidOptionError, UnreadableBodyError, type RedirectRecord } from '../errors/index.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Upgraded } from '../exchange/upgraded.ts';
import { ResponseHeadFields } from './response-head-fields.ts';
import { ResponseBody, type BodyBounds, type ChunkSink } from './response-body.ts';
import {
  MultipartReader,
  boundaryOf,
  checkMultipartOptions,
  type MultipartOptions,
  type MultipartSource,
} from './multipart-reader.ts';
import { PieceReader } from './piece-reader.ts';
import {
  checkJsonOptions,
  checkTextOptions,
  encodingOf,
  readForm,
  readJson,
  readText,
  type FallbackCharset,
  type JsonOptions,
  type TextOptions,
  type WholeParts,
} from './read-whole.ts';
import type { ResponseHead } from '../message/response-head.ts';

/** Options of `readLine()` and `readLines()`. */
export interface LineOptions {
  /** Default: the charset of the Content-Type, else UTF-8. The first call's holds for the response. */
  encoding?: string | undefined;
  /** The most bytes of a line. Default 1 MiB. */
  maxLineSize?: number | undefined;
}

const lineRules: OptionRules<LineOptions> = { encoding: someText, maxLineSize: wholeNumber(1) };

/** What a response is made of. @internal */
export interface ResponseParts {
  readonly exchange: Exchange;
  readonly head: ResponseHead;
  readonly url: string;
  readonly history: readonly RedirectRecord[];
  readonly bodyBounds: BodyBounds;
  readonly fallbackCharset: FallbackCharset;
}

// Each has the name by which it is called: debug mode tells of one that nobody awaited.

const readBytes = coroutine(function bytes(body: ResponseBody) {
  return body.bytes();
});

const readChunk = coroutine(function readChunk(body: ResponseBody) {
  return body.readChunk();
});

const readLine = coroutine(function readLine(reader: PieceReader, maxLineSize: number) {
  return reader.readLine(maxLineSize);
});

const readSome = coroutine(function read(reader: PieceReader, size: number) {
  return reader.read(size);
});

const readExactly = coroutine(function readExactly(reader: PieceReader, size: number) {
  return reader.readExactly(size);
});

const readUntil = coroutine(function readUntil(reader: PieceReader, separator: Uint8Array, most: number) {
  return reader.readUntil(separator, most);
});

const textOf = coroutine(function text(parts: WholeParts, options: TextOptions) {
  return readText(parts, options);
});

const jsonOf = coroutine(function json(parts: WholeParts, options: JsonOptions) {
  return readJson(parts, options);
});

const formOf = coroutine(function formData(parts: WholeParts) {
  return readForm(parts);
});

const waitForClose = coroutine(function* waitForClose(exchange: Exchange) {
  if (exchange.done) return;
  yield* park<void>(`the end of the response to ${exchange.line.url}`, (settle) =>
    exchange.whenEnded(() => settle.resolve()),
  );
});

/**
 * A response whose head has come and whose body is on its way. Read the body, or `close()` or `release()` the response
 * (`await using` does): an unread one holds its connection, and its slot of the session, until `total` ends it.
 *
 * **Gotchas** A cancel that reaches a reader of the body ends the connection.
 */
export class ClientResponse extends ResponseHeadFields implements AsyncDisposable, Disposable {
  readonly #body: ResponseBody;
  readonly #fallback: FallbackCharset;
  #reader: PieceReader | null = null;

  /** @internal */
  constructor(parts: ResponseParts) {
    super(parts.exchange, parts.head, parts.url, parts.history);
    this.#fallback = parts.fallbackCharset;
    this.#body = new ResponseBody(parts.exchange, announcedLength(parts), parts.bodyBounds);
  }

  /**
   * The encoding that `text()` decodes from, a byte order mark apart: the charset if it is known, UTF-8 for JSON, else the
   * session's `fallbackCharset`.
   * @throws {InvalidOptionError} when that is a function and the body was not read yet.
   */
  get encoding(): string {
    return encodingOf(this.#parts(), this.#body.whole);
  }

  /** True when nothing more comes: the body was received whole, or the response was closed, or it failed. */
  get closed(): boolean {
    return this.#body.closed;
  }

  /**
   * The whole body, its Content-Encoding undone where it is known and `autoDecompress` is on. A second call gives the same
   * array.
   * @throws {BodyTooLargeError} above `maxBodySize`; {@link ClientPayloadError} when it breaks off.
   */
  bytes(): Coroutine<Uint8Array> {
    return readBytes(this.#body);
  }

  /**
   * The whole body as text. A byte order mark decides the encoding, else `encoding`, else the charset of the
   * Content-Type, else the session's `fallbackCharset`, UTF-8; what cannot be decoded becomes U+FFFD.
   * @throws {UnreadableBodyError} for a body in a coding that is not undone, and what `bytes()` throws.
   */
  text(encoding?: string | TextOptions): Coroutine<string> {
    return textOf(this.#parts(), checkTextOptions(encoding));
  }

  /**
   * The whole body, parsed as JSON.
   * @throws {ContentTypeError} when the Content-Type is not JSON; {@link UnreadableBodyError} when the text is not.
   */
  json<T = unknown>(options?: JsonOptions): Coroutine<T>;
  json(options?: JsonOptions): Coroutine<unknown> {
    return jsonOf(this.#parts(), checkJsonOptions(options));
  }

  /**
   * The whole body as a form, multipart or urlencoded, as the platform reads it.
   * @throws {UnreadableBodyError} when it is none; what `bytes()` throws.
   */
  formData(): Coroutine<FormData> {
    return formOf(this.#parts());
  }

  /**
   * The parts of a multipart body (`multipart/form-data`, `mixed`, `byteranges` and the like) as they come.
   * @throws {ContentTypeError} when the Content-Type is not multipart; {@link UnreadableBodyError} for a coding not undone.
   */
  multipart(options: MultipartOptions = {}): MultipartReader {
    checkMultipartOptions(options);
    const boundary = boundaryOf(this.head.get('content-type'));
    if (boundary === null)
      throw new ContentTypeError(this.exchange.line, this.facts(), this.contentType, 'multipart with a boundary');
    this.refuseCoded();
    return new MultipartReader(this.#partSource(), boundary, options);
  }

  #partSource(): MultipartSource {
    const [exchange, body] = [this.exchange, this.#body];
    return {
      line: exchange.line,
      maxBodySize: body.maxBodySize,
      bytes: () => exchange.bytes,
      read: () => body.readChunk(),
      fail: (error) => exchange.fail(error),
      over: () => this.release(),
      left: () => this.close(),
    };
  }

  /** The next line, without its end (`\n` or `\r\n`); null after the last. What follows the last line end is a line too. */
  readLine(options: LineOptions = {}): Coroutine<string | null> {
    checkOptions('readLine()', options, lineRules);
    return readLine(this.#pieceReader(options.encoding), options.maxLineSize ?? defaultBounds.maxLineSize);
  }

  /** The lines one by one: `for await (const line of response.readLines())`. Leaving the loop early closes the response. */
  readLines(options: LineOptions = {}): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#each(() => this.readLine(options)) };
  }

  /** The next `size` bytes, fewer at the end of the body, null after it. */
  read(size: number): Coroutine<Uint8Array | null> {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new InvalidOptionError(`read() takes a number of bytes of at least 1, got ${size}`);
    return readSome(this.#pieceReader(), size);
  }

  /**
   * So many bytes and no fewer.
   * @throws {IncompleteReadError} when the body ends before; it has what there was.
   */
  readExactly(size: number): Coroutine<Uint8Array> {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new InvalidOptionError(`readExactly() takes a number of bytes, got ${size}`);
    return readExactly(this.#pieceReader(), size);
  }

  /**
   * Up to `separator`, and with it; at the end of the body what is left without one, null after that.
   * @throws {LineTooLongError} when it does not come within `maxSize` bytes, 1 MiB.
   */
  readUntil(separator: string | Uint8Array, maxSize: number = defaultBounds.maxLineSize): Coroutine<Uint8Array | null> {
    const bytes = typeof separator === 'string' ? Buffer.from(separator, 'utf8') : separator;
    if (bytes.byteLength === 0) throw new InvalidOptionError('readUntil() takes a separator of at least one byte');
    const wrong = wholeNumber(1)(maxSize);
    if (wrong !== null) throw new InvalidOptionError(`readUntil(): maxSize ${wrong}, got ${maxSize}`);
    return readUntil(this.#pieceReader(), bytes, maxSize);
  }

  /** What has come and was not read, without waiting; empty where there is nothing. */
  readNowait(): Uint8Array {
    return this.#pieceReader().readNowait();
  }

  /** True when all of the body was read. */
  get atEof(): boolean {
    return this.#reader === null ? this.#body.atEof : this.#reader.atEof;
  }

  /** Bytes of the body that have come so far, as they were sent. */
  get totalRawBytes(): number {
    return this.exchange.bytes;
  }

  /** Why the body did not come whole; null while it may. */
  get exception(): unknown {
    return this.exchange.failure?.error ?? null;
  }

  /** The body in pieces of `size` bytes, the last one shorter (aiohttp's `iter_chunked`). Leaving the loop early closes. */
  chunks(size: number): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#each(() => this.read(size)) };
  }

  #pieceReader(encoding: string | null = null): PieceReader {
    this.#reader ??= new PieceReader(this.#body, lineDecoder(encoding ?? this.#lineEncoding()));
    return this.#reader;
  }

  #lineEncoding(): string {
    return typeof this.#fallback === 'string' ? encodingOf(this.#parts(), null) : (this.charset ?? 'utf-8');
  }

  /**
   * The body piece by piece, with backpressure: `for await (const chunk of response.body)`. Leaving the loop early closes
   * the response.
   */
  get body(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#each(() => this.readChunk()) };
  }

  async *#each<T>(next: () => Awaitable<T | null>): AsyncGenerator<T, void, void> {
    let whole = false;
    try {
      for (;;) {
        const piece = await next();
        whole = piece === null;
        if (piece === null) return;
        yield piece;
      }
    } finally {
      if (!whole) this.close();
    }
  }

  /**
   * The body as a web stream of bytes, for what takes one. Outside a task it is read as any stream; a task that waits for
   * it says `fromPromise(reader.read())`. Cancelling the stream ends the connection.
   */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.streamAs((error) => error);
  }

  /** @internal The body as a stream whose errors are said as `translate` says them. */
  streamAs(translate: TranslateError): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#body.stream(translate);
  }

  /** The next piece of the body, null after the last: `while ((chunk = yield* response.readChunk()) !== null)`. */
  readChunk(): Coroutine<Uint8Array | null> {
    return readChunk(this.#body);
  }

  /**
   * Hands the chunks to `onChunk` as they come from the socket: no copy, no promise a chunk. Resolves with the number of
   * bytes once the body is whole.
   *
   * `onChunk` runs inside the socket's callback, outside any task; it may write synchronously and must not wait. When it
   * returns `false`, nothing more comes until `flow.resume()` is called; `sockRead` does not run meanwhile. What it throws
   * ends the connection and is thrown here. Chunks may be kept.
   */
  consume(onChunk: ChunkSink): Awaitable<number> {
    return this.#body.consume(onChunk);
  }

  /**
   * Done with this response: what is left of the body is read away in the background, so that the connection serves the
   * next request; more than 64 KiB, or longer than a second, and the connection is ended.
   */
  release(): void {
    this.#body.release(getEventLoop());
  }

  /** Ends the connection now, unless the body has come whole. */
  close(): void {
    this.#body.close();
  }

  /** Resolves when nothing more happens on its connection: the body came whole, failed, or was given up. */
  waitForClose(): Coroutine<void> {
    return waitForClose(this.exchange);
  }

  /** `release()`: `using response = yield* session.get(url)`, for generators, which have no `await using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** `release()`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.release();
    return Promise.resolve();
  }

  /** @internal The connection, where it is no HTTP any more. */
  get upgraded(): Upgraded | null {
    return this.exchange.upgraded;
  }

  /** @internal Calls back when the body has ended: with the error that ended it, or null when it came whole. */
  whenEnded(callback: (error: unknown) => void): void {
    this.exchange.whenEnded(callback);
  }

  #parts(): WholeParts {
    return { response: this, body: this.#body, facts: () => this.facts(), fallback: this.#fallback };
  }

  /** @internal Throws for a body whose coding nobody undoes. */
  refuseCoded(): void {
    if (this.exchange.body.decodes) return;
    const coding = this.head.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
    if (coding === 'identity' || coding === '') return;
    const words = `the body is coded (${coding}), which is not undone here: bytes() gives it as sent, the header accept-encoding says what may be sent`;
    throw new UnreadableBodyError(this.exchange.line, this.exchange.bytes, words);
  }
}

/** The length of the body that follows; a HEAD is answered with the length of what is not sent. */
function announcedLength({ exchange, head }: ResponseParts): number | null {
  return exchange.line.method === 'HEAD' ? null : head.contentLength;
}
