import type { ExpectedFile, SampleCatalogue, SampleOptions } from './sample-catalogue.ts';
import type { SampleFile } from './sample-file.ts';

export interface SampleOriginOptions extends SampleOptions {
  /** The port to listen on. Default: 0, a free one. */
  readonly port?: number;
}

/** Files to download, and what they must be when they have been. */
export interface SampleOrigin extends AsyncDisposable {
  /** `http://127.0.0.1:43211`, without a slash at the end. */
  readonly url: string;
  readonly seed: number;
  readonly files: number;
  /** The URL of each file in list order; made on first use. */
  readonly urls: readonly string[];
  /** The sum of all files. */
  readonly totalBytes: number;
  urlAt(index: number): string;
  fileAt(index: number): SampleFile;
  /** The file behind a URL of the list, or behind one it redirects to. */
  fileOf(url: string): SampleFile;
  /** @throws RangeError for a URL that is not of this set. */
  expected(url: string): ExpectedFile;
  /** Ends the server and its connections. May be called more than once. */
  close(): Promise<void>;
}

/**
 * A sample origin wherever its server runs: the catalogue on this side, the address and the end of the server given.
 */
export class ServedSample implements SampleOrigin {
  readonly url: string;
  readonly #catalogue: SampleCatalogue;
  readonly #end: () => Promise<void>;
  #urls: readonly string[] | null = null;

  constructor(url: string, catalogue: SampleCatalogue, end: () => Promise<void>) {
    this.url = url;
    this.#catalogue = catalogue;
    this.#end = end;
  }

  get seed(): number {
    return this.#catalogue.seed;
  }

  get files(): number {
    return this.#catalogue.files;
  }

  get urls(): readonly string[] {
    this.#urls ??= Array.from({ length: this.files }, (_, index) => this.urlAt(index));
    return this.#urls;
  }

  get totalBytes(): number {
    return this.#catalogue.totalBytes;
  }

  urlAt(index: number): string {
    return this.url + this.fileAt(index).path;
  }

  fileAt(index: number): SampleFile {
    return this.#catalogue.fileAt(index);
  }

  fileOf(url: string): SampleFile {
    return this.#catalogue.fileOf(url);
  }

  expected(url: string): ExpectedFile {
    return this.#catalogue.expected(url);
  }

  close(): Promise<void> {
    return this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
