/** The content codings that are spoken: what undoes them, and what makes them. */
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { fixedBounds } from '../bounds.ts';

/** A coding that a request's body can be sent in. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Bun and old Nodes have no zstd. */
const hasZstd = typeof zlib.createZstdDecompress === 'function';

/** What `accept-encoding` says where bodies are decoded. */
export const acceptedCodings: string = hasZstd ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** The codings of a `Content-Encoding`, in the order in which they were put on; null where one is not known. */
export function listCodings(field: string | null): readonly ContentCoding[] | null {
  if (field === null) return [];
  const names = field
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  const codings = names.map(codingOf);
  return codings.length <= fixedBounds.codings && codings.every((coding) => coding !== null) ? codings : null;
}

function codingOf(name: string): ContentCoding | null {
  if (name === 'gzip' || name === 'x-gzip') return 'gzip';
  if (name === 'deflate' || name === 'br') return name;
  return name === 'zstd' && hasZstd ? 'zstd' : null;
}

/** A stream that undoes the coding. `first` is the first chunk: some send deflate without zlib's header. */
export function makeDecompressor(coding: ContentCoding, first: Uint8Array): Transform {
  if (coding === 'gzip') return zlib.createGunzip();
  if (coding === 'br') return zlib.createBrotliDecompress();
  // RFC 9659: a window of at most 8 MiB.
  if (coding === 'zstd') return zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } });
  return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
}

/** A stream that puts the coding on. */
export function makeCompressor(coding: ContentCoding): Transform {
  if (coding === 'gzip') return zlib.createGzip();
  if (coding === 'deflate') return zlib.createDeflate();
  if (coding === 'zstd') return zlib.createZstdCompress();
  // The default of 11 is for what is compressed once and sent often.
  return zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } });
}

/** True where this platform can make the coding. */
export function canCompress(coding: unknown): coding is ContentCoding {
  return coding === 'gzip' || coding === 'deflate' || coding === 'br' || (coding === 'zstd' && hasZstd);
}
