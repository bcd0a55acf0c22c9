/**
 * Where a body's chunks arrive, and how they reach the reader: pushed as they come, or taken one by one. Until somebody
 * reads, chunks are held up to a bound, and then the socket is held back.
 */

import { fixedBounds } from '../bounds.ts';

/** The transport, as the inbox holds it back. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** Ends the exchange because the reader failed. */
  fail(error: unknown): void;
}

/** Somebody to whom chunks are pushed. */
export interface BodyReader {
  /** A chunk, in order. `false` holds back what follows until `resume()` of the inbox. */
  chunk(chunk: Uint8Array): boolean | void;
  /** No chunk follows: the body was whole, or failed. */
  ended(failure: Failure | null): void;
}

/** An error in a box, so that anything can be thrown. */
export interface Failure {
  readonly error: unknown;
}

const nothing: Uint8Array[] = [];

/** The arrived and unread part of a body. */
export class BodyInbox {
  readonly #flow: Flow;
  readonly #most: number;
  /** Never written to while it is `nothing`: most bodies are one piece, and an array that grows makes room for many. */
  #held: Uint8Array[] = nothing;
  #heldBytes = 0;
  #reader: BodyReader | null = null;
  #onReadable: (() => void) | null = null;
  /** The reader asked to be left alone. */
  #stopped = false;
  /** The transport was asked to wait. */
  #paused = false;
  #ended = false;
  #failure: Failure | null = null;

  /** `most` bytes are held before the transport is. */
  constructor(flow: Flow, most: number) {
    this.#flow = flow;
    this.#most = most;
  }

  /** No chunk will come any more. */
  get ended(): boolean {
    return this.#ended;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /** Bytes that can be taken at once. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get empty(): boolean {
    return this.#held.length === 0;
  }

  /** A chunk came. */
  push(chunk: Uint8Array): void {
    if (this.#reader !== null && !this.#stopped && this.#held.length === 0) this.#hand(this.#reader, chunk);
    else this.#hold(chunk);
  }

  /** The body has ended. What is held can still be read after an error, by one who comes late. */
  end(failure: Failure | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
    if (failure !== null && this.#stopped) {
      // A reader that holds back would not hear of the failure until it goes on, and may wait for that very word.
      this.#stopped = false;
      this.clear();
    }
    this.#pump();
  }

  /** Pushes everything to `reader`, what is held first, from inside this call. */
  attach(reader: BodyReader): void {
    this.#reader = reader;
    this.#stopped = false;
    this.#pump();
    this.#letFlow();
  }

  /** The reader goes away; chunks are held again. */
  detach(): void {
    this.#reader = null;
  }

  /** The reader goes on. */
  resume(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#pump();
    this.#letFlow();
  }

  /** The next chunk, or null when none is held. */
  take(): Uint8Array | null {
    const chunk = this.#held.shift();
    if (chunk === undefined) return null;
    this.#heldBytes -= chunk.byteLength;
    this.#letFlow();
    return chunk;
  }

  /** Calls back once there is a chunk to take, or the end. */
  onReadable(callback: (() => void) | null): void {
    this.#onReadable = callback;
  }

  /** Drops what is held: nobody will read it. */
  clear(): void {
    this.#held = nothing;
    this.#heldBytes = 0;
  }

  #hold(chunk: Uint8Array): void {
    if (this.#held === nothing) this.#held = [chunk];
    else this.#held.push(chunk);
    this.#heldBytes += chunk.byteLength;
    this.#wake();
    if (this.#stopped || this.#isFull()) this.#holdBack();
  }

  #hand(reader: BodyReader, chunk: Uint8Array): void {
    let answer: boolean | void;
    try {
      answer = reader.chunk(chunk);
    } catch (error) {
      this.#reader = null;
      this.clear();
      reader.ended({ error });
      this.#flow.fail(error);
      return;
    }
    if (answer !== false || this.#reader !== reader || this.#failure !== null) return;
    this.#stopped = true;
    this.#holdBack();
  }

  #pump(): void {
    while (this.#reader !== null && !this.#stopped && this.#held.length > 0) {
      const chunk = this.#held.shift();
      if (chunk === undefined) break;
      this.#heldBytes -= chunk.byteLength;
      this.#hand(this.#reader, chunk);
    }
    const reader = this.#reader;
    if (!this.#ended || this.#stopped || reader === null) return;
    this.#reader = null;
    reader.ended(this.#failure);
  }

  #isFull(): boolean {
    return this.#heldBytes >= this.#most || this.#held.length >= fixedBounds.heldPieces;
  }

  #holdBack(): void {
    if (this.#paused || this.#ended) return;
    this.#paused = true;
    this.#flow.pause();
  }

  #letFlow(): void {
    if (!this.#paused || this.#stopped || this.#ended || this.#isFull()) return;
    this.#paused = false;
    this.#flow.resume();
  }

  #wake(): void {
    const callback = this.#onReadable;
    this.#onReadable = null;
    callback?.();
  }
}
