/**
 * One HTTP/2 connection and the requests that share it. undici has an HTTP/2 client too; it destroys the streams of requests
 * that are given up (http2-stream.ts says what comes of that), has no bounds on what a server sends, and keeps requests that
 * a connection has no room for in a queue out of which nobody can take them.
 */
import http2, { type ClientHttp2Session, type Settings } from 'node:http2';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { fixedBounds } from '../bounds.ts';
import { readConnection, type ConnectionInfo } from './connection-info.ts';
import { http2RequestFields, valueOf } from './http2-fields.ts';
import { http2CodeName } from './http2-failure.ts';
import { Http2Stream, type Http2Body, type Http2Plan, type StreamOwner } from './http2-stream.ts';
import { NativeSession } from './native-session.ts';
import { inSocketContext } from './socket-context.ts';
import type { Carrier, LaneOptions, LaneOwner, LaneUser, PooledLane } from './lane.ts';

/** Octets that a field counts beyond its name and value (RFC 9113 section 6.5.2). */
const fieldOverhead = 32;
/** What the peer may send beyond `maxHeaderSize`, so that a head that is a little too large is refused by name. */
const headerSlack = 65_536;
/** The overhead bounds the number of fields as well: no more than this fit in what is allowed. */
const manyFields = 65_536;

/** Requests on one connection. */
export class Http2Lane implements PooledLane, StreamOwner {
  capacity = 1;
  listed = false;
  idleSince = 0;
  readonly connection: ConnectionInfo;
  readonly native: NativeSession = new NativeSession();
  failure: Error | null = null;
  readonly #origin: URL;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  readonly #options: LaneOptions;
  readonly #owner: LaneOwner;
  readonly #seats = new Set<Seat>();
  /** Seats whose requests wait until the server has said how many it takes at once. */
  readonly #waiting = new Set<Seat>();
  #carried = 0;
  #most = 1;
  #lastProcessed: number | null = null;
  #resets = 0;
  /** It takes no more requests and ends when those that it has are through. */
  #leaving = false;
  #unasked = 0;
  #probe: NodeJS.Timeout | null = null;
  #gone = false;

  constructor(origin: string, socket: Socket, options: LaneOptions, owner: LaneOwner) {
    this.#origin = new URL(origin);
    this.#socket = socket;
    this.#options = options;
    this.#owner = owner;
    this.connection = readConnection(socket);
    this.capacity = options.keepAlive ? options.maxStreams : 1;
    // Before Node's own listeners, which end the streams.
    socket.prependListener('close', () => this.#ends(new Error('the server ended the connection')));
    socket.prependListener('error', (error) => {
      if (isAlert(error)) this.failure ??= error;
    });
    this.#session = inSocketContext(() => connect(this.#origin, socket, options));
    this.#listen(this.#session);
  }

  /** Why the server ended TLS after the handshake. */
  get alert(): Error | null {
    return this.failure !== null && isAlert(this.failure) ? this.failure : null;
  }

  get load(): number {
    return this.#seats.size;
  }

  /** Seats a request; it goes out at once where the server has said that it takes one more. */
  carry(options: Dispatcher.DispatchOptions, user: LaneUser): void {
    const seat = new Seat(this, options, user);
    this.#seats.add(seat);
    this.#waiting.add(seat);
    this.#session.ref();
    this.#session.setTimeout(0);
    user.onLane(seat);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    for (const seat of this.#waiting) {
      if (this.#gone || this.#seats.size - this.#waiting.size >= this.#most) return;
      this.#waiting.delete(seat);
      this.#carried += 1;
      seat.stream.send(this.#session, this.#planOf(seat.options));
    }
  }

  #planOf({ method, path, headers, body }: Dispatcher.DispatchOptions): Http2Plan {
    const flat = isFlat(headers) ? headers : [];
    const fields = http2RequestFields({ method, path, origin: this.#origin }, flat);
    const content = bodyOf(body);
    const said = valueOf(flat, 'content-length');
    if (said === undefined) {
      if (content instanceof Uint8Array) fields['content-length'] = String(content.byteLength);
      else if (content === null && takesBody.has(method)) fields['content-length'] = '0';
    }
    const { maxHeaderSize } = this.#options;
    return { fields, body: content, length: said === undefined ? null : Number(said), maxHeaderSize };
  }

  // ---- what seats tell --------------------------------------------------------------------------------------------

  get used(): boolean {
    return this.#carried > 1;
  }

  /** A request is through. */
  leave(seat: Seat, well: boolean): void {
    if (!this.#seats.delete(seat)) return;
    const wasSent = !this.#waiting.delete(seat);
    if (this.#gone) return;
    if (wasSent && !well) this.#countReset(seat);
    if (this.#seats.size === 0) this.#idle();
    if (this.#gone) return;
    this.#sendWaiting();
    this.#offer();
  }

  /** Says whether it takes one more. */
  #offer(): void {
    if (this.#gone) return;
    if (this.#leaving || this.#probe !== null || this.load >= this.capacity) this.#owner.laneFull(this);
    else this.#owner.laneFree(this);
  }

  /** Servers take somebody who gives up very many requests for an attacker, and end the connection with all that is on it. */
  #countReset(seat: Seat): void {
    this.#resets += 1;
    if (this.#resets >= fixedBounds.resets) this.#leaving = true;
    if (seat.isAnswerOverdue) this.#askWhetherAlive();
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  #idle(): void {
    if (!this.#options.keepAlive || this.#leaving || this.#session.destroyed) return this.retire();
    this.#session.unref();
    this.#session.setTimeout(this.#options.keepAliveTimeout);
  }

  // ---- what streams ask -------------------------------------------------------------------------------------------

  heard(): void {
    this.#unasked = 0;
  }

  isUnprocessed(id: number): boolean {
    return this.#lastProcessed !== null && id > this.#lastProcessed;
  }

  // ---- what Node tells --------------------------------------------------------------------------------------------

  #listen(session: ClientHttp2Session): void {
    session.on('error', (error) => (this.failure ??= error));
    session.on('connect', () => session.setLocalWindowSize(fixedBounds.connectionWindow));
    session.on('remoteSettings', (settings) => this.#onSettings(settings));
    session.on('ping', () => this.#countUnasked());
    session.on('goaway', (code, lastStream) => this.#onGoAway(code, lastStream));
    session.on('close', () => this.#onClose());
    session.on('timeout', () => {
      if (this.load === 0) this.retire();
    });
    // A stream that nobody asked for.
    session.on('stream', (stream) => {
      stream.on('error', () => undefined);
      stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      stream.resume();
    });
  }

  #onSettings({ maxConcurrentStreams }: Settings): void {
    this.native.remember();
    this.#countUnasked();
    if (this.#gone) return;
    const most = Math.min(maxConcurrentStreams ?? Infinity, this.#options.maxStreams);
    this.#most = most;
    // A server that takes none for now may take some later: until then they wait here, and not for one connection after another.
    this.capacity = this.#options.keepAlive ? most || this.#options.maxStreams : 1;
    this.#sendWaiting();
    if (most > 0) this.#giveBackWaiting();
    this.#offer();
  }

  /** Frames that answer nothing: a server may send some, and not live on them. */
  #countUnasked(): void {
    this.#unasked += 1;
    if (this.#unasked <= fixedBounds.controlFrames) return;
    this.#endWith(
      new Error(`the server sent more than ${fixedBounds.controlFrames} SETTINGS and PING frames without a response`),
    );
  }

  #onGoAway(code: number, lastStream: number): void {
    this.#lastProcessed = lastStream;
    this.#leaving = true;
    if (code !== http2.constants.NGHTTP2_NO_ERROR)
      this.#ends(new Error(`the server ended the connection: ${http2CodeName(code)}`));
    this.#offer();
    this.#giveBackWaiting();
    if (this.#seats.size === 0) this.retire();
  }

  #ends(why: Error): void {
    this.failure ??= why;
    for (const { stream } of this.#seats) stream.handOnWhatCame();
  }

  #giveBackWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const seat of waiting) this.#seats.delete(seat);
    for (const { options, user } of waiting) this.#owner.laneLeft(options, user);
  }

  #onClose(): void {
    this.failure ??= new Error('the connection ended');
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.retire();
    for (const { user, stream } of waiting) user.onResponseError(stream, this.failure);
  }

  // ---- a connection that may be dead ------------------------------------------------------------------------------

  /** A request was given up and the server had been silent: nobody is sent here until it has answered a ping. */
  #askWhetherAlive(): void {
    if (this.#probe !== null) return;
    this.#probe = setTimeout(
      () => this.#endWith(new Error(`the server did not answer a ping within ${fixedBounds.pingAnswer} ms`)),
      fixedBounds.pingAnswer,
    ).unref();
    const answered = (): void => {
      this.#stopProbe();
      this.#offer();
    };
    if (!this.#session.ping(answered)) this.#stopProbe();
  }

  #stopProbe(): void {
    clearTimeout(this.#probe ?? undefined);
    this.#probe = null;
  }

  // ---- the end ----------------------------------------------------------------------------------------------------

  #endWith(error: Error): void {
    this.failure ??= error;
    setImmediate(() => this.#socket.destroy());
  }

  /** Ends the connection now. */
  retire(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#owner.laneGone(this);
    void this.close(null);
  }

  /** Ends the connection; resolves when its socket is closed. */
  async close(error: Error | null): Promise<void> {
    this.#gone = true;
    this.#stopProbe();
    if (error !== null) this.failure ??= error;
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    // Whoever is here may stand inside Node's reading of the connection, tasks included, and what is freed there is used again.
    setImmediate(() => {
      if (!this.#session.destroyed) this.#session.destroy();
      this.#socket.destroy();
    });
    if (!this.#socket.closed) await closed;
  }
}

/** One request's place on a connection. */
class Seat implements Carrier {
  readonly version = '2.0';
  readonly reset = false;
  readonly options: Dispatcher.DispatchOptions;
  readonly user: LaneUser;
  readonly stream: Http2Stream;
  readonly #lane: Http2Lane;
  /** What the connection had received when the request went out, and when that was. */
  #received = -1;
  #since = 0;

  constructor(lane: Http2Lane, options: Dispatcher.DispatchOptions, user: LaneUser) {
    this.#lane = lane;
    this.options = options;
    this.user = user;
    this.stream = new Http2Stream(user, lane);
  }

  get used(): boolean {
    return this.#lane.used;
  }

  get connection(): ConnectionInfo {
    return this.#lane.connection;
  }

  get alert(): Error | null {
    return this.#lane.alert;
  }

  started(): void {
    this.#received = this.#lane.bytesRead;
    this.#since = performance.now();
  }

  /** True when the connection has been silent for a while since the request went out. */
  get isAnswerOverdue(): boolean {
    return this.#received === this.#lane.bytesRead && performance.now() - this.#since >= fixedBounds.silence;
  }

  leave(reusable: boolean): void {
    this.#lane.leave(this, reusable);
  }
}

function isAlert(error: Error): boolean {
  return 'code' in error && String(error.code).includes('_ALERT_');
}

const takesBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

function connect(origin: URL, socket: Socket, { maxHeaderSize, maxStreams }: LaneOptions): ClientHttp2Session {
  return http2.connect(origin, {
    createConnection: () => socket,
    // Until the server has said how many it takes.
    peerMaxConcurrentStreams: maxStreams,
    maxHeaderListPairs: manyFields,
    maxSettings: 32,
    maxReservedRemoteStreams: 0,
    settings: {
      enablePush: false,
      initialWindowSize: fixedBounds.streamWindow,
      maxHeaderListSize: maxHeaderSize + headerSlack + fieldOverhead,
    },
  });
}

function isFlat(headers: Dispatcher.DispatchOptions['headers']): headers is string[] {
  return Array.isArray(headers);
}

function bodyOf(body: Dispatcher.DispatchOptions['body']): Http2Body {
  if (body === null || body === undefined) return null;
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (Symbol.asyncIterator in body) return body;
  throw new TypeError('a body over HTTP/2 is bytes or a stream');
}
