/**
 * From `json`, `form` or `data` to what is sent. A body is opened once for each time it is sent, so that a redirect or a
 * second try sends it whole; a stream can be opened only once.
 */
import { InvalidOptionError } from '../errors/index.ts';
import { MultipartForm } from './multipart-form.ts';
import { listParams, type ParamsInput } from '../message/request-url.ts';
import { Upload, type BodyChunk, type BodySource } from './upload.ts';

/** What `data` may be. Text and bytes are sent with their length, streams chunked. */
export type DataInput =
  | string
  | Uint8Array
  | ArrayBuffer
  | URLSearchParams
  | Blob
  | FormData
  | MultipartForm
  | ReadableStream<BodyChunk>
  | BodySource;

/** A body that is open for one sending. */
export interface OpenBody {
  readonly content: Uint8Array | Upload;
  /** Empty for a body that does not say. */
  readonly contentType: string;
}

/** A request's body. */
export interface RequestBody {
  open(): OpenBody;
  /** Bytes, where they are known before the body ends. */
  readonly length: number | null;
  /** True when it can be sent again. */
  readonly replayable: boolean;
  /** True when its Content-Type carries what the body cannot be read without (a multipart boundary). */
  readonly ownsContentType: boolean;
}

/** The options of a request that say its body; at most one may be given. */
export interface BodyOptions {
  readonly json?: unknown;
  readonly form?: ParamsInput | undefined;
  readonly data?: DataInput | undefined;
}

const urlEncoded = 'application/x-www-form-urlencoded;charset=UTF-8';
const jsonType = 'application/json';
const unknownBytes = 'application/octet-stream';

/** Writes a value as JSON. */
export type JsonSerializer = (value: unknown) => string | Uint8Array;

/** The body that the options ask for, or null. */
export function makeBody(options: BodyOptions, serialize: JsonSerializer | null = null): RequestBody | null {
  if (options.json === undefined && options.form === undefined && options.data === undefined) return null;
  const given = (['json', 'form', 'data'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1) throw new InvalidOptionError(`a request has one body: ${given.join(' and ')} are given`);
  if (options.json !== undefined) return jsonBody(options.json, serialize ?? JSON.stringify);
  if (options.form !== undefined) return textBody(encodeForm(options.form), urlEncoded);
  return options.data === undefined ? null : dataBody(options.data);
}

function jsonBody(value: unknown, serialize: (value: unknown) => unknown): RequestBody {
  const written = toJson(value, serialize);
  return typeof written === 'string' ? textBody(written, jsonType) : bytesBody(written, jsonType);
}

function toJson(value: unknown, serialize: (value: unknown) => unknown): string | Uint8Array {
  let text: unknown;
  try {
    text = serialize(value);
  } catch (error) {
    throw new InvalidOptionError('the option json cannot be written as JSON', { cause: error });
  }
  if (typeof text === 'string' || text instanceof Uint8Array) return text;
  throw new InvalidOptionError(`the option json cannot be written as JSON: it is a ${typeof value}`);
}

function encodeForm(form: ParamsInput): string {
  return new URLSearchParams(
    listParams(form, 'form').map(([name, value]): [string, string] => [name, value]),
  ).toString();
}

function dataBody(data: DataInput): RequestBody {
  if (typeof data === 'string') return textBody(data, 'text/plain;charset=UTF-8');
  if (data instanceof Uint8Array) return bytesBody(data, unknownBytes);
  if (data instanceof ArrayBuffer) return bytesBody(new Uint8Array(data), unknownBytes);
  if (data instanceof URLSearchParams) return textBody(data.toString(), urlEncoded);
  if (data instanceof Blob) return blobBody(data);
  if (data instanceof FormData) return multipartBody(data);
  if (data instanceof MultipartForm) return formBody(data);
  if (typeof data === 'object' && data !== null && (Symbol.asyncIterator in data || Symbol.iterator in data))
    return streamBody(data);
  throw new InvalidOptionError(
    'data must be a text, bytes, a Blob, a FormData, a URLSearchParams, a stream or an iterable of texts or bytes; use json for objects',
  );
}

function textBody(text: string, contentType: string): RequestBody {
  return bytesBody(Buffer.from(text, 'utf8'), contentType);
}

/** A body that is there as bytes. */
export function bytesBody(content: Uint8Array, contentType: string): RequestBody {
  const opened: OpenBody = { content, contentType };
  return { open: () => opened, length: content.byteLength, replayable: true, ownsContentType: false };
}

function blobBody(blob: Blob): RequestBody {
  const contentType = blob.type === '' ? unknownBytes : blob.type;
  const open = (): OpenBody => ({ content: new Upload(blob.stream()), contentType });
  return { open, length: blob.size, replayable: true, ownsContentType: false };
}

/** The platform's own multipart writer: a Response made of the form, with its boundary. */
function multipartBody(form: FormData): RequestBody {
  const open = (): OpenBody => {
    const written = new Response(form);
    if (written.body === null) throw new InvalidOptionError('the form cannot be written as multipart/form-data');
    return {
      content: new Upload(written.body),
      contentType: written.headers.get('content-type') ?? 'multipart/form-data',
    };
  };
  return { open, length: null, replayable: true, ownsContentType: true };
}

function formBody(form: MultipartForm): RequestBody {
  const { contentType, length, replayable } = form;
  const open = (): OpenBody => ({ content: new Upload(form), contentType });
  return { open, length, replayable, ownsContentType: true };
}

function streamBody(source: BodySource | ReadableStream<BodyChunk>): RequestBody {
  const open = (): OpenBody => ({ content: new Upload(source), contentType: unknownBytes });
  return { open, length: null, replayable: false, ownsContentType: false };
}

/** The same body, sent in chunks whether its length is known or not. */
export function chunkedBody(body: RequestBody): RequestBody {
  const open = (): OpenBody => {
    const { content, contentType } = body.open();
    return { content: content instanceof Upload ? content : new Upload([content]), contentType };
  };
  return { ...body, open, length: null };
}

/** The same body without a word on its type. */
export function untypedBody(body: RequestBody): RequestBody {
  return { ...body, open: () => ({ ...body.open(), contentType: '' }) };
}
