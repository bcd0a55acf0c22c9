/** What one exchange sends, and within which bounds its response must stay. */
import { Readable } from 'node:stream';
import type { EventLoop } from 'cotask';
import { fixedBounds } from '../bounds.ts';
import type { BoundExcess, RequestLine } from '../errors/index.ts';
import type { OpenBody, RequestBody } from '../bodies/request-body.ts';
import type { ProxyServer } from '../connections/proxy.ts';
import { flatHas, flattenHeaders } from '../message/request-headers.ts';
import type { Route } from '../connections/routes.ts';
import type { Trace } from './trace.ts';
import { Upload } from '../bodies/upload.ts';

/** What is to be sent, and within which bounds. */
export interface ExchangePlan {
  readonly line: RequestLine;
  readonly origin: string;
  readonly path: string;
  /** Flat, as undici writes them: name, value, name, value. Not changed. */
  readonly headers: string[];
  readonly body: RequestBody | null;
  readonly maxHeaders: number;
  readonly maxInformational: number;
  readonly trace: Trace | null;
  /** Null goes straight to the origin. */
  readonly route: Route | null;
  /** Bytes that are held of a body whose reader is slow. */
  readonly readBufferSize: number;
  /** False takes a body for empty whose end is not marked. */
  readonly readUntilEof: boolean;
  /** Milliseconds that the body waits for `100 Continue`; null for none. */
  readonly expect100: number | null;
  readonly loop: EventLoop;
  /** Asks for a WebSocket. */
  readonly upgrade: boolean;
  /** How the body's content codings are undone; null leaves them on. */
  readonly decoding: DecodingBounds | null;
}

/** What a body may become by undoing its codings. */
export interface DecodingBounds {
  readonly maxDecompressedSize: number;
  readonly maxExpansion: number;
}

/** An http URL is asked of a proxy whole, with the fields that are for the proxy. */
export function pathToSend({ origin, path, route }: Pick<ExchangePlan, 'origin' | 'path' | 'route'>): string {
  return isAskedOfProxy(origin, route) ? origin + path : path;
}

function isAskedOfProxy(origin: string, route: Route | null): route is Route & { readonly proxy: ProxyServer } {
  return route !== null && route.proxy !== null && route.proxy.socks === null && origin.startsWith('http:');
}

/** The header list for one sending; a body says its type and, where it is known, its length. */
export function headersToSend(
  { headers: own, body, origin, route }: Pick<ExchangePlan, 'headers' | 'body' | 'origin' | 'route'>,
  open: OpenBody | null,
): string[] {
  const given = isAskedOfProxy(origin, route) ? [...own, ...flattenHeaders(route.proxy.fields)] : own;
  if (open === null || body === null) return given;
  const headers = [...given];
  if (open.contentType !== '' && !flatHas(headers, 'content-type')) headers.push('content-type', open.contentType);
  // undici knows the length of bytes, and sends a stream in chunks unless it is told.
  const isStream = open.content instanceof Upload;
  if (isStream && body.length !== null && !flatHas(headers, 'content-length')) {
    headers.push('content-length', String(body.length));
  }
  return headers;
}

/** The body as undici takes it. */
export function contentToSend(open: OpenBody | null): Uint8Array | Readable | null {
  if (open === null) return null;
  return open.content instanceof Upload ? Readable.from(open.content) : open.content;
}

/** Which bound a decoded body of so many bytes breaks, or null. */
export function excessOf(decoded: number, sent: number, bounds: DecodingBounds | null): BoundExcess | null {
  if (bounds === null) return null;
  const { maxDecompressedSize, maxExpansion } = bounds;
  if (decoded > maxDecompressedSize) return { bound: 'maxDecompressedSize', limit: maxDecompressedSize };
  if (decoded < fixedBounds.expandedBytes || decoded <= sent * maxExpansion) return null;
  return { bound: 'maxExpansion', limit: maxExpansion };
}
