/**
 * The server's side of one HTTP/2 connection, frame by frame. It keeps no rule: it reads what the client sends, and writes
 * what it is told to.
 */
import type { Socket } from 'node:net';
import { flags, frame, frameTypes } from './frames.ts';

const prefaceBytes = 24;
const mostKept = 10_000;

/** A frame that the client has sent. */
export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Who plays on the connection. */
export interface WirePlayer {
  /** The connection is there; nothing was sent. */
  onOpen(wire: Http2Wire): void;
  /** A request has begun; `count` of them on this connection, this one included. */
  onRequest(wire: Http2Wire, stream: number, count: number): void;
  /** Any other frame. */
  onFrame?(wire: Http2Wire, received: ReceivedFrame): void;
}

/** One connection. */
export class Http2Wire {
  /** Connections of its server so far, this one included. */
  readonly number: number;
  readonly received: ReceivedFrame[] = [];
  readonly #socket: Socket;
  readonly #player: WirePlayer;
  #buffered: Buffer = Buffer.alloc(0);
  #prefaced = false;
  #requests = 0;
  #bytes = 0;

  constructor(socket: Socket, number: number, player: WirePlayer) {
    this.#socket = socket;
    this.number = number;
    this.#player = player;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    player.onOpen(this);
  }

  /** Bytes that were sent. */
  get bytes(): number {
    return this.#bytes;
  }

  get open(): boolean {
    return this.#socket.writable;
  }

  send(...frames: readonly Uint8Array[]): void {
    for (const one of frames) {
      this.#bytes += one.length;
      if (this.#socket.writable) this.#socket.write(one);
    }
  }

  /** Sends the same again and again, as fast as it goes out, until the connection ends. */
  flood(frames: Uint8Array): void {
    const goOn = (): void => {
      while (this.#socket.writable) {
        this.#bytes += frames.length;
        if (!this.#socket.write(frames)) return void this.#socket.once('drain', () => setImmediate(goOn));
      }
    };
    goOn();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.resetAndDestroy();
  }

  #read(chunk: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    if (!this.#prefaced) {
      if (this.#buffered.length < prefaceBytes) return;
      this.#prefaced = true;
      this.#buffered = this.#buffered.subarray(prefaceBytes);
    }
    for (let next = this.#take(); next !== null; next = this.#take()) this.#handle(next);
  }

  #take(): ReceivedFrame | null {
    const bytes = this.#buffered;
    if (bytes.length < 9) return null;
    const end = 9 + bytes.readUIntBE(0, 3);
    if (bytes.length < end) return null;
    this.#buffered = bytes.subarray(end);
    const [type = 0, bits = 0] = [bytes[3], bytes[4]];
    return { type, flags: bits, stream: bytes.readUInt32BE(5) & 0x7fffffff, payload: bytes.subarray(9, end) };
  }

  #handle(received: ReceivedFrame): void {
    if (this.received.length < mostKept) this.received.push(received);
    const isAck = (received.flags & flags.ack) !== 0;
    if (received.type === frameTypes.settings && !isAck && this.#bytes > 0)
      this.send(frame(frameTypes.settings, flags.ack, 0));
    if (received.type === frameTypes.ping && !isAck) this.send(frame(frameTypes.ping, flags.ack, 0, received.payload));
    if (received.type === frameTypes.headers) {
      this.#requests += 1;
      this.#player.onRequest(this, received.stream, this.#requests);
    } else this.#player.onFrame?.(this, received);
  }
}
