/** How long the parts of a request took, on the loop's clock. */
import type { EventLoop } from 'cotask';

/** Milliseconds that the parts of the last hop of a request took; null for a part that did not happen, or not yet. */
export interface RequestTimings {
  /** The wait for a slot of the session. */
  readonly queued: number;
  /** The look-up of the name; null for an IP address and on a connection that was there. */
  readonly dns: number | null;
  /** The making of the TCP connection; null on a connection that was there. */
  readonly connect: number | null;
  /** The TLS handshake; null without TLS and on a connection that was there. */
  readonly tls: number | null;
  /** From the begin of sending to the first byte of the response. */
  readonly firstByte: number | null;
  /** From the first byte of the response to the end of its body. */
  readonly body: number | null;
  /** From the wait for a slot to the end of the body. */
  readonly total: number | null;
}

/** The marks from which the timings are made; null where it has not come to it. */
export class TimingMarks {
  readonly #loop: EventLoop;
  readonly #begun: number;
  readonly #granted: number;
  #resolving: number | null = null;
  #connecting: number | null = null;
  #handshake: number | null = null;
  #sent: number | null = null;
  #firstByte: number | null = null;
  #ended: number | null = null;

  /** `begun` is when the hop began to wait for its slots; it has them now. */
  constructor(loop: EventLoop, begun: number | null) {
    this.#loop = loop;
    this.#granted = loop.time();
    this.#begun = begun ?? this.#granted;
  }

  /** A step of the making of the connection. */
  step(step: 'resolving' | 'connecting' | 'handshake'): void {
    if (step === 'resolving') this.#resolving = this.#loop.time();
    else if (step === 'connecting') this.#connecting = this.#loop.time();
    else this.#handshake = this.#loop.time();
  }

  /** There is a connection, and the request goes out on it. */
  sent(): void {
    this.#sent = this.#loop.time();
  }

  firstByte(): void {
    this.#firstByte ??= this.#loop.time();
  }

  ended(): void {
    this.#ended = this.#loop.time();
  }

  /** It is sent once more, on another connection. */
  again(): void {
    this.#resolving = this.#connecting = this.#handshake = this.#sent = this.#firstByte = null;
  }

  get timings(): RequestTimings {
    const connected = this.#handshake ?? this.#sent;
    return {
      queued: this.#granted - this.#begun,
      dns: span(this.#resolving, this.#connecting),
      connect: span(this.#connecting, connected),
      tls: span(this.#handshake, this.#sent),
      firstByte: span(this.#sent, this.#firstByte),
      body: span(this.#firstByte, this.#ended),
      total: span(this.#begun, this.#ended),
    };
  }
}

function span(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : to - from;
}
