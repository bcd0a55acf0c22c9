/** What `fetch` was given, as a request of a session. */
import type { DataInput } from '../bodies/request-body.ts';
import { isReserved } from '../message/request-headers.ts';
import type { RequestOptions } from '../request/session-options.ts';

/** A call of `fetch`, read. */
export interface FetchInput {
  readonly request: Request;
  readonly options: RequestOptions;
}

/** Checks the arguments as the platform does, by making its `Request` of them; relative URLs stand on `baseUrl`. */
export async function readFetchInput(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  baseUrl: URL | null,
): Promise<FetchInput> {
  const request = new Request(isRequest(input) ? input : resolve(input, baseUrl), init);
  if (request.integrity !== '') throw new TypeError('the option integrity is not checked by this fetch; leave it out');
  const given = init?.body ?? null;
  const data = given === null ? null : dataAtHand(given);
  const options: RequestOptions = {
    headers: [...request.headers].filter(([name]) => isSent(name, data)),
    allowRedirects: request.redirect === 'follow',
    raiseForStatus: false,
    data: data ?? (await readAhead(request.body)) ?? undefined,
  };
  return { request, options };
}

function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && !(input instanceof URL);
}

function resolve(input: string | URL, baseUrl: URL | null): string {
  return typeof input === 'string' && baseUrl !== null ? (URL.parse(input, baseUrl)?.href ?? input) : String(input);
}

/** What the connection decides is dropped, as in browsers; the boundary of a form is written with the form. */
function isSent(name: string, data: DataInput | null): boolean {
  if (name === 'content-type') return !(data instanceof FormData);
  return name !== 'connection' && !isReserved(name);
}

/** A body that is known now: it is sent with its length, and again where a redirect asks for it. */
function dataAtHand(body: NonNullable<RequestInit['body']>): DataInput | null {
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const isKnown =
    typeof body === 'string' ||
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams;
  return isKnown ? body : null;
}

/**
 * A `Request` hands out its body as a stream, whatever it was made of; where all of it is there at once, it is taken as
 * bytes, so that it is sent with its length. A stream that takes its time is sent as one.
 */
async function readAhead(body: ReadableStream<Uint8Array> | null): Promise<DataInput | null> {
  if (body === null) return null;
  const reader = body.getReader();
  const first = await reader.read();
  if (first.done) return new Uint8Array(0);
  const second = reader.read();
  const next = await Promise.race([second, afterThisTurn()]);
  if (next?.done === true) return first.value;
  return goOn(reader, first.value, second);
}

/** One turn of the platform's loop: what is at hand has come by then. */
function afterThisTurn(): Promise<null> {
  return new Promise((resolve) => void setImmediate(() => resolve(null)));
}

async function* goOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Uint8Array,
  second: Promise<ReadableStreamReadResult<Uint8Array>>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield first;
    for (let step = await second; !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel();
  }
}
