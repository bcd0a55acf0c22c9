/**
 * The head of a response: the field values that are asked for often are read from undici's parsed object, the rest is
 * made when somebody asks. A head that lies about its body's length is refused here.
 */
import type { RawHeaders } from '../make-headers.ts';

/** Header fields as undici parses them: lower-case names. */
export type ParsedHeaders = Record<string, string | string[] | undefined>;

/** Header fields as they came: name, value, name, value. */
type WireHeaders = readonly (Uint8Array | string)[] | ParsedHeaders | null | undefined;

const none: readonly string[] = [];

/** The version that a response came in; every HTTP/1 response counts as 1.1, which is what is spoken to it. */
export type HttpVersion = '1.1' | '2.0';

/** The head of a final response. */
export class ResponseHead {
  readonly version: HttpVersion;
  readonly status: number;
  readonly reason: string;
  /** `Content-Length` as a number; null without one, or where the body is chunked. */
  readonly contentLength: number | null;
  /** True when a field says where the body ends, or, in HTTP/2, its last frame will. */
  readonly framed: boolean;
  /** What is wrong with the head's account of its body, or null. */
  readonly fault: string | null;
  readonly #parsed: ParsedHeaders;
  readonly #wire: WireHeaders;
  #raw: RawHeaders | null = null;

  constructor(status: number, reason: string, parsed: ParsedHeaders, wire: WireHeaders, version: HttpVersion = '1.1') {
    this.version = version;
    this.status = status;
    this.reason = reason;
    this.#parsed = parsed;
    this.#wire = wire;
    const coding = this.get('transfer-encoding');
    const length = coding === null ? this.get('content-length') : null;
    const bytes = Number(length);
    this.framed = coding !== null || length !== null || version === '2.0';
    this.contentLength = length !== null && Number.isSafeInteger(bytes) ? bytes : null;
    this.fault = coding === null ? lengthFault(length) : codingFault(coding);
  }

  /** The value of a field by its lower-case name, repeats joined by `, `; null without it. */
  get(name: string): string | null {
    if (!Object.hasOwn(this.#parsed, name)) return null;
    const value = this.#parsed[name];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  }

  /** The first value of a field that must stand once; null without it. */
  first(name: string): string | null {
    if (!Object.hasOwn(this.#parsed, name)) return null;
    const value = this.#parsed[name];
    return (typeof value === 'string' ? value : value?.[0]) ?? null;
  }

  /** Every value of a field, in order. */
  all(name: string): readonly string[] {
    const value = Object.hasOwn(this.#parsed, name) ? this.#parsed[name] : undefined;
    if (value === undefined) return none;
    return typeof value === 'string' ? [value] : value;
  }

  get rawHeaders(): RawHeaders {
    this.#raw ??= listRaw(this.#wire ?? this.#parsed);
    return this.#raw;
  }
}

/** How many fields came. */
export function countFields(wire: WireHeaders): number {
  if (wire === null || wire === undefined) return 0;
  return Array.isArray(wire) ? wire.length / 2 : Object.keys(wire).length;
}

function codingFault(coding: string): string | null {
  if (coding.trim().toLowerCase() === 'chunked') return null;
  return `its Transfer-Encoding is ${JSON.stringify(coding)}; only chunked is understood`;
}

/** 2⁵³ and more cannot be counted; that it is a number at all the parser has seen to. */
function lengthFault(length: string | null): string | null {
  if (length === null || Number(length) <= Number.MAX_SAFE_INTEGER) return null;
  return `its Content-Length is ${JSON.stringify(length)}`;
}

function listRaw(wire: NonNullable<WireHeaders>): RawHeaders {
  const pairs: (readonly [string, string])[] = [];
  if (isFlat(wire)) {
    for (let at = 0; at + 1 < wire.length; at += 2) pairs.push([toText(wire[at]), toText(wire[at + 1])]);
    return pairs;
  }
  for (const [name, value] of Object.entries(wire)) {
    if (Array.isArray(value)) for (const one of value) pairs.push([name, one]);
    else if (value !== undefined) pairs.push([name, value]);
  }
  return pairs;
}

function isFlat(wire: NonNullable<WireHeaders>): wire is readonly (Uint8Array | string)[] {
  return Array.isArray(wire);
}

function toText(bytes: Uint8Array | string | undefined): string {
  if (bytes === undefined) return '';
  return typeof bytes === 'string'
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
