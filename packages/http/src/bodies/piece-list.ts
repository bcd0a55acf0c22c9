/**
 * The pieces of a body that is read whole. Small ones are packed together: a server that sends a byte a piece would else
 * cost a hundred times the bytes it sends.
 */

const small = 1024;
const blockSize = 16 * 1024;

/** Collects pieces and joins them. */
export class PieceList {
  #pieces: Uint8Array[] = [];
  #block: Uint8Array | null = null;
  /** Bytes of the block in use. */
  #filled = 0;
  /** How many were pushed. */
  count = 0;

  push(piece: Uint8Array): void {
    this.count += 1;
    if (piece.byteLength >= small || this.count === 1) {
      this.#seal();
      this.#pieces.push(piece);
      return;
    }
    if (this.#block !== null && this.#filled + piece.byteLength > this.#block.byteLength) this.#seal();
    this.#block ??= new Uint8Array(blockSize);
    this.#block.set(piece, this.#filled);
    this.#filled += piece.byteLength;
  }

  #seal(): void {
    if (this.#block === null) return;
    this.#pieces.push(this.#block.subarray(0, this.#filled));
    this.#block = null;
    this.#filled = 0;
  }

  /** One array of its own: a chunk shares its memory with what else came in the same read. */
  join(): Uint8Array {
    this.#seal();
    const only = this.#pieces.length <= 1 ? (this.#pieces[0] ?? new Uint8Array(0)) : null;
    if (only !== null) return new Uint8Array(only);
    const size = this.#pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    const whole = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  }
}
