/**
 * Takes a multipart body apart as it comes (RFC 2046 section 5.1): what stands before the first boundary, the head and the
 * content of each part, and no more of it in memory than may be the begin of a boundary.
 */

/** What comes next of a body. */
export type MultipartEvent =
  | { readonly kind: 'part'; readonly head: string }
  | { readonly kind: 'data'; readonly chunk: Uint8Array }
  | { readonly kind: 'partEnd' }
  | { readonly kind: 'end' };

/** How much a body may hold that is no content, in bytes. */
export interface SplitterBounds {
  readonly maxPartHeaderSize: number;
  readonly preambleBytes: number;
}

/** The body is not what its boundary promises. */
export class SplitFailure extends Error {}

const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');
const dash = 0x2d;
const mostPadding = 1024;
const partEnd: MultipartEvent = { kind: 'partEnd' };
const end: MultipartEvent = { kind: 'end' };

/** The splitter of one body: it is fed, and asked for what that makes. */
export class MultipartSplitter {
  readonly #delimiter: Buffer;
  readonly #bounds: SplitterBounds;
  #state: 'preamble' | 'head' | 'content' | 'end' = 'preamble';
  /** A boundary belongs to the line end before it; the first one, and one right after a head, is lent its line end. */
  #held: Buffer = lineEnd;
  #lent: number = lineEnd.length;
  /** No boundary begins before this place. */
  #searched = 0;
  #preamble = 0;
  #ended = false;

  constructor(boundary: string, bounds: SplitterBounds) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#bounds = bounds;
  }

  /** More of the body; null when there is no more. */
  feed(chunk: Uint8Array | null): void {
    if (chunk === null) this.#ended = true;
    else this.#held = this.#held.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#held, chunk]);
  }

  /** What comes next; null where more must be fed first. @throws {SplitFailure} */
  next(): MultipartEvent | null {
    if (this.#state === 'end') return end;
    const event = this.#state === 'head' ? this.#nextHead() : this.#nextContent();
    if (event === null && this.#ended) throw new SplitFailure('it ended before its last boundary');
    return event;
  }

  #nextHead(): MultipartEvent | null {
    const found = this.#held.indexOf(lineEnd) === 0 ? 0 : this.#held.indexOf(headEnd);
    const size = found < 0 ? this.#held.length : found;
    const { maxPartHeaderSize } = this.#bounds;
    if (size > maxPartHeaderSize)
      throw new SplitFailure(`the head of a part is longer than maxPartHeaderSize (${maxPartHeaderSize} bytes)`);
    if (found < 0) return null;
    const head = this.#held.toString('utf8', 0, found);
    this.#drop(found === 0 ? 0 : found + lineEnd.length);
    this.#lent = lineEnd.length;
    this.#state = 'content';
    return { kind: 'part', head };
  }

  #nextContent(): MultipartEvent | null {
    for (;;) {
      const found = this.#held.indexOf(this.#delimiter, this.#searched);
      const line = found < 0 ? null : this.#lineAt(found + this.#delimiter.length);
      if (line === 'none') {
        this.#searched = found + 1;
        continue;
      }
      // What may be the begin of a boundary stays.
      const sure = found < 0 ? Math.max(0, this.#held.length - this.#delimiter.length + 1) : found;
      const content = this.#take(sure);
      if (content !== null) return content;
      if (line === null) return null;
      this.#drop(line.length + this.#delimiter.length);
      this.#lent = 0;
      const before = this.#state;
      this.#state = line.last ? 'end' : 'head';
      if (before === 'content') return partEnd;
      return line.last ? end : this.#nextHead();
    }
  }

  /** What follows the boundary's letters makes it one, or not; null where that is not there yet. */
  #lineAt(at: number): { readonly last: boolean; readonly length: number } | 'none' | null {
    const rest = this.#held.subarray(at);
    if (rest[0] === dash && rest[1] === dash) return { last: true, length: 2 };
    let padding = 0;
    while (rest[padding] === 0x20 || rest[padding] === 0x09) padding += 1;
    if (padding > mostPadding) return 'none';
    if (rest.length < padding + 2) return isOpen(rest.subarray(padding), padding) ? null : 'none';
    return rest.indexOf(lineEnd, padding) === padding ? { last: false, length: padding + 2 } : 'none';
  }

  /** The first `size` bytes as content; null where there are none, or nobody wants them. */
  #take(size: number): MultipartEvent | null {
    const chunk = this.#held.subarray(Math.min(this.#lent, size), size);
    this.#lent = Math.max(0, this.#lent - size);
    this.#drop(size);
    if (this.#state === 'content') return chunk.length === 0 ? null : { kind: 'data', chunk };
    this.#preamble += chunk.length;
    if (this.#preamble > this.#bounds.preambleBytes) throw new SplitFailure('it has no boundary where one must be');
    return null;
  }

  #drop(size: number): void {
    this.#held = this.#held.subarray(size);
    this.#searched = Math.max(0, this.#searched - size);
  }
}

/** True where the rest of a boundary's line may still come. */
function isOpen(rest: Uint8Array, padding: number): boolean {
  if (rest.length === 0) return true;
  return rest[0] === 0x0d || (padding === 0 && rest[0] === dash);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
