/**
 * Writes one file beside its final place. Chunks are collected and written by `writevSync`, from the very buffers that
 * came from the socket: no stream, no copy and no promise stands between. A small file is one open, one write and one
 * close.
 */

import { closeSync, constants, openSync, unlinkSync, writevSync } from 'node:fs';
import type { PartFile } from '../types.ts';

/** Bytes collected before they are written. */
const COLLECTED_BYTES = 256 * 1024;

/** Chunks collected before they are written: a server that sends byte by byte must not fill the memory with buffers. */
const COLLECTED_CHUNKS = 64;

/** Never through a link, never over a file: the name belongs to this run alone. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** A part file on disk. */
export class PartWriter implements PartFile {
  readonly path: string;
  bytes = 0;
  readonly #explain: (error: unknown) => unknown;
  #handle: number | null = null;
  #chunks: Uint8Array[] = [];
  #collected = 0;
  #made = false;

  /**
   * @param explain Turns an error of the file system into the one that is thrown.
   */
  constructor(path: string, explain: (error: unknown) => unknown) {
    this.path = path;
    this.#explain = explain;
  }

  write(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    this.#collected += chunk.byteLength;
    this.#chunks.push(chunk);
    if (this.#collected >= COLLECTED_BYTES || this.#chunks.length >= COLLECTED_CHUNKS) this.#flush();
  }

  finish(): void {
    this.#flush();
    this.#close();
  }

  discard(): void {
    this.#chunks = [];
    this.#close();
    if (!this.#made) return;
    this.#made = false;
    try {
      unlinkSync(this.path);
    } catch {
      // It stands in a folder of this run, which is cleared at the end in any case.
    }
  }

  moved(): void {
    this.#made = false;
  }

  #flush(): void {
    try {
      this.#writeOut();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #writeOut(): void {
    this.#handle ??= this.#open();
    const chunks = this.#chunks;
    let left = this.#collected;
    this.#chunks = [];
    this.#collected = 0;
    while (left > 0) {
      const written = writevSync(this.#handle, chunks);
      left -= written;
      if (left > 0) dropWritten(chunks, written);
    }
  }

  #open(): number {
    const handle = openSync(this.path, FLAGS, 0o666);
    this.#made = true;
    return handle;
  }

  #close(): void {
    if (this.#handle === null) return;
    const handle = this.#handle;
    this.#handle = null;
    closeSync(handle);
  }
}

/** A disk that is nearly full takes a part of what it is given; the rest is given again, and then says why. */
function dropWritten(chunks: Uint8Array[], written: number): void {
  let count = written;
  while (chunks[0] !== undefined && chunks[0].byteLength <= count) count -= chunks.shift()?.byteLength ?? 0;
  const [first] = chunks;
  if (first !== undefined) chunks[0] = first.subarray(count);
}
