/** From a body's bytes to text. */
import { InvalidOptionError } from '../errors/index.ts';

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

/**
 * Decodes: a byte order mark decides, else the encoding asked for, else the one that holds without. Bytes that fit nowhere
 * become U+FFFD, or with `fatal` throw a TypeError.
 */
export function decodeText(bytes: Uint8Array, asked: string | null, otherwise: string, fatal = false): string {
  const encoding = markedEncoding(bytes) ?? asked ?? otherwise;
  if (fatal) return decoderFor(encoding, fatal).decode(bytes);
  return isUtf8(encoding) && markedEncoding(bytes) === null ? asUtf8(bytes) : decoderFor(encoding).decode(bytes);
}

/** True for an encoding that can be decoded. */
export function isKnownEncoding(encoding: string): boolean {
  return isUtf8(encoding) || knownDecoder(encoding, false) !== null;
}

function isUtf8(encoding: string): boolean {
  return encoding === 'utf-8' || encoding === 'utf8';
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

function decoderFor(encoding: string, fatal = false): TextDecoder {
  const decoder = knownDecoder(encoding, fatal);
  if (decoder === null) throw new InvalidOptionError(`the encoding ${JSON.stringify(encoding)} is not known`);
  return decoder;
}

/** A decoder for lines: no byte order mark is looked for. */
export function lineDecoder(encoding: string): TextDecoder {
  return decoderFor(encoding);
}

function knownDecoder(encoding: string, fatal: boolean): TextDecoder | null {
  try {
    return new TextDecoder(encoding, { fatal });
  } catch {
    return null;
  }
}
