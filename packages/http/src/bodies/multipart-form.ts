/** A multipart body whose parts may be streams (aiohttp's `FormData` and `MultipartWriter`). */
import { randomUUID } from 'node:crypto';
import { checkOptions, type OptionRule, type OptionRules } from '../check-options.ts';
import { InvalidOptionError } from '../errors/index.ts';
import { listHeaders, type HeadersInput } from '../message/request-headers.ts';
import type { BodyChunk, BodySource } from './upload.ts';

/** The value of a field: text, bytes, a Blob (`openAsBlob` of `node:fs` makes one of a file), a stream. */
export type FormValue = string | Uint8Array | Blob | ReadableStream<BodyChunk> | BodySource;

/** Options of a field. */
export interface FormFieldOptions {
  /** Makes it a file. Default: the name of a `File`, `blob` for another Blob, none for the rest. */
  readonly filename?: string | undefined;
  /** Default: the type of a Blob, none for text, application/octet-stream for the rest. */
  readonly contentType?: string | undefined;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;

/** Options of a multipart body. */
export interface MultipartFormOptions {
  /** What stands behind `multipart/`: `mixed`, `related` and the like, for `appendPart()`. Default `form-data`. */
  readonly subtype?: string | undefined;
  /** What stands between the parts: 1 to 70 characters that no part holds. Default: one at random. */
  readonly boundary?: string | undefined;
}

const rules: OptionRules<MultipartFormOptions> = {
  subtype: (value) =>
    typeof value === 'string' && token.test(value) ? null : 'must be the second half of a media type',
  boundary: (value) =>
    typeof value === 'string' && /^[\w'()+,./:=?-]{1,70}$/u.test(value)
      ? null
      : 'must be 1 to 70 of the letters of RFC 2046',
};

const fieldText: OptionRule = (value) => (typeof value === 'string' ? null : 'must be a text');
const fieldRules: OptionRules<FormFieldOptions> = { filename: fieldText, contentType: fieldText };

interface Part {
  readonly head: Uint8Array;
  readonly value: FormValue;
  /** Bytes; null where they are known only at the end. */
  readonly length: number | null;
}

// oxlint-disable-next-line no-control-regex -- the grammar names them
const typeValue = /^[\t\x20-\x7e]+$/u;
const lineEnd = '\r\n';

/**
 * A form that is sent as `multipart/form-data` (RFC 7578), part after part, without being put together in memory. With a
 * stream in it, it can be sent once; its length is sent where that of every part is known.
 */
export class MultipartForm {
  /** What stands between the parts. */
  readonly boundary: string;
  readonly #subtype: string;
  readonly #parts: Part[] = [];

  /** @throws {InvalidOptionError} for an option that does not exist or cannot be. */
  constructor(options: MultipartFormOptions = {}) {
    checkOptions('MultipartForm', options, rules);
    this.boundary = options.boundary ?? `cotask-${randomUUID()}`;
    this.#subtype = options.subtype ?? 'form-data';
  }

  /** Adds a field after those that are there; a name may come again. @throws {InvalidOptionError} for what cannot be sent. */
  append(name: string, value: FormValue, options: FormFieldOptions = {}): this {
    if (typeof name !== 'string')
      throw new InvalidOptionError(`the name of a field must be a text, got ${typeof name}`);
    checkOptions('a field of a form', options, fieldRules);
    const contentType = options.contentType ?? typeOf(value);
    if (contentType !== null && !typeValue.test(contentType))
      throw new InvalidOptionError(`the contentType of the field ${JSON.stringify(name)} cannot be sent`);
    const filename = options.filename ?? filenameOf(value);
    const file = filename === null ? '' : `; filename="${escape(filename)}"`;
    const type = contentType === null ? '' : `content-type: ${contentType}${lineEnd}`;
    const disposition = `content-disposition: form-data; name="${escape(name)}"${file}${lineEnd}`;
    return this.#push(disposition + type, value, `the field ${JSON.stringify(name)}`);
  }

  /** Adds a part with header fields of its own, such as `content-type`, and no others. @throws {InvalidOptionError} */
  appendPart(value: FormValue, headers?: HeadersInput): this {
    const fields = listHeaders(headers).map(([name, text]) => `${name}: ${text}${lineEnd}`);
    return this.#push(fields.join(''), value, 'the part');
  }

  #push(fields: string, value: FormValue, what: string): this {
    const head = Buffer.from(`--${this.boundary}${lineEnd}${fields}${lineEnd}`);
    this.#parts.push({ head, value, length: lengthOf(what, value) });
    return this;
  }

  get contentType(): string {
    const quote = token.test(this.boundary) ? '' : '"';
    return `multipart/${this.#subtype}; boundary=${quote}${this.boundary}${quote}`;
  }

  /** False when a stream is among the fields. */
  get replayable(): boolean {
    return this.#parts.every(({ length }) => length !== null);
  }

  /** The whole form in bytes; null with a stream. */
  get length(): number | null {
    let sum = this.#end().byteLength;
    for (const { head, length } of this.#parts) {
      if (length === null) return null;
      sum += head.byteLength + length + lineEnd.length;
    }
    return sum;
  }

  /** The form as it is sent. */
  async *[Symbol.asyncIterator](): AsyncGenerator<BodyChunk, void, void> {
    for (const { head, value } of this.#parts) {
      yield head;
      if (typeof value === 'string' || value instanceof Uint8Array) yield value;
      else yield* value instanceof Blob ? value.stream() : value;
      yield lineEnd;
    }
    yield this.#end();
  }

  #end(): Uint8Array {
    return Buffer.from(`--${this.boundary}--${lineEnd}`);
  }
}

/** As the HTML standard has it: line ends and quotes are percent-coded, so that none can end the field. */
function escape(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

function typeOf(value: FormValue): string | null {
  if (typeof value === 'string') return null;
  return value instanceof Blob && value.type !== '' ? value.type : 'application/octet-stream';
}

function filenameOf(value: FormValue): string | null {
  if (value instanceof File) return value.name;
  return value instanceof Blob ? 'blob' : null;
}

function lengthOf(what: string, value: FormValue): number | null {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Blob) return value.size;
  if (typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value))
    return null;
  throw new InvalidOptionError(`${what} must be a text, bytes, a Blob, a stream or an iterable of texts or bytes`);
}
