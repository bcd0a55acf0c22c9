/**
 * A body that waits for the server's word (RFC 9110 section 10.1.1). undici sends no `Expect` and takes a `100 Continue` for an
 * error, so this stands between undici and the connection: it adds the line to the head, holds the body back, and keeps the
 * interim answer to itself.
 */
import { Socket } from 'node:net';
import { holdWriteErrors } from './hold-write-errors.ts';

/** Who hears how it goes. */
export interface ContinueWatcher {
  /** The head is out. After `open()` the body follows, whatever the server says or does not say. */
  onHeadSent(open: () => void): void;
  /** The server has answered: the body follows, or is not wanted any more. */
  onWord(): void;
}

type Done = (error?: Error | null) => void;

const lineEnd = Buffer.from('\r\n');
const headEnd = Buffer.from('\r\n\r\n');
const expectation = Buffer.from('expect: 100-continue\r\n');
/** `HTTP/1.1 100`. */
const statusEnd = 12;

/** A connection for one request, as undici sees it. */
export class ContinueGate extends Socket {
  readonly #socket: Socket;
  readonly #watcher: ContinueWatcher;
  readonly #mostHead: number;
  #sending: 'head' | 'waiting' | 'open' | 'refused' = 'head';
  #head: Buffer = Buffer.alloc(0);
  /** The body so far, and whoever wants to write more of it. */
  #held: { readonly chunk: Uint8Array; readonly done: Done } | null = null;
  #interim: Buffer | null = Buffer.alloc(0);

  /** `mostHead` bytes of an interim answer are waited for. */
  constructor(socket: Socket, watcher: ContinueWatcher, mostHead: number) {
    super();
    this.#socket = socket;
    this.#watcher = watcher;
    this.#mostHead = mostHead;
    holdWriteErrors(socket);
    socket.on('data', (chunk: Buffer) => this.#came(chunk));
    socket.on('end', () => void this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  // ---- what undici writes -----------------------------------------------------------------------------------------

  override _write(chunk: Uint8Array | string, encoding: BufferEncoding, done: Done): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    if (this.#sending === 'open') this.#socket.write(bytes, done);
    else if (this.#sending === 'refused') done();
    else if (this.#sending === 'waiting') this.#held = { chunk: bytes, done };
    else this.#writeHead(bytes, done);
  }

  override _writev(chunks: { chunk: Uint8Array | string; encoding: BufferEncoding }[], done: Done): void {
    const all = chunks.map(({ chunk, encoding }) => (typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk));
    this._write(Buffer.concat(all), 'utf8', done);
  }

  #writeHead(bytes: Uint8Array, done: Done): void {
    this.#head = Buffer.concat([this.#head, bytes]);
    const found = this.#head.indexOf(headEnd);
    if (found < 0) return done();
    const body = this.#head.subarray(found + headEnd.length);
    this.#socket.write(Buffer.concat([this.#head.subarray(0, found + lineEnd.length), expectation, lineEnd]));
    this.#sending = 'waiting';
    this.#held = { chunk: body, done };
    this.#watcher.onHeadSent(() => this.#open());
  }

  #open(): void {
    if (this.#sending !== 'waiting') return;
    this.#sending = 'open';
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#socket.write(held.chunk, held.done);
  }

  /** The body is not sent; undici may go on writing it. */
  #refuse(): void {
    if (this.#sending !== 'waiting') return;
    this.#sending = 'refused';
    const held = this.#held;
    this.#held = null;
    held?.done();
  }

  override _final(done: Done): void {
    this.#socket.end();
    done();
  }

  // ---- what the server says ---------------------------------------------------------------------------------------

  #came(chunk: Buffer): void {
    const bytes = this.#interim === null ? chunk : this.#withoutContinue(Buffer.concat([this.#interim, chunk]));
    if (bytes !== null && bytes.length > 0 && !this.push(bytes)) this.#socket.pause();
  }

  /** What undici is to see of `bytes`, with which an answer begins; null where that is not known yet. */
  #withoutContinue(bytes: Buffer): Buffer | null {
    this.#interim = bytes;
    if (bytes.length < statusEnd) return null;
    const status = bytes.toString('latin1', statusEnd - 3, statusEnd);
    const found = bytes.indexOf(headEnd);
    const isInterim = status.startsWith('1') && bytes.toString('latin1', 0, 5) === 'HTTP/';
    if (isInterim && found < 0 && bytes.length <= this.#mostHead) return null;
    if (!isInterim || found < 0) {
      this.#interim = null;
      this.#watcher.onWord();
      this.#refuse();
      return bytes;
    }
    const after = found + headEnd.length;
    const rest = this.#continue(status, bytes.subarray(after));
    if (status === '100') return rest;
    return Buffer.concat([bytes.subarray(0, after), ...(rest === null ? [] : [rest])]);
  }

  #continue(status: string, rest: Buffer): Buffer | null {
    this.#interim = Buffer.alloc(0);
    if (status === '100') {
      this.#watcher.onWord();
      this.#open();
    }
    return rest.length === 0 ? null : this.#withoutContinue(rest);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const end = (): void => super._destroy(error, (left) => done(left ?? null));
    this.#held = null;
    if (this.#socket.closed) return end();
    this.#socket.once('close', end);
    this.#socket.destroy();
  }
}
