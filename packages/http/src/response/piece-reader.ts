/** Reads a body by lines or by pieces of a size; what came too much is kept for the next call. */
import type { GeneratorBody } from 'cotask';
import { LineTooLongError } from '../errors.ts';
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

  *#more(): GeneratorBody<boolean> {
    const piece = yield* this.#body.readChunk();
    if (piece === null) return false;
    if (this.#end + piece.byteLength > this.#block.byteLength) this.#makeRoom(piece.byteLength);
    this.#block.set(piece, this.#end);
    this.#end += piece.byteLength;
    return true;
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
