/**
 * Undoes the content codings of a body on its way from the socket to the inbox. zlib works on the thread pool, so a body
 * goes on being decoded after its connection is free.
 */
import type { Transform } from 'node:stream';
import type { Failure } from './body-inbox.ts';
import { makeDecompressor, type ContentCoding } from './content-coding.ts';

/** Whose body it is. */
export interface DecodedBody {
  /** A piece of the content. */
  decoded(chunk: Uint8Array): void;
  /** All of it was handed on; `failure` where the coding is broken. */
  decodingEnded(failure: Failure | null): void;
  /** The decoder has enough for now: nothing more is to be read from the socket. */
  holdInput(): void;
  letInput(): void;
}

/** Called when the thread pool gets work; what it returns, when that is done. */
export type HoldTime = () => (() => void) | null;

/** The decoder of one body. */
export class ContentDecoder {
  readonly #codings: readonly ContentCoding[];
  readonly #body: DecodedBody;
  /** One a coding, the one put on last first; made when the first byte comes: a body may have none. */
  #stages: Transform[] = [];
  #held = false;
  #paused = false;
  #ended = false;
  readonly #holdTime: HoldTime | null;
  #letTimeGo: (() => void) | null = null;

  constructor(codings: readonly ContentCoding[], body: DecodedBody, holdTime: HoldTime | null = null) {
    this.#codings = codings;
    this.#body = body;
    this.#holdTime = holdTime;
  }

  /** A chunk came from the socket. */
  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    const first = this.#first(chunk);
    const hasRoom = first.write(chunk);
    this.#watchTime();
    if (hasRoom || this.#held) return;
    this.#held = true;
    this.#body.holdInput();
  }

  /** No chunk follows; what is left in the streams still comes. */
  end(): void {
    const [first] = this.#stages;
    if (first === undefined) this.#finish(null);
    else {
      first.end();
      this.#watchTime();
    }
  }

  /** The reader is slow. */
  pause(): void {
    this.#paused = true;
    this.#watchTime();
    this.#stages.at(-1)?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#watchTime();
    this.#stages.at(-1)?.resume();
  }

  /** Nobody wants what is left. */
  destroy(): void {
    this.#ended = true;
    this.#watchTime();
    for (const stage of this.#stages) stage.destroy();
  }

  /** Time is held from the first work for the thread pool until there is none, asked turn by turn. */
  #watchTime(): void {
    if (this.#holdTime === null) return;
    if (this.#isAtWork()) {
      if (this.#letTimeGo !== null) return;
      this.#letTimeGo = this.#holdTime();
      if (this.#letTimeGo !== null) setImmediate(() => this.#askAgain());
    } else {
      this.#letTimeGo?.();
      this.#letTimeGo = null;
    }
  }

  #askAgain(): void {
    if (this.#letTimeGo !== null && this.#isAtWork()) setImmediate(() => this.#askAgain());
    else this.#watchTime();
  }

  #isAtWork(): boolean {
    if (this.#ended || this.#paused) return false;
    return this.#stages.some((stage) => stage.writableLength > 0 || (stage.writableEnded && !stage.readableEnded));
  }

  #first(chunk: Uint8Array): Transform {
    const [made] = this.#stages;
    if (made !== undefined) return made;
    // Only a first stage sees the first chunk; deflate inside of another coding is taken for zlib's.
    const stages = this.#codings
      .toReversed()
      .map((coding, at) => makeDecompressor(coding, at === 0 ? chunk : zlibHead));
    for (const [at, stage] of stages.entries()) {
      stage.on('error', (error: Error) => this.#finish({ error }));
      const next = stages[at + 1];
      if (next !== undefined) stage.pipe(next);
    }
    const [first] = stages;
    const last = stages.at(-1);
    if (first === undefined || last === undefined) throw new RangeError('a decoder has at least one coding');
    this.#stages = stages;
    first.on('drain', () => this.#drained());
    last.on('data', (piece: Uint8Array) => {
      if (!this.#ended) this.#body.decoded(piece);
    });
    last.on('end', () => this.#finish(null));
    return first;
  }

  #drained(): void {
    if (!this.#held || this.#ended) return;
    this.#held = false;
    this.#body.letInput();
  }

  #finish(failure: Failure | null): void {
    if (this.#ended) return;
    this.destroy();
    this.#body.decodingEnded(failure);
  }
}

const zlibHead = new Uint8Array([0x78]);
