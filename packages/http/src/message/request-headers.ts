/**
 * Header fields on their way out. They are checked where they are given, by RFC 9110's grammar, so that no value can end
 * its line and start another; the session's are checked once.
 */
import { InvalidOptionError } from '../errors/index.ts';

/** Header fields as a caller gives them; a list of values is sent as several lines. */
export type HeadersInput =
  | Headers
  | Iterable<readonly [name: string, value: string]>
  | { readonly [name: string]: string | number | readonly string[] | undefined };

/** Fields in order: lower-case name, value. */
export type HeaderFields = readonly (readonly [name: string, value: string])[];

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** What may stand in a value, one character a byte: no control character but the tab. */
// oxlint-disable-next-line no-control-regex -- the grammar names them
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/u;
/** The connection's business, not the caller's. */
const reserved = new Set([
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-connection',
  'http2-settings',
]);

/** True for a header that is the connection's business, by its name in lower case. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** `headers` as checked fields; a name that comes again stays, as a line of its own. */
export function listHeaders(headers: HeadersInput | undefined): HeaderFields {
  if (headers === undefined) return [];
  if (typeof headers !== 'object' || headers === null)
    throw new InvalidOptionError('headers must be a Headers, pairs or an object');
  const fields: [string, string][] = [];
  if (isIterable(headers)) for (const [name, value] of headers) fields.push(checkHeader(name, value));
  else
    for (const [name, value] of Object.entries(headers))
      for (const one of listed(value)) fields.push(checkHeader(name, one));
  checkFields(fields);
  return fields;
}

function isIterable<T>(value: object | Iterable<T>): value is Iterable<T> {
  return Symbol.iterator in value;
}

function listed(value: string | number | readonly string[] | undefined): readonly (string | number)[] {
  if (value === undefined) return [];
  return typeof value === 'string' || typeof value === 'number' ? [value] : value;
}

/** A field that can be sent: its name in lower case, its value as text. */
export function checkHeader(name: string, value: string | number): [string, string] {
  if (typeof name !== 'string' || !token.test(name))
    throw new InvalidOptionError(`${JSON.stringify(name)} is no header name`);
  const lower = name.toLowerCase();
  if (reserved.has(lower))
    throw new InvalidOptionError(
      `the header ${lower} is set by the connection and cannot be given${lower === 'expect' ? '; the option expect100 sends it' : ''}`,
    );
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string')
    throw new InvalidOptionError(`the header ${lower} must be a text, got ${value === null ? 'null' : typeof value}`);
  if (!fieldValue.test(text)) {
    throw new InvalidOptionError(
      `the value of the header ${lower} holds a line end, another control character or a character above U+00FF`,
    );
  }
  return [lower, text];
}

/** Refuses two lines of what must stand once. */
export function checkFields(fields: HeaderFields): void {
  for (const single of ['host', 'content-length', 'content-type', 'authorization']) {
    if (fields.filter(([name]) => name === single).length > 1)
      throw new InvalidOptionError(`the header ${single} is given twice`);
  }
}

/** `defaults` with `fields` over them: a name in `fields` replaces every line of that name in `defaults`. */
export function mergeHeaders(defaults: HeaderFields, fields: HeaderFields): HeaderFields {
  if (fields.length === 0) return defaults;
  return [...withoutHeaders(defaults, (name) => hasHeader(fields, name)), ...fields];
}

export function hasHeader(fields: HeaderFields, name: string): boolean {
  for (const field of fields) if (field[0] === name) return true;
  return false;
}

/** The fields whose names `drop` does not take. */
export function withoutHeaders(fields: HeaderFields, drop: (name: string) => boolean): HeaderFields {
  return fields.filter(([name]) => !drop(name));
}

/** The fields without those named. */
export function withoutNamed(fields: HeaderFields, names: readonly string[] | undefined): HeaderFields {
  if (names === undefined || names.length === 0) return fields;
  const dropped = new Set(names.map((name) => name.toLowerCase()));
  return withoutHeaders(fields, (name) => dropped.has(name));
}

/** The flat list that undici writes: name, value, name, value. */
export function flattenHeaders(fields: HeaderFields): string[] {
  const flat: string[] = [];
  for (const [name, value] of fields) flat.push(name, value);
  return flat;
}

/** True when the flat list names that header. */
export function flatHas(flat: readonly string[], name: string): boolean {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return true;
  return false;
}
