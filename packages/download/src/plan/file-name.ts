/**
 * The name of a URL's file. One flat folder, and a name that is an injective function of the URL, so that no two URLs
 * ever meet in one file and nothing needs to be remembered to see to it:
 *
 *     https://example.com/maps/rome.png        example.com,maps,rome.png
 *     http://127.0.0.1:8080/maps/rome.png      http+127.0.0.1+8080,maps,rome.png
 *     https://example.com/maps/Rome.png?v=2    example.com,maps,Rome_v=2~uv3wk4n2yq5ncwlhxyckx7zfoi.png
 *     the same again, on line 57               example.com,maps,rome~line57.png
 *
 * A URL made of nothing but lower-case letters, digits and `. _ - = @` keeps its whole text: `,` stands for `/`, `+`
 * marks the scheme and the port. Every other URL, and one that is too long or would be a name that some platform
 * reserves, gets a readable form of itself and 128 bits of its hash. `~` stands in marks only, so the two kinds cannot
 * meet. Names that differ at all differ also where a file system ignores case or normalises Unicode: plain names have
 * no capitals and are ASCII, and in the others the hash, in lower case, tells them apart.
 */

import { hash } from 'node:crypto';
import { Buffer } from 'node:buffer';

/** No name is longer, in bytes: some encrypted file systems end at 143. */
export const LONGEST_NAME: number = 143;

/** Longest name before the mark of a repeat, which takes up to 22 bytes. */
const LONGEST_BASE = LONGEST_NAME - '~line'.length - '9007199254740991'.length;

/**
 * The name of the file of a URL.
 *
 * @param identity The URL as the list's check left it: normalised, without fragment and password.
 */
export function fileNameOf(identity: string): string {
  return plainName(identity) ?? markedName(identity);
}

/** The name of the file of a URL that stood on an earlier line already. `name` is what `fileNameOf` gives. */
export function repeatFileName(name: string, line: number): string {
  const extension = extensionOf(name);
  return `${name.slice(0, name.length - extension.length)}~line${line}${extension}`;
}

const PLAIN_URL = /^(https?):\/\/([a-z0-9][a-z0-9.-]*)(?::([0-9]+))?\/([a-z0-9._=@/-]+)$/;

function plainName(identity: string): string | null {
  if (identity.length > LONGEST_BASE) return null;
  const match = PLAIN_URL.exec(identity);
  if (match === null) return null;
  const [, scheme, host = '', port, path = ''] = match;
  const name = `${scheme === 'http' ? 'http+' : ''}${host}${port === undefined ? '' : `+${port}`},${path.replaceAll('/', ',')}`;
  return name.length > LONGEST_BASE || endsBadly(name) || isReserved(name) ? null : name;
}

/** A last `,` would be a nameless file; Windows drops a last dot. */
function endsBadly(name: string): boolean {
  return name.endsWith(',') || name.endsWith('.');
}

/** A name that Windows takes for a device, whatever its extension. */
function isReserved(name: string): boolean {
  return /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i.test(name);
}

function markedName(identity: string): string {
  const readable = readableName(new URL(identity));
  const extension = extensionOf(readable);
  const mark = `~${hash128(identity)}`;
  const stem = shorten(
    readable.slice(0, readable.length - extension.length),
    LONGEST_BASE - mark.length - extension.length,
  );
  return `${stem}${mark}${extension}`;
}

/** For people only; the hash is what tells these names apart. */
function readableName(url: URL): string {
  const path = url.pathname.slice(1).split('/');
  const last = readable(path.pop() ?? '') || 'index';
  const folders = path.map((part) => `${readable(part)},`).join('');
  const query = url.search === '' ? '' : `_${readable(url.search.slice(1))}`;
  const extension = extensionOf(last);
  const file = `${last.slice(0, last.length - extension.length)}${query}${extension}`;
  const scheme = url.protocol === 'http:' ? 'http+' : '';
  const host = `${readable(url.hostname)}${url.port === '' ? '' : `+${url.port}`}`;
  const name = `${scheme}${host},${folders}${file}`;
  return /^[.-]/.test(name) || isReserved(name) ? `_${name}` : name;
}

const UNSAFE = /[^\p{L}\p{N}\p{M}._=@-]|\p{Default_Ignorable_Code_Point}/gu;

function readable(part: string): string {
  return decode(part).normalize('NFC').replace(UNSAFE, '_').replace(/\.+$/, '_');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `.tar.gz`, `.jpg`, or nothing. Never the whole of a name. */
function extensionOf(name: string): string {
  return /(?<=[^,])(?:\.tar)?\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
}

/** Takes bytes out of the middle: the host in front and the end of the path say most. */
function shorten(text: string, longest: number): string {
  if (Buffer.byteLength(text) <= longest) return text;
  const front = cut([...text], 40);
  const back = cut([...text].reverse(), longest - Buffer.byteLength(front) - 2);
  return `${front}--${[...back].reverse().join('')}`;
}

/** As many code points from the start as fit into `longest` bytes. */
function cut(points: string[], longest: number): string {
  let taken = '';
  let bytes = 0;
  for (const point of points) {
    bytes += Buffer.byteLength(point);
    if (bytes > longest) break;
    taken += point;
  }
  return taken;
}

/** 128 bits of SHA-256 in lower-case base32 (RFC 4648 alphabet): 26 characters that no file system confuses. */
function hash128(text: string): string {
  const digest = hash('sha256', text, 'buffer');
  let bits = 0n;
  for (let index = 0; index < 16; index++) bits = (bits << 8n) | BigInt(digest[index] ?? 0);
  let name = '';
  for (let shift = 125n; shift >= 0n; shift -= 5n) name += BASE32[Number((bits >> shift) & 31n)];
  return name;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
