/** The files that are downloaded: made anew for each run of the bench, the same in each. */
import { hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface FileSetSize {
  /** Small files: 1 to 64 KiB. */
  readonly small: number;
  readonly large: number;
  /** The size of a large file, in bytes. */
  readonly largeBytes: number;
}

/** A folder of files, no two alike. */
export interface FileSet {
  readonly names: readonly string[];
  /** The digests of their contents. */
  readonly digests: ReadonlySet<string>;
  readonly bytes: number;
}

export function digestOf(content: Uint8Array): string {
  return hash('sha1', content);
}

/** Makes `folder` and fills it. */
export function makeFileSet(folder: string, { small, large, largeBytes }: FileSetSize): FileSet {
  mkdirSync(folder, { recursive: true });
  const random = pseudoRandom(1);
  const smallSizes = Array.from({ length: small }, () => 1_024 + Math.floor(random() * 63 * 1_024));
  const sizes = [...smallSizes, ...Array.from({ length: large }, () => largeBytes)];
  const noise = Uint8Array.from({ length: Math.max(largeBytes, 64 * 1_024) }, () => random() * 256);
  const digests = new Set<string>();
  const names = sizes.map((size, i) => {
    const name = `file-${String(i).padStart(5, '0')}.bin`;
    const content = noise.subarray(0, size);
    content.set(Buffer.from(name));
    writeWhole(join(folder, name), content);
    digests.add(digestOf(content));
    return name;
  });
  return { names, digests, bytes: sizes.reduce((a, b) => a + b, 0) };
}

function writeWhole(file: string, content: Uint8Array): void {
  const fd = openSync(file, 'w');
  try {
    for (let at = 0; at < content.length;) at += writeSync(fd, content, at);
  } finally {
    closeSync(fd);
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
