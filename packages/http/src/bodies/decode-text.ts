/** From a body's bytes to text: a byte order mark decides, else the encoding asked for, else the charset, else UTF-8. */
import { InvalidOptionError } from '../errors.ts';

/** The type of a `Content-Type`, in lower case and without parameters; null without one. */
export function mediaType(contentType: string | null): string | null {
  if (contentType === null) return null;
  const essence = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  return essence === '' ? null : essence;
}

/** The `charset` of a `Content-Type`, in lower case; null without one. */
export function charsetOf(contentType: string | null): string | null {
  if (contentType === null) return null;
  const found = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]*))/iu.exec(contentType);
  const name = (found?.[1] ?? found?.[2] ?? '').trim().toLowerCase();
  return name === '' ? null : name;
}

/** True for the media types of JSON: application/json, text/json and everything that ends in +json. */
export function isJsonType(type: string | null): boolean {
  return type === 'application/json' || type === 'text/json' || (type !== null && type.endsWith('+json'));
}

/** Decodes; bytes that fit nowhere become U+FFFD, and a charset that nobody knows counts as UTF-8. */
export function decodeText(bytes: Uint8Array, asked: string | null, charset: string | null): string {
  const mark = markedEncoding(bytes);
  if (mark !== null) return new TextDecoder(mark).decode(bytes);
  if (asked !== null) return decoderFor(asked).decode(bytes);
  if (charset === null || charset === 'utf-8' || charset === 'utf8') return asUtf8(bytes);
  return (knownDecoder(charset) ?? new TextDecoder()).decode(bytes);
}

/** Faster than a TextDecoder for short texts. */
function asUtf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function markedEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

function decoderFor(encoding: string): TextDecoder {
  const decoder = knownDecoder(encoding);
  if (decoder === null) throw new InvalidOptionError(`text(): the encoding ${JSON.stringify(encoding)} is not known`);
  return decoder;
}

/** A decoder for lines: no byte order mark is looked for; an encoding that nobody knows is UTF-8. */
export function lineDecoder(asked: string | null, charset: string | null): TextDecoder {
  if (asked !== null) return decoderFor(asked);
  return (charset === null ? null : knownDecoder(charset)) ?? new TextDecoder();
}

function knownDecoder(encoding: string): TextDecoder | null {
  try {
    return new TextDecoder(encoding);
  } catch {
    return null;
  }
}
