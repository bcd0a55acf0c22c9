/** Reads a body by lines or by pieces of a size; what came too much is kept for the next call. */
import type { GeneratorBody } from 'cotask';
import { IncompleteReadError, LineTooLongError } from '../errors/index.ts';
import type { ResponseBody } from './response-body.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The reader of one response's body. */
export class PieceReader {
  readonly #body: ResponseBody;
  readonly #decoder: TextDecoder;
  /** What came and was not read yet stands in it from `start` to `end`: one block, for a server may send byte by byte. */
  #block: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(body: ResponseBody, decoder: TextDecoder) {
    this.#body = body;
    this.#decoder = decoder;
  }

  get #held(): number {
    return this.#end - this.#start;
  }

  /** The next line without its end, `\n` or `\r\n`; null after the last. What follows the last line end is a line too. */
  *readLine(maxLineSize: number): GeneratorBody<string | null> {
    for (let searched = 0; ;) {
      const found = this.#block.subarray(this.#start + searched, this.#end).indexOf(lineFeed);
      const size = found < 0 ? this.#held : searched + found;
      if (size > maxLineSize) throw this.#tooLong(maxLineSize);
      if (found >= 0) return this.#toText(this.#take(size + 1).subarray(0, -1));
      searched = size;
      if (!(yield* this.#more())) return size === 0 ? null : this.#toText(this.#take(size));
    }
  }

  /** So many bytes, fewer at the end, null after it. */
  *read(size: number): GeneratorBody<Uint8Array | null> {
    while (this.#held < size && (yield* this.#more()));
    return this.#held === 0 ? null : this.#take(Math.min(size, this.#held));
  }

  /** So many bytes and no fewer. */
  *readExactly(size: number): GeneratorBody<Uint8Array> {
    while (this.#held < size && (yield* this.#more()));
    if (this.#held >= size) return this.#take(size);
    const { exchange } = this.#body;
    throw new IncompleteReadError(exchange.line, exchange.bytes, this.#take(this.#held), size);
  }

  /** Up to and with `separator`; what is left where it does not come again, null after that. */
  *readUntil(separator: Uint8Array, most: number): GeneratorBody<Uint8Array | null> {
    for (let searched = 0; ;) {
      const found = asBuffer(this.#block.subarray(this.#start + searched, this.#end)).indexOf(separator);
      const size = found < 0 ? this.#held : searched + found + separator.byteLength;
      if (size > most) throw this.#tooLong(most);
      if (found >= 0) return this.#take(size);
      // The last bytes may be the begin of it.
      searched = Math.max(0, size - separator.byteLength + 1);
      if (!(yield* this.#more())) return size === 0 ? null : this.#take(size);
    }
  }

  /** What is there, without waiting. */
  readNowait(): Uint8Array {
    for (let piece = this.#body.takeNow(); piece !== null; piece = this.#body.takeNow()) this.#keep(piece);
    return this.#take(this.#held);
  }

  /** True when everything was read. */
  get atEof(): boolean {
    return this.#held === 0 && this.#body.atEof;
  }

  *#more(): GeneratorBody<boolean> {
    const piece = yield* this.#body.readChunk();
    if (piece === null) return false;
    this.#keep(piece);
    return true;
  }

  #keep(piece: Uint8Array): void {
    if (this.#end + piece.byteLength > this.#block.byteLength) this.#makeRoom(piece.byteLength);
    this.#block.set(piece, this.#end);
    this.#end += piece.byteLength;
  }

  #makeRoom(size: number): void {
    const held = this.#block.subarray(this.#start, this.#end);
    const needed = held.byteLength + size;
    // Twice what is needed, so that each byte is moved a bounded number of times.
    const block = needed * 2 <= this.#block.byteLength ? this.#block : new Uint8Array(needed * 2);
    block.set(held, 0);
    this.#block = block;
    this.#start = 0;
    this.#end = held.byteLength;
  }

  /** The first `size` bytes, in an array of their own. */
  #take(size: number): Uint8Array {
    const taken = this.#block.slice(this.#start, this.#start + size);
    this.#start += size;
    return taken;
  }

  #toText(line: Uint8Array): string {
    return this.#decoder.decode(line.at(-1) === carriageReturn ? line.subarray(0, -1) : line);
  }

  #tooLong(limit: number): LineTooLongError {
    const { exchange } = this.#body;
    const error = new LineTooLongError(exchange.line, exchange.bytes, limit);
    exchange.fail(error);
    return error;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
