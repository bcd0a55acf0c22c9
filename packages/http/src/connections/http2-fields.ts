/** Header fields between the flat lists of undici and those of `node:http2`. */
import type { OutgoingHttpHeaders } from 'node:http2';

/** Fields that belong to an HTTP/1.1 connection (RFC 9113 section 8.2.2), and `host`, which `:authority` says. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
]);

/** What a request asks for. */
export interface Http2RequestLine {
  readonly method: string;
  readonly path: string;
  readonly origin: URL;
}

/** The fields of a request: pseudo-fields, then `flat` without what has no place in HTTP/2. */
export function http2RequestFields(line: Http2RequestLine, flat: readonly string[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {
    ':method': line.method,
    ':scheme': line.origin.protocol.slice(0, -1),
    ':authority': valueOf(flat, 'host') ?? line.origin.host,
    ':path': line.path,
  };
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? '').toLowerCase();
    const value = flat[at + 1] ?? '';
    if (ofConnection.has(name)) continue;
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
    define(fields, name, before === undefined ? value : [before, value].flat().map(String));
  }
  return fields;
}

/** The value of a field in a flat list. */
export function valueOf(flat: readonly string[], wanted: string): string | undefined {
  for (let at = 0; at + 1 < flat.length; at += 2) if (flat[at]?.toLowerCase() === wanted) return flat[at + 1];
  return undefined;
}

/** Fields of a message. */
export interface Http2Fields {
  readonly raw: string[];
  readonly parsed: Record<string, string | string[]>;
}

/** The fields of a response without pseudo-fields, flat as they came and by name as undici parses them. */
export function http2ResponseFields(wire: readonly string[]): Http2Fields {
  const raw: string[] = [];
  const parsed: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < wire.length; at += 2) {
    const name = wire[at] ?? '';
    const value = wire[at + 1] ?? '';
    if (name.startsWith(':')) continue;
    raw.push(name, value);
    const before = Object.hasOwn(parsed, name) ? parsed[name] : undefined;
    define(parsed, name, before === undefined ? value : [before, value].flat());
  }
  return { raw, parsed };
}

/** A server may call a field `__proto__`. */
function define<Value>(fields: { [name: string]: Value }, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  else fields[name] = value;
}
