/**
 * A WebSocket in the terms of tasks: undici speaks the protocol, here are the bounded queue of what came, the waits, and
 * what a cancel does.
 */
import type { Duplex } from 'node:stream';
import { ping as sendPing, type WebSocket } from 'undici';
import {
  coroutine,
  CotaskError,
  getEventLoop,
  timeout as within,
  type Coroutine,
  type EventLoop,
  type GeneratorBody,
} from 'cotask';
import { WaitQueue } from 'cotask/lowlevel';
import {
  InvalidOptionError,
  SocketTimeoutError,
  UnreadableBodyError,
  WebSocketClosedError,
  type RequestLine,
} from '../errors/index.ts';
import type { ClientResponse } from '../response/client-response.ts';
import { waitForPong } from './web-socket-pongs.ts';

/** What comes and goes: a text or bytes. */
export type WebSocketMessage = string | Uint8Array<ArrayBuffer>;

/** What a socket is made of. @internal */
export interface WebSocketParts {
  readonly webSocket: WebSocket;
  readonly socket: Duplex;
  readonly response: ClientResponse;
  readonly maxQueue: number;
  readonly maxQueuedSize: number;
  readonly heartbeat: number | null;
  /** Milliseconds; null waits for ever. */
  readonly receiveTimeout: number | null;
  readonly closeTimeout: number;
}

/** Ends that are no failure: done, going away, and no code at all. */
const peaceful = new Set([1000, 1001, 1005]);

const receive = coroutine((socket: ClientWebSocket) => socket.next());
const receiveAs = coroutine(function* <T>(socket: ClientWebSocket, read: (message: WebSocketMessage) => T) {
  return yield* socket.nextAs(read);
});
const send = coroutine(function* (socket: ClientWebSocket, message: WebSocketMessage | ArrayBuffer) {
  yield* socket.push(message);
});
const close = coroutine(function* (socket: ClientWebSocket, code: number, reason: string) {
  yield* socket.shake(code, reason);
});
const ping = coroutine((socket: ClientWebSocket) => socket.measure());

/**
 * An open WebSocket (aiohttp's `ClientWebSocketResponse`): `for await (const message of socket)`, or `receive()` until it
 * gives null. A cancel of a task that waits for a message leaves the socket open; `await using` closes it.
 */
export class ClientWebSocket implements AsyncIterable<WebSocketMessage>, AsyncDisposable {
  /** The URL that agreed, with http or https as its scheme, without user name and password. */
  readonly url: string;
  readonly #line: RequestLine;
  readonly #parts: WebSocketParts;
  readonly #loop: EventLoop;
  readonly #inbox: WebSocketMessage[] = [];
  #inboxSize = 0;
  readonly #readers = new WaitQueue<void>();
  readonly #writers = new WaitQueue<void>();
  readonly #closers = new WaitQueue<void>();
  #held = false;
  #closing = false;
  #ended: { readonly code: number; readonly reason: string } | null = null;
  #failure: Error | null = null;
  #stopBeating: (() => void) | null = null;

  /** @internal */
  constructor(parts: WebSocketParts) {
    const { method, url } = parts.response.requestInfo;
    this.url = url;
    this.#line = { method, url };
    this.#parts = parts;
    this.#loop = getEventLoop();
    this.#listen();
    if (parts.heartbeat !== null) this.#beat(parts.heartbeat, null);
  }

  /** What the server answered to the handshake: status, header fields, cookies, redirects, connection. */
  get response(): ClientResponse {
    return this.#parts.response;
  }

  /** What ended it from outside, or null: the session, a signal, a ping that nobody answered. */
  get exception(): Error | null {
    return this.#failure;
  }

  /** The subprotocol that the server chose; `''` for none. */
  get protocol(): string {
    return this.#parts.webSocket.protocol;
  }

  /** True once it has ended, by whichever side. */
  get closed(): boolean {
    return this.#ended !== null;
  }

  /** The code it was closed with (RFC 6455 section 7.4); 1006 where the connection broke; null while it is open. */
  get closeCode(): number | null {
    return this.#ended?.code ?? null;
  }

  get closeReason(): string {
    return this.#ended?.reason ?? '';
  }

  /** Messages that came and were not received yet. */
  get queued(): number {
    return this.#inbox.length;
  }

  /**
   * The next message; null when the socket was closed in peace (1000, 1001, no code).
   * @throws {WebSocketClosedError} when it was closed with another code, or the connection broke;
   * {@link SocketTimeoutError} after `receiveTimeout`, which leaves the socket open.
   */
  receive(): Coroutine<WebSocketMessage | null> {
    return receive(this);
  }

  /** The next message, which must be a text. @throws {WebSocketClosedError} when none comes any more. */
  receiveText(): Coroutine<string> {
    return receiveAs(this, (message) => this.#asText(message));
  }

  /** The next message, which must be bytes. @throws {WebSocketClosedError} when none comes any more. */
  receiveBytes(): Coroutine<Uint8Array<ArrayBuffer>> {
    return receiveAs(this, (message) => {
      if (typeof message !== 'string') return message;
      throw this.#unreadable('the message is a text, not bytes', null);
    });
  }

  /** The next message, a text, parsed as JSON. @throws {WebSocketClosedError} when none comes any more. */
  receiveJson<T = unknown>(): Coroutine<T> {
    return receiveAs<T>(this, (message) => {
      const text = this.#asText(message);
      try {
        return JSON.parse(text);
      } catch (error) {
        throw this.#unreadable('the message is not JSON', error);
      }
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WebSocketMessage, void, void> {
    for (let message = await this.receive(); message !== null; message = await this.receive()) yield message;
  }

  /**
   * Sends a message; resolves when the connection takes more. A cancel does not take back what was sent.
   * @throws {WebSocketClosedError} when the socket has ended, or ends before that.
   */
  send(message: WebSocketMessage | Uint8Array | ArrayBuffer): Coroutine<void> {
    return send(this, message instanceof Uint8Array ? new Uint8Array(message) : message);
  }

  /** `send()` of a value as JSON. */
  sendJson(value: unknown): Coroutine<void> {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw new InvalidOptionError(`a ${typeof value} cannot be written as JSON`);
    return send(this, text);
  }

  /** Sends a ping and waits for its pong: milliseconds between them. */
  ping(): Coroutine<number> {
    return ping(this);
  }

  /**
   * Says goodbye and waits until the server has answered and the connection is closed, for `closeTimeout` at most. What
   * comes meanwhile is dropped. A second call does no harm.
   */
  close(code = 1000, reason = ''): Coroutine<void> {
    const isCode = code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999);
    if (!isCode) throw new InvalidOptionError(`a close code must be 1000 or from 3000 to 4999, got ${code}`);
    if (Buffer.byteLength(reason) > 123) throw new InvalidOptionError('the reason of a close has 123 bytes at most');
    return close(this, code, reason);
  }

  /** Ends the connection now. */
  terminate(): void {
    this.#parts.socket.destroy();
  }

  /** `close()`. */
  [Symbol.asyncDispose](): Coroutine<void> {
    return this.close();
  }

  // ---- what the coroutines do --------------------------------------------------------------------------------------

  /** @internal */
  *next(): GeneratorBody<WebSocketMessage | null> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) return this.#taken(message);
      if (this.#failure !== null) throw this.#failure;
      if (this.#ended !== null) return this.#endOrThrow(this.#ended.code);
      yield* this.#readable();
    }
  }

  *#readable(): GeneratorBody<void> {
    const label = `a message of ${this.url}`;
    const { receiveTimeout: limit } = this.#parts;
    if (limit === null) return yield* this.#readers.wait(label);
    try {
      yield* within(limit, () => this.#readers.wait(label));
    } catch (error) {
      if (!(error instanceof CotaskError) || error.code !== 'COTASK_TIMEOUT') throw error;
      throw new SocketTimeoutError(this.#line, { deadline: 'sockRead', limit, stage: 'body', bytes: 0 });
    }
  }

  /** @internal */
  *nextAs<T>(read: (message: WebSocketMessage) => T): GeneratorBody<T> {
    const message = yield* this.next();
    if (message === null) throw this.#closedError();
    return read(message);
  }

  /** @internal */
  *push(message: WebSocketMessage | ArrayBuffer): GeneratorBody<void> {
    this.#checkOpen();
    this.#parts.webSocket.send(message);
    while (this.#parts.socket.writableNeedDrain && this.#ended === null)
      yield* this.#writers.wait(`room for a message to ${this.url}`);
    if (this.#ended !== null) this.#checkOpen();
  }

  /** @internal */
  *measure(): GeneratorBody<number> {
    this.#checkOpen();
    const begun = this.#loop.time();
    yield* waitForPong(this.#parts.webSocket, this.url);
    if (this.#ended !== null) this.#checkOpen();
    return this.#loop.time() - begun;
  }

  /** @internal */
  *shake(code: number, reason: string): GeneratorBody<void> {
    if (this.#ended !== null) return;
    this.#closing = true;
    this.#clear();
    this.#parts.webSocket.close(code, reason);
    const timer = this.#loop.callLater(this.#parts.closeTimeout, () => this.terminate());
    try {
      while (!this.closed) yield* this.#closers.wait(`the end of the WebSocket to ${this.url}`);
    } catch (error) {
      this.terminate();
      throw error;
    } finally {
      timer.cancel();
    }
  }

  /** @internal Ends it from outside: the session, a signal. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.terminate();
  }

  // ---- what undici tells ------------------------------------------------------------------------------------------

  #listen(): void {
    const { webSocket, socket } = this.#parts;
    webSocket.addEventListener('message', ({ data }) => this.#came(data));
    webSocket.addEventListener('close', ({ code, reason }) => this.#end(code, reason));
    socket.on('drain', () => this.#writers.wakeAll(undefined));
    // undici lets the socket flow when its parser has caught up, whoever holds it back.
    socket.on('resume', () => {
      if (this.#held) socket.pause();
    });
    if (webSocket.readyState === webSocket.CLOSED) this.#end(1006, '');
  }

  #came(data: unknown): void {
    if (this.#closing) return;
    const message = data instanceof ArrayBuffer ? new Uint8Array(data) : String(data);
    this.#inbox.push(message);
    this.#inboxSize += message.length;
    this.#readers.wakeOne(undefined);
    if (!this.#held && this.#isFull()) {
      this.#held = true;
      this.#parts.socket.pause();
    }
  }

  #isFull(): boolean {
    return this.#inbox.length >= this.#parts.maxQueue || this.#inboxSize >= this.#parts.maxQueuedSize;
  }

  #taken(message: WebSocketMessage): WebSocketMessage {
    this.#inboxSize -= message.length;
    if (this.#held && !this.#isFull()) this.#letFlow();
    return message;
  }

  #clear(): void {
    this.#inbox.length = 0;
    this.#inboxSize = 0;
    if (this.#held) this.#letFlow();
  }

  #letFlow(): void {
    this.#held = false;
    this.#parts.socket.resume();
  }

  #end(code: number, reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = { code, reason };
    this.#stopBeating?.();
    for (const waiters of [this.#readers, this.#writers, this.#closers]) waiters.wakeAll(undefined);
  }

  /** A ping in every span; when not a byte came since the last one, nobody is there. */
  #beat(every: number, readBefore: number | null): void {
    const timer = this.#loop.callLater(every, () => {
      const { webSocket, socket } = this.#parts;
      const read = 'bytesRead' in socket && typeof socket.bytesRead === 'number' ? socket.bytesRead : NaN;
      if (read === readBefore && !this.#held) {
        return this.fail(new WebSocketClosedError(this.#line, 1006, `no answer to a ping within ${every} ms`));
      }
      sendPing(webSocket);
      this.#beat(every, this.#held ? null : read);
    });
    this.#stopBeating = () => timer.cancel();
  }

  // ---- words -------------------------------------------------------------------------------------------------------

  #checkOpen(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#ended !== null || this.#closing) throw this.#closedError();
  }

  #endOrThrow(code: number): null {
    if (peaceful.has(code) || this.#closing) return null;
    throw this.#closedError();
  }

  #closedError(): WebSocketClosedError {
    return new WebSocketClosedError(this.#line, this.#ended?.code ?? 1005, this.#ended?.reason ?? '');
  }

  #asText(message: WebSocketMessage): string {
    if (typeof message === 'string') return message;
    throw this.#unreadable('the message is bytes, not a text', null);
  }

  #unreadable(words: string, cause: unknown): UnreadableBodyError {
    return new UnreadableBodyError(this.#line, 0, words, cause === null ? {} : { cause });
  }
}
