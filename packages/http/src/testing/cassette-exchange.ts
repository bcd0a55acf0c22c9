/** An exchange as a cassette's file holds it, and the check of what was read. */
import type { RawHeaders } from '../make-headers.ts';
import type { Place } from './network-fault.ts';
import { isLayout, type StoredBody } from './stored-body.ts';
import type { StoredError } from './stored-error.ts';

/** How long the parts of an exchange took, in milliseconds; null for a part that did not happen. */
export interface StoredTimings {
  readonly dns: number | null;
  readonly connect: number | null;
  readonly tls: number | null;
  readonly firstByte: number | null;
  readonly body: number | null;
}

/** How an exchange ended: whole, given up by the client at a place, or by an error of the transport. */
export type StoredEnd = 'whole' | { readonly cut: Place } | { readonly error: StoredError };

/** A request and what came of it. Header fields are lines: `name: value`. */
export interface CassetteExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly string[];
    readonly body: StoredBody;
  };
  readonly response: {
    readonly status: number;
    readonly reason: string;
    readonly headers: readonly string[];
    readonly body: StoredBody;
  } | null;
  readonly end: StoredEnd;
  readonly timings: StoredTimings;
}

/** What is wrong with the exchange of that number; null where it is none's fault. */
export class CassetteFault extends Error {
  readonly index: number | null;

  constructor(index: number | null, message: string) {
    super(message);
    this.index = index;
  }
}

export function linesOf(headers: RawHeaders): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

export function fieldsOf(lines: readonly string[]): RawHeaders {
  return lines.map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).replace(/^ /u, '')];
  });
}

/** The value as exchanges. @throws {CassetteFault} */
export function readExchanges(value: unknown): readonly CassetteExchange[] {
  if (!Array.isArray(value)) throw new CassetteFault(null, '"exchanges" must be a list');
  return value.map((each: unknown, index) => {
    const wrong = faultOf(each);
    if (wrong !== null || !isExchange(each))
      throw new CassetteFault(index, `exchange ${index + 1}: ${wrong ?? 'is none'}`);
    return each;
  });
}

function isExchange(value: unknown): value is CassetteExchange {
  return faultOf(value) === null;
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const lines: Check = (value) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && each.includes(':'));
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const place: Check = (value) =>
  ['resolving', 'connecting', 'handshake', 'sending', 'head', 'body'].some((each) => each === value);
const time: Check = (value) => value === null || (number(value) && Number(value) >= 0);

function fault(value: unknown, where: string, checks: Readonly<Record<string, Check>>): string | null {
  if (typeof value !== 'object' || value === null) return `${where} must be an object`;
  const wrong = Object.entries(checks).find(([name, check]) => !check(Reflect.get(value, name)));
  return wrong === undefined ? null : `${where}.${wrong[0]} is missing or not what it must be`;
}

function faultOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'it must be an object';
  const { request, response, end, timings } = { request: null, response: null, end: null, timings: null, ...value };
  return (
    fault(request, 'request', {
      method: text,
      url: (url) => text(url) && URL.canParse(String(url)),
      headers: lines,
      body: isBody,
    }) ??
    (response === null
      ? null
      : fault(response, 'response', { status: number, reason: text, headers: lines, body: isBody })) ??
    (isEnd(end) ? null : 'end is missing or not what it must be') ??
    (end === 'whole' && response === null ? 'response is missing' : null) ??
    fault(timings, 'timings', { dns: time, connect: time, tls: time, firstByte: time, body: time })
  );
}

function isEnd(end: unknown): boolean {
  if (end === 'whole') return true;
  if (typeof end !== 'object' || end === null) return false;
  if ('cut' in end) return place(end.cut);
  const facts: Check = (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every((each) => text(each) || number(each));
  return 'error' in end && fault(end.error, 'error', { place, name: text, message: text, facts }) === null;
}

function isBody(body: unknown): boolean {
  if (body === null) return true;
  if (typeof body !== 'object') return false;
  if ('json' in body) return 'layout' in body && isLayout(body.layout);
  if ('text' in body) return texts(body.text);
  if ('base64' in body) return text(body.base64) && /^[A-Za-z0-9+/]*={0,2}$/u.test(String(body.base64));
  return 'omitted' in body && text(body.omitted);
}
