/** What a rule replies, as its user writes it, and what is made of it. */
import { STATUS_CODES } from 'node:http';
import { anything, checkOptions, someText, type OptionRule, type OptionRules } from '../check-options.ts';
import { InvalidOptionError } from '../errors/index.ts';
import {
  flattenHeaders,
  hasHeader,
  listHeaders,
  type HeaderFields,
  type HeadersInput,
} from '../message/request-headers.ts';
import {
  breaksBodies,
  isNetworkFault,
  makeFault,
  networkFaults,
  placeOfFault,
  type NetworkFault,
  type Place,
} from './network-fault.ts';
import { connectPlaces, type Answer, type BodyPiece, type Course } from './script.ts';

/** A body in pieces; a number among them is a pause of so many milliseconds, on the loop's clock. */
export type MockPieces = Iterable<BodyPiece> | AsyncIterable<BodyPiece>;

/** What is replied: a response, or how the request fails. Times are milliseconds on the loop's clock. */
export interface MockReply {
  /** Default 200. */
  status?: number | undefined;
  /** Default: the usual words of the status. */
  reason?: string | undefined;
  /** `content-length` is added to a body that is there at once, and `content-type` to one of `json`. */
  headers?: HeadersInput | undefined;
  /** A text, bytes, pieces, or a function that makes pieces: an iterable can be sent once only. Default: empty. */
  body?: string | Uint8Array | MockPieces | (() => MockPieces) | undefined;
  /** The body as JSON. */
  json?: unknown;
  /** The wait before the head of the response, or before each place: `{ connecting: 50, head: 200 }`. */
  delay?: number | { readonly [Name in Place]?: number | undefined } | undefined;
  /**
   * Fails the request, by a name or with an error as the platform would give it. With `status`, `body` or `json`, `reset`,
   * `closed` and an error come after these pieces of the body, else before the head.
   */
  error?: NetworkFault | Error | undefined;
  /** Stands there for ever, so that a deadline must end it; at `body` after the pieces that are given. */
  hang?: Place | undefined;
}

const places = new Set<unknown>(['resolving', 'connecting', 'handshake', 'sending', 'head', 'body'] satisfies Place[]);

const isSpan = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0);
const somePlace: OptionRule = (value) => (places.has(value) ? null : `must be one of ${[...places].join(', ')}`);
const someDelay: OptionRule = (value) => {
  if (typeof value === 'number') return isSpan(value) ? null : 'must be 0 ms or more';
  const fits =
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([place, span]) => places.has(place) && isSpan(span));
  return fits ? null : `must be milliseconds, or milliseconds by place: ${[...places].join(', ')}`;
};
const someFault: OptionRule = (value) =>
  isNetworkFault(value) || value instanceof Error ? null : `must be an Error or one of ${networkFaults.join(', ')}`;
const finalStatus: OptionRule = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 999
    ? null
    : 'must be the status of a final response, 200 to 999';

const replyRules: OptionRules<MockReply> = {
  status: finalStatus,
  reason: someText,
  headers: anything,
  body: anything,
  json: anything,
  delay: someDelay,
  error: someFault,
  hang: somePlace,
};

/** A reply, checked: what becomes of the request. @throws {InvalidOptionError} */
export function makeAnswer(reply: MockReply): Answer {
  checkOptions('reply()', reply, replyRules);
  if (reply.body !== undefined && reply.json !== undefined)
    throw new InvalidOptionError('a reply has one body: body and json are given');
  const status = reply.status ?? 200;
  const body = bodyOf(reply);
  return {
    ...courseOf(reply),
    status,
    reason: reply.reason ?? STATUS_CODES[status] ?? '',
    headers: flattenHeaders(headersOf(reply, status, body)),
    pieces: typeof body === 'function' ? body : () => [body],
  };
}

function bodyOf({ body = '', json }: MockReply): string | Uint8Array | (() => MockPieces) {
  if (json !== undefined) return writeJson(json);
  if (typeof body === 'string' || body instanceof Uint8Array || typeof body === 'function') return body;
  if (typeof body === 'object' && body !== null && (Symbol.iterator in body || Symbol.asyncIterator in body))
    return () => body;
  throw new InvalidOptionError(
    'reply(): body must be a text, bytes, an iterable of pieces or a function that makes one; use json for objects',
  );
}

function writeJson(value: unknown): string {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== 'string')
    throw new InvalidOptionError(`reply(): json cannot be written as JSON: it is a ${typeof value}`);
  return text;
}

function headersOf(reply: MockReply, status: number, body: string | Uint8Array | (() => MockPieces)): HeaderFields {
  const given = listHeaders(reply.headers);
  const added: [string, string][] = [];
  if (reply.json !== undefined && !hasHeader(given, 'content-type')) added.push(['content-type', 'application/json']);
  const said = given.find(([name]) => name === 'content-length')?.[1];
  if (said !== undefined) checkLength(said, reply, body);
  else if (typeof body === 'function' || endsInBody(reply)) added.push(['transfer-encoding', 'chunked']);
  else if (status !== 204 && status !== 304) added.push(['content-length', String(Buffer.byteLength(body))]);
  return [...given, ...added];
}

function checkLength(said: string, reply: MockReply, body: string | Uint8Array | (() => MockPieces)): void {
  if (typeof body === 'function' || reply.body === undefined || endsInBody(reply)) return;
  const bytes = Buffer.byteLength(body);
  if (Number(said) !== bytes)
    throw new InvalidOptionError(
      `reply(): content-length says ${said}, the body has ${bytes} bytes; error: 'closed' breaks a body off`,
    );
}

function endsInBody(reply: MockReply): boolean {
  return endingOf(reply)?.place === 'body';
}

function courseOf(reply: MockReply): Course {
  const { delay = {} } = reply;
  return { delays: typeof delay === 'number' ? { head: delay } : delay, ending: endingOf(reply) };
}

function endingOf({ error, hang, status, body, json }: MockReply): Course['ending'] {
  if (error !== undefined && hang !== undefined)
    throw new InvalidOptionError('a reply ends in one way: error and hang are given');
  if (hang !== undefined) return { place: hang, error: null };
  if (error === undefined) return null;
  const answered = status !== undefined || body !== undefined || json !== undefined;
  if (typeof error !== 'string') return { place: answered ? 'body' : 'head', error: () => error };
  if (answered && !breaksBodies(error))
    throw new InvalidOptionError(`a request that fails by ${error} has no response: leave status, body and json out`);
  return { place: answered ? 'body' : placeOfFault(error), error: (site) => makeFault(error, site) };
}

/** The place of a connection where the course waits or ends, or null: what comes after the request has no say there. */
export function connectPlaceOf({ delays, ending }: Course): Place | null {
  return connectPlaces.find((place) => ending?.place === place || delays[place] !== undefined) ?? null;
}
