/** Bodies as a file holds them: JSON as JSON and texts by lines, so that a difference can be read; all else in base64. */
import zlib from 'node:zlib';
import type { ContentCoding } from '../bodies/content-coding.ts';
import { listCodings } from '../bodies/content-coding.ts';
import type { RawHeaders } from '../make-headers.ts';

/** A body in a file, its content codings undone; null is none. */
export type StoredBody =
  | null
  | { readonly json: unknown; readonly layout: Layout }
  | { readonly text: readonly string[] }
  | { readonly base64: string }
  | { readonly omitted: string };

/** How JSON was written, so that it is written to the byte like that again. */
export type Layout = 'compact' | 'spaced' | 'indent 2' | 'indent 4' | 'tabs';

const writers: { readonly [Name in Layout]: (value: unknown) => string } = {
  compact: (value) => JSON.stringify(value),
  spaced: writeSpaced,
  'indent 2': (value) => JSON.stringify(value, null, 2),
  'indent 4': (value) => JSON.stringify(value, null, 4),
  tabs: (value) => JSON.stringify(value, null, '\t'),
};
const layouts: readonly Layout[] = ['compact', 'spaced', 'indent 2', 'indent 4', 'tabs'];

/** True for the name of a layout. */
export function isLayout(value: unknown): value is Layout {
  return layouts.some((layout) => layout === value);
}

/** A body as text: UTF-8, or one character a byte where it is none, or holds what no text does. */
export interface BodyText {
  readonly text: string;
  readonly isText: boolean;
}

/** A body as text, its codings undone; null where they cannot be, or where more than `most` bytes come out. */
export function readBody(bytes: Uint8Array, headers: RawHeaders, most: number): BodyText | null {
  if (bytes.byteLength > most) return null;
  const content = bytes.byteLength === 0 ? bytes : undoCodings(bytes, codingsOf(headers), most);
  if (content === null) return null;
  const utf8 = decodeUtf8(content);
  // oxlint-disable-next-line no-control-regex -- they are what tells bytes from text
  if (utf8 !== null && !/[\0-\x08\x0b\x0e-\x1f\x7f]/u.test(utf8)) return { text: utf8, isText: true };
  return { text: Buffer.from(content).toString('latin1'), isText: false };
}

/** What of it goes into the file. */
export function storeBody({ text, isText }: BodyText): StoredBody {
  if (text === '') return null;
  if (!isText) return { base64: Buffer.from(text, 'latin1').toString('base64') };
  return storeJson(text) ?? { text: text.split(/(?<=\n)/u) };
}

/** The bytes that were stored, without codings; null for a body that was left out. */
export function bytesOfBody(body: StoredBody): Uint8Array | null {
  if (body === null) return new Uint8Array(0);
  if ('base64' in body) return Buffer.from(body.base64, 'base64');
  const text = textOfBody(body);
  return text === null ? null : Buffer.from(text);
}

/** A stored body as one text, to be compared; null for a body that was left out. */
export function textOfBody(body: StoredBody): string | null {
  if (body === null) return '';
  if ('omitted' in body) return null;
  if ('json' in body) return writers[body.layout](body.json);
  return 'text' in body ? body.text.join('') : body.base64;
}

/** Puts the codings of the header fields on again. */
export function putCodingsOn(bytes: Uint8Array, headers: RawHeaders): Uint8Array {
  let coded = bytes;
  if (bytes.byteLength > 0) for (const coding of codingsOf(headers) ?? []) coded = encode(coding, coded);
  return coded;
}

function storeJson(text: string): StoredBody {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object') return null;
    const layout = layouts.find((each) => writers[each](json) === text);
    return layout === undefined ? null : { json, layout };
  } catch {
    return null;
  }
}

/** As Python writes it: a space after commas and colons. */
function writeSpaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeSpaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${writeSpaced(field)}`);
  return `{${fields.join(', ')}}`;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Null where one is not known. */
function codingsOf(headers: RawHeaders): readonly ContentCoding[] | null {
  const values = headers.filter(([name]) => name.toLowerCase() === 'content-encoding').map(([, value]) => value);
  return listCodings(values.length === 0 ? null : values.join(', '));
}

/** What came of a body that broke off is undone as far as it goes. */
function undoCodings(bytes: Uint8Array, codings: readonly ContentCoding[] | null, most: number): Uint8Array | null {
  if (codings === null) return null;
  try {
    let content = bytes;
    for (const coding of codings.toReversed()) content = decode(coding, content, most);
    return content;
  } catch {
    return null;
  }
}

function decode(coding: ContentCoding, bytes: Uint8Array, most: number): Uint8Array {
  const { constants } = zlib;
  const bound = { maxOutputLength: Math.min(most, 2 ** 31) };
  if (coding === 'br')
    return zlib.brotliDecompressSync(bytes, { ...bound, finishFlush: constants.BROTLI_OPERATION_FLUSH });
  if (coding === 'zstd') return zlib.zstdDecompressSync(bytes, { ...bound, finishFlush: constants.ZSTD_e_flush });
  const options = { ...bound, finishFlush: constants.Z_SYNC_FLUSH };
  if (coding === 'gzip') return zlib.gunzipSync(bytes, options);
  return ((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
}

function encode(coding: ContentCoding, bytes: Uint8Array): Uint8Array {
  if (coding === 'gzip') return zlib.gzipSync(bytes);
  if (coding === 'deflate') return zlib.deflateSync(bytes);
  return coding === 'br' ? zlib.brotliCompressSync(bytes) : zlib.zstdCompressSync(bytes);
}
