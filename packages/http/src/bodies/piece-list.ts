/**
 * The pieces of a body that is read whole. Where its length is known they are copied to their place as they come, so that
 * the memory of the reads is free at once. Else small ones are packed together, after the first few: a server that sends a
 * byte a piece would cost a hundred times the bytes it sends.
 */

const small = 1024;
const blockSize = 16 * 1024;
/** Small pieces that are kept as they are. */
const mostLoose = 8;
/** A length is a promise; no more than this is set aside for it. */
const mostSetAside = 256 * 1024;

const noPieces: Uint8Array[] = [];

/** Collects pieces and joins them. */
export class PieceList {
  /** Never written to while it is `noPieces`. */
  #pieces: Uint8Array[] = noPieces;
  #block: Uint8Array | null = null;
  /** The block is for the whole body, and takes pieces of any size. */
  #isForAll = false;
  /** Bytes of the block in use. */
  #filled = 0;
  #loose = 0;
  /** How many were pushed. */
  count = 0;

  /** `length` are the bytes to be expected, null where nobody knows. */
  constructor(length: number | null = null) {
    if (length === null || length > mostSetAside) return;
    this.#block = setAside(length);
    this.#isForAll = true;
  }

  push(piece: Uint8Array): void {
    this.count += 1;
    if (this.#block !== null && this.#fits(this.#block, piece)) {
      this.#block.set(piece, this.#filled);
      this.#filled += piece.byteLength;
      return;
    }
    this.#seal();
    if (piece.byteLength >= small || this.#loose < mostLoose) this.#keep(piece);
    else this.#pack(piece);
  }

  #fits(block: Uint8Array, piece: Uint8Array): boolean {
    const hasRoom = this.#filled + piece.byteLength <= block.byteLength;
    return hasRoom && (this.#isForAll || piece.byteLength < small);
  }

  #keep(piece: Uint8Array): void {
    if (piece.byteLength < small) this.#loose += 1;
    if (this.#pieces.length === 0) this.#pieces = [piece];
    else this.#pieces.push(piece);
  }

  #pack(piece: Uint8Array): void {
    this.#block = new Uint8Array(blockSize);
    this.#block.set(piece);
    this.#filled = piece.byteLength;
  }

  #seal(): void {
    const block = this.#block;
    this.#block = null;
    this.#isForAll = false;
    if (block !== null && this.#filled > 0) this.#keep(block.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** One array of its own: a chunk shares its memory with what else came in the same read. */
  join(): Uint8Array {
    if (this.#isForAll && this.#block?.byteLength === this.#filled) return this.#block;
    this.#seal();
    const whole = setAside(this.#pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  }
}

/** Memory of its own that is written whole before anybody sees it. */
function setAside(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
