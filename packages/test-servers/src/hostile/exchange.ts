import type { Socket } from 'node:net';
import type { RequestReader } from './request-reader.ts';

/** What an origin serves that has nothing against its client. */
export const goodBody: string = 'All is well.\n';

/** One request as the hostile origin read it. */
export interface HostileRequest {
  readonly method: string;
  /** As sent, with its query. */
  readonly target: string;
  /** The case it asked for. */
  readonly name: string;
  /** Names in lower case; of a repeated field, the first value. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values as sent, in order. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** Which connection of the origin it came on: 1 for the first. */
  readonly connection: number;
  /** Which request of its connection it is: 1 for the first. */
  readonly onConnection: number;
  /** Which request for this very target it is: 1 for the first. */
  readonly attempt: number;
}

/** A well-formed answer. */
export interface Answer {
  /** Default: 200. */
  readonly status?: number;
  /** Fields beside Content-Length, each a whole line. */
  readonly fields?: readonly string[];
  /** Default: {@link goodBody}. */
  readonly body?: string | Buffer;
}

/**
 * One request on a bare socket, and everything a play may do to it. Text goes out as Latin-1: one character, one byte.
 */
export class Exchange {
  readonly request: HostileRequest;
  /** The origin asked, and the other one, without a slash at the end. */
  readonly origin: string;
  readonly otherOrigin: string;
  readonly #socket: Socket;
  readonly #reader: RequestReader;

  constructor(
    socket: Socket,
    reader: RequestReader,
    request: HostileRequest,
    origins: readonly [own: string, other: string],
  ) {
    this.#socket = socket;
    this.#reader = reader;
    this.request = request;
    [this.origin, this.otherOrigin] = origins;
  }

  /** Whether the connection can still be written to. */
  get open(): boolean {
    return this.#socket.writable;
  }

  /** Whether the client has sent nothing after this request. */
  get idle(): boolean {
    return !this.#reader.holdsMore;
  }

  /** Sends these pieces as they are, in one write; to a connection that is gone, nothing. */
  send(...pieces: readonly (string | Buffer)[]): void {
    if (this.open) this.#socket.write(Buffer.concat(pieces.map(bytesOf)));
  }

  /** Sends a head: the status line, the fields, the blank line. */
  sendHead(statusLine: string, ...fields: readonly string[]): void {
    this.send(`${[statusLine, ...fields].join('\r\n')}\r\n\r\n`);
  }

  /** Answers in good form, and keeps the connection. */
  answer({ status = 200, fields = [], body = goodBody }: Answer = {}): void {
    this.sendHead(`HTTP/1.1 ${status} -`, ...fields, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`);
    if (this.request.method !== 'HEAD') this.send(body);
  }

  /** Ends the connection in good order (FIN), after what was sent. */
  finish(): void {
    this.#socket.end();
  }

  /** Ends the connection with a TCP reset, once what was sent is with the kernel. */
  async reset(): Promise<void> {
    if (!this.open) return;
    await new Promise<void>((resolve) => this.#socket.write('', () => resolve()));
    this.#socket.resetAndDestroy();
  }

  /** Waits. False if the connection went away meanwhile, which ends the wait. */
  async pause(ms: number): Promise<boolean> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#socket.off('close', done);
        resolve();
      };
      const timer = setTimeout(done, this.open ? ms : 0);
      this.#socket.once('close', done);
    });
    return this.open;
  }

  /** Sends `piece` every `ms` milliseconds for as long as the client stays. */
  async sendEvery(ms: number, piece: string): Promise<void> {
    do this.send(piece);
    while (await this.pause(ms));
  }

  /** Sends `piece` again and again for as long as the client stays, as fast as it reads. */
  async sendForever(piece: string | Buffer): Promise<void> {
    const bytes = bytesOf(piece);
    while (this.open) await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }
}

function bytesOf(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
}
