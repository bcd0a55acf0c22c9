import { createHash } from 'node:crypto';
import { hash32 } from './hash32.ts';
import { largestSampleFile } from './sample-file.ts';
import type { SampleFile } from './sample-file.ts';

/**
 * The bytes of a sample set.
 *
 * Each file is a window into one pool of pseudo-random bytes (or of text made from them), at a place its index decides.
 * So a body is never generated or copied, memory stays at two pools however many files there are, and yet a byte that
 * is missing, doubled or from another file changes the checksum.
 */
export class SampleContent {
  readonly #seed: number;
  #bytes: Buffer | null = null;
  #text: Buffer | null = null;
  readonly #checksums = new Map<number, string>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The whole content of `file`: a view, not to be written to. */
  of(file: SampleFile): Buffer {
    const pool = file.text ? this.#textPool() : this.#bytePool();
    const start = hash32(this.#seed, file.index, 12) % (pool.length - file.bytes);
    return pool.subarray(start, start + file.bytes);
  }

  /** The SHA-256 of the content, in hexadecimal; computed on the first call for a file, then remembered. */
  sha256(file: SampleFile): string {
    let checksum = this.#checksums.get(file.index);
    if (checksum === undefined) {
      checksum = createHash('sha256').update(this.of(file)).digest('hex');
      this.#checksums.set(file.index, checksum);
    }
    return checksum;
  }

  #bytePool(): Buffer {
    this.#bytes ??= randomBytes(this.#seed, POOL_BYTES);
    return this.#bytes;
  }

  #textPool(): Buffer {
    this.#text ??= hexadecimalLines(this.#bytePool(), POOL_BYTES);
    return this.#text;
  }
}

const POOL_BYTES = 2 * largestSampleFile;

/** Marsaglia's xorshift32: no cryptography, only bytes that do not repeat and do not compress. */
function randomBytes(seed: number, length: number): Buffer {
  const words = new Uint32Array(length / 4);
  let state = hash32(seed, 13) || 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer);
}

/** Eight numbers a line, separated by commas: good text and good CSV from any byte on. */
function hexadecimalLines(source: Buffer, length: number): Buffer {
  const text = Buffer.allocUnsafe(length);
  const digits = Buffer.from('0123456789abcdef');
  for (let i = 0; i < length; i++) {
    const column = i % 5;
    if (column === 4) text[i] = i % 40 === 39 ? 0x0a : 0x2c;
    else text[i] = digits[(source[i] ?? 0) & 15] ?? 0x30;
  }
  return text;
}
