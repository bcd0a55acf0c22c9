import { SampleContent } from './sample-content.ts';
import { planSampleFile } from './sample-file.ts';
import type { SampleFile } from './sample-file.ts';

/** Which sample set. The same options give the same files, names and misbehaviour, in any process. */
export interface SampleOptions {
  /** How many files. Default: 1,000. */
  readonly files?: number;
  /** Decides sizes, names, content and delays: a whole number of 32 bits. Default: 1. */
  readonly seed?: number;
  /** True makes every file plain: no delays, failures or redirects, for benches. Default: false. */
  readonly calm?: boolean;
}

/** What a file of the set must be on the disk. */
export interface ExpectedFile {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** A sample set without a server: what each URL is and what it must give. */
export class SampleCatalogue {
  readonly seed: number;
  readonly files: number;
  readonly calm: boolean;
  readonly content: SampleContent;
  #totalBytes: number | null = null;

  /** @throws RangeError for a number of files or a seed that cannot be. */
  constructor({ files = 1000, seed = 1, calm = false }: SampleOptions = {}) {
    if (!Number.isInteger(files) || files < 1 || files > 999_999_999)
      throw new RangeError(`files must be a whole number from 1 to 999,999,999, got ${files}.`);
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
      throw new RangeError(`seed must be a whole number of 32 bits, got ${seed}.`);
    this.files = files;
    this.seed = seed;
    this.calm = calm;
    this.content = new SampleContent(seed);
  }

  /** The sum of all files; computed on first use. */
  get totalBytes(): number {
    if (this.#totalBytes === null) {
      this.#totalBytes = 0;
      for (let index = 0; index < this.files; index++) this.#totalBytes += this.fileAt(index).bytes;
    }
    return this.#totalBytes;
  }

  /** @throws RangeError when the set has no such file. */
  fileAt(index: number): SampleFile {
    if (!this.has(index)) throw new RangeError(`The sample set has files 0 to ${this.files - 1}, not ${index}.`);
    const file = planSampleFile(this.seed, this.files, index);
    return this.calm ? { ...file, behaviour: { kind: 'plain' } } : file;
  }

  has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.files;
  }

  /** The file that `url` (of the list, or one it redirects to) stands for. */
  fileOf(url: string): SampleFile {
    const match = /^https?:\/\/[^/]+\/(?:files|moved\/\d)\/(\d{1,9})\//.exec(url);
    if (match === null) throw new RangeError(`Not the URL of a sample file: ${url}`);
    return this.fileAt(Number(match[1]));
  }

  /** What the download of `url` must be. The checksum is computed on the first call for a file. */
  expected(url: string): ExpectedFile {
    const file = this.fileOf(url);
    return { bytes: file.bytes, sha256: this.content.sha256(file) };
  }
}
