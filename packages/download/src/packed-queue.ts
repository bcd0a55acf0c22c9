/**
 * A queue of texts outside the heap: tens of thousands of lines that wait for a slow host cost their bytes, and the
 * garbage collector nothing. Texts are Latin-1 without line breaks.
 */
export class PackedQueue {
  readonly #blocks: Block[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(text: string): void {
    this.#size++;
    const last = this.#blocks.at(-1);
    if (last?.push(text) === true) return;
    const block = new Block(Math.max(text.length + 1, last === undefined ? FIRST_BLOCK : LATER_BLOCK));
    block.push(text);
    this.#blocks.push(block);
  }

  shift(): string | undefined {
    const [first] = this.#blocks;
    if (first === undefined) return undefined;
    this.#size--;
    const text = first.shift();
    if (first.isRead) this.#blocks.shift();
    return text;
  }
}

/** A list may name very many hosts with a few lines each, so the first block is small. */
const FIRST_BLOCK = 1024;
const LATER_BLOCK = 16 * 1024;

const NEWLINE = 0x0a;

class Block {
  readonly #bytes: Buffer;
  #begin = 0;
  #end = 0;

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size); // Not from the pool, which would be kept alive.
  }

  get isRead(): boolean {
    return this.#begin === this.#end;
  }

  /** False if the text does not fit. */
  push(text: string): boolean {
    if (this.#bytes.length - this.#end < text.length + 1) return false;
    this.#end += this.#bytes.write(text, this.#end, 'latin1');
    this.#bytes[this.#end++] = NEWLINE;
    return true;
  }

  shift(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#begin);
    const text = this.#bytes.toString('latin1', this.#begin, end);
    this.#begin = end + 1;
    return text;
  }
}
