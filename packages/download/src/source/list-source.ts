// What can be a list, and how each is read: as a sequence of batches, so that a line costs no wait of its own.

import { coroutine, fromPromise } from 'cotask';
import type { Coroutine, GeneratorBody } from 'cotask';
import type { BadLine, ListedUrl } from '../types.ts';
import { badLine, checkUrl } from './check-url.ts';
import { closeListFile, fileBlocks, openListFile, refuseUtf16, unreadable } from './list-file.ts';
import type { ListFile } from './list-file.ts';
import { LineSplitter } from './split-lines.ts';
import type { RawLine } from './split-lines.ts';

/**
 * A list of URLs: a file or a stream of bytes with one URL a line (read as they are needed, never as a whole), or URLs
 * as strings.
 */
export type ListSource =
  | { readonly file: string }
  | { readonly stream: AsyncIterable<Uint8Array> }
  | Iterable<string>
  | AsyncIterable<string>;

/** A list that is being read. */
export interface OpenList {
  /** The next lines, good and bad, in order; null at the end. */
  next(): Coroutine<(ListedUrl | BadLine)[] | null>;
  /** How much of the list the lines so far make up, 0 to 1; null where its size is not known. */
  progress(): number | null;
  /** True for a file that can be opened again and gives the same. */
  readonly isRegular: boolean;
  /** Ends the reading; may be called at any time, and twice. */
  close(): void;
}

/** One block: large enough that a list of millions is a matter of seconds, small enough to hold several. */
const BLOCK = 64 * 1024;

/** Lines are handed on in batches of this many: few enough that they are garbage soon. */
const BATCH = 128;

/**
 * Opens a list.
 *
 * @throws DownloadUsageError `COTASK_DOWNLOAD_LIST` for a file that is not there, is a folder or may not be read.
 */
export function openList(source: ListSource): Coroutine<OpenList> {
  return openAny(source);
}

const openAny = coroutine(function* openAny(source: ListSource) {
  if ('file' in source) {
    const opened = yield* openOrGiveUp(source.file);
    return 'stream' in opened ? streamList(source.file, opened.stream) : fileList(source.file, opened);
  }
  return 'stream' in source ? streamList('the list', source.stream) : new StringList(source);
});

/** Who is cancelled while the system opens the file gets no list to close. */
function* openOrGiveUp(path: string): GeneratorBody<ListFile> {
  const opening = openListFile(path);
  try {
    return yield* fromPromise(opening);
  } catch (error) {
    opening.then(closeListFile, ignore);
    throw error;
  }
}

function fileList(path: string, file: Extract<ListFile, { handle: number }>): ByteList {
  return new ByteList(path, fileBlocks(file.handle, BLOCK), file, () => closeListFile(file));
}

function streamList(name: string, stream: AsyncIterable<Uint8Array>): ByteList {
  return new ByteList(name, streamBlocks(stream), { size: null, isRegular: false }, () => closeStream(stream));
}

/** Hands out blocks; the same block may be handed out again with new bytes. */
type Blocks = () => Promise<Uint8Array | null>;

function streamBlocks(stream: AsyncIterable<Uint8Array>): Blocks {
  const iterator = stream[Symbol.asyncIterator]();
  return async () => {
    const { done, value }: IteratorResult<Uint8Array | string> = await iterator.next();
    if (done === true) return null;
    return typeof value === 'string' ? Buffer.from(value) : value; // A stream with an encoding gives texts.
  };
}

/** A read of a terminal or a pipe never ends by itself: destroying the stream is what ends it. */
function closeStream(stream: AsyncIterable<Uint8Array>): void {
  if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
}

class ByteList implements OpenList {
  readonly #name: string;
  readonly #blocks: Blocks;
  readonly #size: number | null;
  readonly isRegular: boolean;
  readonly #end: () => void;
  readonly #splitter = new LineSplitter();
  #begun = false;
  #ended = false;
  #closed = false;

  constructor(name: string, blocks: Blocks, what: { size: number | null; isRegular: boolean }, end: () => void) {
    this.#name = name;
    this.#blocks = blocks;
    this.#size = what.size;
    this.isRegular = what.isRegular;
    this.#end = end;
  }

  next(): Coroutine<(ListedUrl | BadLine)[] | null> {
    return nextLines(this);
  }

  progress(): number | null {
    if (this.#ended) return 1;
    return this.#size === null || this.#size === 0 ? null : Math.min(1, this.#splitter.consumed / this.#size);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end();
  }

  /** The next lines of the block at hand. */
  take(): RawLine[] {
    return this.#splitter.take(BATCH);
  }

  /** Reads one more block; false when the list has ended. */
  async read(): Promise<boolean> {
    if (this.#ended) return false;
    const block = await this.#readBlock();
    if (block === null) {
      this.#ended = true;
      this.#splitter.end();
      return true;
    }
    if (!this.#begun) refuseUtf16(block, this.#name);
    this.#begun = true;
    this.#splitter.push(block);
    return true;
  }

  async #readBlock(): Promise<Uint8Array | null> {
    try {
      return await this.#blocks();
    } catch (error) {
      throw unreadable(this.#name, error);
    }
  }
}

const nextLines = coroutine(function* nextLines(list: ByteList) {
  for (let lines = list.take(); ; lines = list.take()) {
    if (lines.length > 0) return lines.map(checkLine);
    if (!(yield* fromPromise(list.read()))) return null;
  }
});

function checkLine(raw: RawLine): ListedUrl | BadLine {
  return raw.fault === null ? checkUrl(raw.text, raw) : badLine(raw.text, raw, raw.fault);
}

class StringList implements OpenList {
  readonly isRegular = false;
  readonly #source: { sync: Iterator<string> } | { async: AsyncIterator<string> };
  #line = 0;
  #ended = false;

  constructor(source: Iterable<string> | AsyncIterable<string>) {
    this.#source =
      Symbol.asyncIterator in source ? { async: source[Symbol.asyncIterator]() } : { sync: source[Symbol.iterator]() };
  }

  next(): Coroutine<(ListedUrl | BadLine)[] | null> {
    return nextBatch(this);
  }

  progress(): number | null {
    return this.#ended ? 1 : null;
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    if ('sync' in this.#source) this.#source.sync.return?.();
    else void Promise.resolve(this.#source.async.return?.()).catch(ignore);
  }

  /** A batch of a plain iterable, null at its end; or the promise of the next string, which may be slow to come. */
  read(): string[] | Promise<string[] | null> | null {
    if (this.#ended) return null;
    return 'sync' in this.#source ? this.#batch(this.#source.sync) : this.#single(this.#source.async);
  }

  check(text: string): ListedUrl | BadLine {
    this.#line++;
    const position = { line: this.#line, offset: 0 };
    if (typeof text !== 'string') return badLine(String(text), position, `this is no string but ${typeof text}`);
    return checkUrl(text.trim(), position);
  }

  #batch(iterator: Iterator<string>): string[] | null {
    const texts: string[] = [];
    while (texts.length < BATCH) {
      const { done, value } = iterator.next();
      if (done === true) {
        this.#ended = true;
        break;
      }
      texts.push(value);
    }
    return texts.length === 0 ? null : texts;
  }

  async #single(iterator: AsyncIterator<string>): Promise<string[] | null> {
    const { done, value } = await iterator.next();
    if (done !== true) return [value];
    this.#ended = true;
    return null;
  }
}

const nextBatch = coroutine(function* nextBatch(list: StringList) {
  const read = list.read();
  const texts = read instanceof Promise ? yield* fromPromise(read) : read;
  return texts === null ? null : texts.map((text) => list.check(text));
});

function ignore(): void {}
