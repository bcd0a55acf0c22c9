// Bytes in, lines out, block by block: a list may be larger than memory, and may be no text at all.

import { isAscii, isUtf8 } from 'node:buffer';

/** A line with its text, or with what is wrong with its bytes. */
export type RawLine =
  | { readonly line: number; readonly offset: number; readonly text: string; readonly fault: null }
  | { readonly line: number; readonly offset: number; readonly text: string; readonly fault: string };

/** A longer line is no URL; it is named and passed over, never held. */
export const LONGEST_LINE: number = 64 * 1024;

const EMPTY = Buffer.alloc(0);

/** The byte order mark in UTF-8. */
const MARK = Buffer.of(0xef, 0xbb, 0xbf);

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const HASH = 0x23;
const SPACE = 0x20;
const TAB = 0x09;

/** How much of a faulty line is kept to name it by. */
const EXCERPT = 120;

/**
 * Splits a stream of blocks into lines, which are taken a few at a time. Blank lines and comments (`#`) are counted and left out; CRLF, a byte order
 * mark and a last line without newline are fine.
 */
export class LineSplitter {
  #line = 1;
  /** Where the line at hand begins. */
  #offset = 0;
  /** The beginning of a line whose newline has not come; at most `LONGEST_LINE` bytes. */
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of the line at hand that were dropped because it is too long. */
  #dropped = 0;
  #begun = false;
  #ended = false;
  /** The block at hand, and where its next line begins. */
  #block: Buffer = EMPTY;
  #start = 0;
  #ascii = true;

  /** Bytes of the lines that were taken. */
  get consumed(): number {
    return this.#offset;
  }

  /** Takes the next block, once `take` has given the last line of the one before. */
  push(block: Uint8Array): void {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    if (this.#begun) return this.#load(bytes);
    this.#held = Buffer.concat([this.#held, bytes]);
    if (this.#held.length >= MARK.length) this.#begin();
  }

  /** Says that no more blocks come. */
  end(): void {
    if (!this.#begun) this.#begin();
    this.#ended = true;
  }

  /** The next lines, at most so many; none if another block is wanted, or all were given after `end`. */
  take(most: number): RawLine[] {
    const lines: RawLine[] = [];
    while (lines.length < most && this.#takeLine(lines));
    return lines;
  }

  /** Takes the byte order mark away. Runs once, when there are bytes enough to see it, or no more will come. */
  #begin(): void {
    this.#begun = true;
    const bytes = this.#held;
    this.#held = Buffer.alloc(0);
    const marked = bytes.subarray(0, MARK.length).equals(MARK);
    if (marked) this.#offset = MARK.length;
    this.#load(marked ? bytes.subarray(MARK.length) : bytes);
  }

  #load(bytes: Buffer): void {
    this.#block = bytes;
    this.#start = 0;
    this.#ascii = isAscii(bytes);
  }

  /** Goes past one line, blank or not; false if there is none. */
  #takeLine(lines: RawLine[]): boolean {
    const end = this.#block.indexOf(NEWLINE, this.#start);
    if (end !== -1) {
      this.#endLine(this.#block.subarray(this.#start, end), this.#ascii, lines);
      this.#start = end + 1;
      return true;
    }
    this.#hold(this.#block.subarray(this.#start));
    this.#load(EMPTY);
    if (!this.#ended || this.#held.length === 0) return false;
    this.#endLine(EMPTY, false, lines);
    return true;
  }

  #endLine(tail: Buffer, ascii: boolean, lines: RawLine[]): void {
    const whole = this.#held.length === 0 ? tail : Buffer.concat([this.#held, tail]);
    const length = whole.length + this.#dropped;
    const line = readLine(whole, length, ascii && this.#held.length === 0, this.#line, this.#offset);
    if (line !== null) lines.push(line);
    this.#line++;
    this.#offset += length + 1;
    this.#held = Buffer.alloc(0);
    this.#dropped = 0;
  }

  /** Keeps the beginning of a line. A copy, because the block belongs to the caller. */
  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const room = LONGEST_LINE + 1 - this.#held.length;
    this.#dropped += Math.max(0, bytes.length - room);
    this.#held = Buffer.concat([this.#held, bytes.subarray(0, Math.max(0, room))]);
  }
}

function readLine(bytes: Buffer, length: number, ascii: boolean, line: number, offset: number): RawLine | null {
  const [start, end] = trim(bytes);
  if (start === end || bytes[start] === HASH) return null;
  const fault = faultOf(bytes, length, ascii, start, end);
  if (fault === null) {
    const text = bytes.toString(ascii ? 'latin1' : 'utf8', start, end);
    return { line, offset, text, fault: null };
  }
  return { line, offset, text: bytes.toString('latin1', start, Math.min(end, start + EXCERPT)), fault };
}

/** The line without blanks around it. */
function trim(bytes: Buffer): [start: number, end: number] {
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return [start, end];
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function faultOf(bytes: Buffer, length: number, ascii: boolean, start: number, end: number): string | null {
  if (length > LONGEST_LINE) return `the line has ${length} bytes, more than ${LONGEST_LINE}`;
  if (ascii) return bytes.subarray(start, end).includes(0) ? NUL_FAULT : null;
  if (bytes.subarray(start, end).includes(0)) return NUL_FAULT;
  return isUtf8(bytes.subarray(start, end)) ? null : 'the line is not valid UTF-8; save the list as UTF-8';
}

const NUL_FAULT = 'the line holds a NUL byte; is the list a text file in UTF-8?';
