/** The parts of a multipart body, one after the other, as they come (aiohttp's `MultipartReader` and `BodyPartReader`). */
import { coroutine, type Coroutine, type GeneratorBody } from 'cotask';
import { defaultBounds, fixedBounds } from '../bounds.ts';
import { checkOptions, wholeNumber, type OptionRules } from '../check-options.ts';
import { charsetOf, decodeText, isKnownEncoding, mediaType } from '../bodies/decode-text.ts';
import { MultipartSplitter, SplitFailure, type MultipartEvent } from '../bodies/multipart-splitter.ts';
import { PieceList } from '../bodies/piece-list.ts';
import {
  BodyInUseError,
  BodyTooLargeError,
  InvalidMultipartError,
  UnreadableBodyError,
  type RequestLine,
} from '../errors/index.ts';
import { makeHeaders, type RawHeaders } from '../make-headers.ts';
import { readParameters } from '../message/field-parameters.ts';
import { readDisposition, type ContentDisposition } from '../message/response-fields.ts';

/** Options of `multipart()`. */
export interface MultipartOptions {
  /** The most parts. Default 1,000. */
  maxParts?: number | undefined;
  /** The most bytes of a part's header fields. Default 16 KiB. */
  maxPartHeaderSize?: number | undefined;
}

/** Where the bytes come from. @internal */
export interface MultipartSource {
  readonly line: RequestLine;
  /** The most bytes that are read whole of a part. */
  readonly maxBodySize: number;
  /** Bytes that came. */
  bytes(): number;
  read(): GeneratorBody<Uint8Array | null>;
  /** Ends what the bytes come from. */
  fail(error: Error): void;
  /** All parts were read. */
  over(): void;
  /** Nobody wants the parts that follow. */
  left(): void;
}

const rules: OptionRules<MultipartOptions> = { maxParts: wholeNumber(1), maxPartHeaderSize: wholeNumber(1) };

export function checkMultipartOptions(options: MultipartOptions): void {
  checkOptions('multipart()', options, rules);
}

/** The boundary that a Content-Type names; null for what is not multipart. */
export function boundaryOf(contentType: string | null): string | null {
  if (contentType === null || mediaType(contentType)?.startsWith('multipart/') !== true) return null;
  const semicolon = contentType.indexOf(';');
  const boundary = semicolon < 0 ? undefined : readParameters(contentType.slice(semicolon))?.parameters.get('boundary');
  // RFC 2046 section 5.1.1.
  return boundary !== undefined && /^[\x20-\x7e]{1,70}$/u.test(boundary) ? boundary : null;
}

const nextPart = coroutine((reader: MultipartReader) => reader.advance());
const readChunk = coroutine((part: BodyPart) => part.pull());
const readBytes = coroutine((part: BodyPart) => part.collect());
const readText = coroutine(function* (part: BodyPart, encoding: string | null) {
  return part.decode(yield* part.collect(), encoding);
});
const readJson = coroutine(function* (part: BodyPart) {
  return part.parse(part.decode(yield* part.collect(), null));
});
const release = coroutine(function* (part: BodyPart) {
  while ((yield* part.pull()) !== null);
});

/**
 * The parts of a multipart body: `for await (const part of response.multipart())`, or `next()` until it gives null. What is
 * left of a part is passed over when the next one is asked for. Leaving the loop early closes the response.
 */
export class MultipartReader implements AsyncIterable<BodyPart> {
  readonly #source: MultipartSource;
  readonly #splitter: MultipartSplitter;
  readonly #maxParts: number;
  #current: BodyPart | null = null;
  #count = 0;
  #over = false;

  /** @internal */
  constructor(source: MultipartSource, boundary: string, options: MultipartOptions) {
    this.#source = source;
    this.#maxParts = options.maxParts ?? defaultBounds.maxParts;
    this.#splitter = new MultipartSplitter(boundary, {
      maxPartHeaderSize: options.maxPartHeaderSize ?? defaultBounds.maxPartHeaderSize,
      preambleBytes: fixedBounds.preambleBytes,
    });
  }

  /**
   * The next part; null after the last.
   * @throws {InvalidMultipartError} for a body that is none, or breaks a bound; what reading a body throws.
   */
  next(): Coroutine<BodyPart | null> {
    return nextPart(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<BodyPart, void, void> {
    try {
      for (let part = await this.next(); part !== null; part = await this.next()) yield part;
    } finally {
      if (!this.#over) this.#source.left();
    }
  }

  /** @internal */
  *advance(): GeneratorBody<BodyPart | null> {
    if (this.#over) return null;
    while (this.#current !== null) if ((yield* this.#event()).kind === 'partEnd') this.#current = null;
    const event = yield* this.#event();
    if (event.kind !== 'part') {
      this.#over = true;
      this.#source.over();
      return null;
    }
    this.#count += 1;
    if (this.#count > this.#maxParts) throw this.#refuse(`it has more parts than maxParts (${this.#maxParts})`);
    this.#current = new BodyPart(this, this.#source, this.#fieldsOf(event.head));
    return this.#current;
  }

  /** @internal The next piece of `part`; null after the last. */
  *pull(part: BodyPart): GeneratorBody<Uint8Array | null> {
    if (part !== this.#current) return null;
    const event = yield* this.#event();
    if (event.kind === 'data') return event.chunk;
    this.#current = null;
    return null;
  }

  /** @internal */
  isCurrent(part: BodyPart): boolean {
    return part === this.#current;
  }

  *#event(): GeneratorBody<MultipartEvent> {
    for (;;) {
      const event = this.#ask();
      if (event !== null) return event;
      this.#splitter.feed(yield* this.#source.read());
    }
  }

  #ask(): MultipartEvent | null {
    try {
      return this.#splitter.next();
    } catch (error) {
      throw error instanceof SplitFailure ? this.#refuse(error.message) : error;
    }
  }

  #fieldsOf(head: string): RawHeaders {
    if (head === '') return [];
    // A line that begins with a space goes on with the one before it.
    return head
      .replaceAll(/\r\n[\t ]+/gu, ' ')
      .split('\r\n')
      .map((line): [string, string] => {
        const [all, name = '', value = ''] =
          /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t ]*:[\t ]*(.*?)[\t ]*$/su.exec(line) ?? [];
        if (all === undefined || /[\0\r\n]/u.test(value))
          throw this.#refuse('a line in the head of a part is no header field');
        return [name, value];
      });
  }

  #refuse(words: string): InvalidMultipartError {
    const error = new InvalidMultipartError(this.#source.line, this.#source.bytes(), words);
    this.#source.fail(error);
    return error;
  }
}

/** One part: its header fields are there, its content is on its way, and read once. */
export class BodyPart implements AsyncIterable<Uint8Array> {
  /** The header fields as they were sent, in UTF-8. */
  readonly rawHeaders: RawHeaders;
  readonly #reader: MultipartReader;
  readonly #source: MultipartSource;
  #begun = false;
  #whole: Uint8Array | null = null;

  /** @internal */
  constructor(reader: MultipartReader, source: MultipartSource, fields: RawHeaders) {
    this.#reader = reader;
    this.#source = source;
    this.rawHeaders = fields;
  }

  /** One header's value, of repeats the first; null without it. */
  header(name: string): string | null {
    const wanted = name.toLowerCase();
    return this.rawHeaders.find(([known]) => known.toLowerCase() === wanted)?.[1] ?? null;
  }

  /** The header fields, those with characters above U+00FF as their bytes of UTF-8. */
  get headers(): Headers {
    return makeHeaders(
      this.rawHeaders.map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')] as const),
    );
  }

  /** What `Content-Disposition` says; null without one, and for one that is broken. */
  get contentDisposition(): ContentDisposition | null {
    return readDisposition(this.header('content-disposition'));
  }

  /** The name of the form's field; null for none. */
  get name(): string | null {
    return unescape(this.contentDisposition?.parameters.get('name'));
  }

  /** As whoever sent it says: take its last part only, and never as a path. */
  get filename(): string | null {
    return unescape(this.contentDisposition?.filename);
  }

  /** The media type in lower case, without parameters; null for none. */
  get contentType(): string | null {
    return mediaType(this.header('content-type'));
  }

  /** The charset that is named, in lower case; null for none. */
  get charset(): string | null {
    return charsetOf(this.header('content-type'));
  }

  /** True when all of it was read, or passed over. */
  get atEof(): boolean {
    return !this.#reader.isCurrent(this);
  }

  /** The next piece; null after the last. */
  readChunk(): Coroutine<Uint8Array | null> {
    return readChunk(this);
  }

  /** The content in pieces as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    for (let chunk = await this.readChunk(); chunk !== null; chunk = await this.readChunk()) yield chunk;
  }

  /** The whole content; a second call gives it again. @throws {BodyTooLargeError} above the response's `maxBodySize`. */
  bytes(): Coroutine<Uint8Array> {
    return readBytes(this);
  }

  /** The whole content as text, from `encoding`, else the charset it names, else UTF-8. */
  text(encoding?: string): Coroutine<string> {
    return readText(this, encoding ?? null);
  }

  /** The whole content, parsed as JSON. @throws {UnreadableBodyError} when it is none. */
  json<T = unknown>(): Coroutine<T>;
  json(): Coroutine<unknown> {
    return readJson(this);
  }

  /** Passes over what is left. */
  release(): Coroutine<void> {
    return release(this);
  }

  /** The parts of a part that is multipart itself. @throws {InvalidMultipartError} for one that is not. */
  multipart(options: MultipartOptions = {}): MultipartReader {
    checkMultipartOptions(options);
    const boundary = boundaryOf(this.header('content-type'));
    const { line, maxBodySize } = this.#source;
    if (boundary === null) throw new InvalidMultipartError(line, this.#source.bytes(), 'a part of it is not multipart');
    const source: MultipartSource = {
      line,
      maxBodySize,
      bytes: () => this.#source.bytes(),
      read: () => this.pull(),
      fail: (error) => this.#source.fail(error),
      over: () => undefined,
      left: () => undefined,
    };
    return new MultipartReader(source, boundary, options);
  }

  /** @internal */
  *pull(): GeneratorBody<Uint8Array | null> {
    if (!this.#begun && !this.#reader.isCurrent(this)) throw this.#passedOver();
    this.#begun = true;
    return yield* this.#reader.pull(this);
  }

  /** @internal */
  *collect(): GeneratorBody<Uint8Array> {
    if (this.#whole !== null) return this.#whole;
    if (this.#begun) throw new BodyInUseError(this.#source.line, 'this part of it was read already, or is being read');
    const pieces = new PieceList();
    let size = 0;
    for (let chunk = yield* this.pull(); chunk !== null; chunk = yield* this.pull()) {
      size += chunk.byteLength;
      if (size > this.#source.maxBodySize) throw this.#tooLarge();
      pieces.push(chunk);
    }
    this.#whole = pieces.join();
    return this.#whole;
  }

  /** @internal */
  decode(bytes: Uint8Array, encoding: string | null): string {
    const { charset } = this;
    return decodeText(bytes, encoding, charset !== null && isKnownEncoding(charset) ? charset : 'utf-8');
  }

  /** @internal */
  parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      const { line } = this.#source;
      throw new UnreadableBodyError(line, this.#source.bytes(), 'a part of the body is not JSON', { cause: error });
    }
  }

  #passedOver(): BodyInUseError {
    return new BodyInUseError(this.#source.line, 'this part of it was passed over when the next one was asked for');
  }

  #tooLarge(): BodyTooLargeError {
    const error = new BodyTooLargeError(this.#source.line, this.#source.bytes(), this.#source.maxBodySize);
    this.#source.fail(error);
    return error;
  }
}

/** As the HTML standard escapes what would end the field. */
function unescape(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%22', '"');
}
