// What a body may not be: larger than asked for, or slower than is worth a socket.

import type { EventLoop } from 'cotask';
import type { FailedTry } from './retry-policy.ts';

/** The bounds of one body. */
export interface BodyLimits {
  /** In bytes. */
  readonly maxSize: number;
  /** In bytes a second, on average over `window`. */
  readonly minRate: number;
  /** In milliseconds. */
  readonly window: number;
}

/** Thrown where the bytes arrive, to end the try. */
export class BodyRefused extends Error {
  readonly failed: FailedTry;

  constructor(failed: FailedTry) {
    super(failed.message);
    this.failed = failed;
  }
}

/** Watches one body. */
export class BodyWatch {
  readonly #limits: BodyLimits;
  readonly #loop: EventLoop;
  #bytes = 0;
  #windowBegan: number;
  #windowBytes = 0;

  constructor(limits: BodyLimits, loop: EventLoop) {
    this.#limits = limits;
    this.#loop = loop;
    this.#windowBegan = loop.time();
  }

  /** A length that is promised; throws if it is too much. */
  expect(length: number | null): void {
    if (length !== null && length > this.#limits.maxSize) throw tooLarge(`${length} bytes`, this.#limits);
  }

  /**
   * Bytes have come; throws if they are too many, or came too slowly. A body that says nothing at all is ended by the
   * timeout; this is for one that says a little every now and then, for ever.
   */
  take(length: number): void {
    this.#bytes += length;
    if (this.#bytes > this.#limits.maxSize) throw tooLarge('more', this.#limits);
    const now = this.#loop.time();
    const { window, minRate } = this.#limits;
    this.#windowBytes += length;
    if (now - this.#windowBegan < window) return;
    const rate = (this.#windowBytes / (now - this.#windowBegan)) * 1000;
    if (rate < minRate) throw tooSlow(rate, this.#limits);
    this.#windowBegan = now;
    this.#windowBytes = 0;
  }
}

function tooLarge(size: string, { maxSize }: BodyLimits): BodyRefused {
  return refused('too large', `the file has ${size}, and the largest that is wanted has ${maxSize} bytes`, 'never');
}

function tooSlow(rate: number, { minRate, window }: BodyLimits): BodyRefused {
  return refused(
    'too slow',
    `the body came at ${rate.toFixed(1)} bytes a second for ${window} ms, and ${minRate} are the least`,
    'again',
  );
}

function refused(kind: string, message: string, worth: 'again' | 'never'): BodyRefused {
  return new BodyRefused({ kind, message, status: null, cause: null, worth, retryAfter: null });
}
