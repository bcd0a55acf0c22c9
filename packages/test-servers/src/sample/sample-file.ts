import { behaviourOf, cutIndex } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { fileNameOf } from './file-name.ts';
import { hash32, pick } from './hash32.ts';

/** Everything about one file of the sample set but its bytes. */
export interface SampleFile {
  readonly index: number;
  /** The path (and query, if any) of its URL, as it stands in the list. */
  readonly path: string;
  /** The last segment of the path, as it stands in the list. */
  readonly name: string;
  readonly bytes: number;
  /** Whether the content is text (lines of hexadecimal numbers) or any bytes. */
  readonly text: boolean;
  readonly contentType: string;
  /** A strong entity tag, with its quotes. */
  readonly etag: string;
  /** An HTTP date, years in the past. */
  readonly lastModified: string;
  readonly behaviour: Behaviour;
}

/**
 * Plans file `index` of the set of `files` that `seed` names. Pure and cheap (about a microsecond): both sides of a
 * test can ask for it, and a list of a million files costs nothing until it is read.
 */
export function planSampleFile(seed: number, files: number, index: number): SampleFile {
  const type = TYPES[hash32(seed, index, 8) % TYPES.length] ?? BINARY;
  const name = fileNameOf(seed, index, type.extension);
  const bytes = index === cutIndex(files) ? 300 * KIB : sizeOf(seed, index);
  return {
    index,
    path: `/files/${index}/${name}`,
    name,
    bytes,
    text: type.text,
    contentType: type.contentType,
    etag: `"${seed.toString(36)}-${index.toString(36)}-${bytes.toString(36)}"`,
    lastModified: new Date(EPOCH + index * 60_000).toUTCString(),
    behaviour: behaviourOf(seed, files, index),
  };
}

/** No sample file is larger. */
export const largestSampleFile: number = 4 * 1024 * 1024;

const KIB = 1024;
const EPOCH = Date.UTC(2020, 0, 1);

const BINARY = { extension: '.bin', contentType: 'application/octet-stream', text: false };
const TYPES = [
  BINARY,
  { extension: '.v2.dat', contentType: 'application/octet-stream', text: false },
  { extension: '.txt', contentType: 'text/plain; charset=utf-8', text: true },
  { extension: '.csv', contentType: 'text/csv; charset=utf-8', text: true },
];

/** Of a thousand files 6 have 2 to 4 MiB, about 55 have 128 to 512 KiB, the others 1 to 64 KiB: about 60 MB in all. */
function sizeOf(seed: number, index: number): number {
  if (index % 167 === 100) return pick(2048 * KIB, largestSampleFile, seed, index, 9);
  if (index % 18 === 5) return pick(128 * KIB, 512 * KIB, seed, index, 10);
  return pick(KIB, 64 * KIB, seed, index, 11);
}
