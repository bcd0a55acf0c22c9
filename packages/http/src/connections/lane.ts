/**
 * A lane: one connection at a time to one origin, and the undici Client that speaks on it. The Client alone would do, but
 * it does not tell whose request a connection is for, whether the connection was used before, or that it was reset; and
 * it cannot end one that still connects.
 */
import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { readConnection, type ConnectionInfo } from './connection-info.ts';
import type { LookupSource } from './cached-lookup.ts';
import { ContinueGate, type ContinueWatcher } from './continue-gate.ts';
import { holdWriteErrors } from './hold-write-errors.ts';
import type { ConnectStep, Dialled, Dialler, DialTarget, HttpVersions } from './dial.ts';
import type { CountedLane } from './lane-census.ts';
import type { HttpVersion } from '../message/response-head.ts';

/** What carries a request, as its user sees it: a lane. */
export interface Carrier {
  /** What is spoken on it. */
  readonly version: HttpVersion;
  /** True when the connection has carried a request before the one that asks. */
  readonly used: boolean;
  /** True while an `ECONNRESET` is on its way through the socket's listeners. */
  readonly reset: boolean;
  /** The connection, once it is made. */
  readonly connection?: ConnectionInfo | null;
  /** Why the other side ended TLS after the handshake: with TLS 1.3 that is how a client's certificate is refused. */
  readonly alert: Error | null;
  /** The user's request is on the wire. */
  started(): void;
  /** The user is through; `reusable` when its response came whole. */
  leave(reusable: boolean): void;
}

/** Who uses a lane: undici's handler, told about its connection too. */
export interface LaneUser extends Dispatcher.DispatchHandler {
  /** True to be given a connection that was never used. */
  readonly wantsFreshLane: boolean;
  /** True to be given one that speaks HTTP/1.1. */
  readonly wantsHttp1: boolean;
  /** One who holds its body back until the server wants it; it has the connection for itself. */
  readonly continueWatcher: ContinueWatcher | null;
  /** The lane it was given. */
  onLane(lane: Carrier): void;
  /** The lane has to connect first. */
  onConnecting(): void;
  /** The connection is being made already, for somebody else; it may become the user's too. */
  onJoining(): void;
  /** How far the connecting has come. */
  onConnectStep(step: ConnectStep): void;
  /** Where the addresses of the name come from. */
  onLookup(source: LookupSource): void;
  /** True for one who wants to hear of every read. */
  readonly countsReads: boolean;
  /** The connection has received bytes, `total` since it was made, which the parser sees next. */
  onRead(total: number): void;
  /** It failed; the controller is null where nothing was sent. */
  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void;
}

/** A lane, as its pool sees it. */
export interface PooledLane extends CountedLane {
  /** Requests it carries now. */
  readonly load: number;
  /** Requests it may carry at once. */
  readonly capacity: number;
  /** The pool's mark: it stands in the list of lanes with room. */
  listed: boolean;
  /** Sends a request; the user hears of everything that happens to it. */
  carry(options: Dispatcher.DispatchOptions, user: LaneUser): void;
  /** Ends it; resolves when its socket is closed. */
  close(error: Error | null): Promise<void>;
}

/** What a lane tells its pool. */
export interface LaneOwner {
  /** It has room for one more. */
  laneFree(lane: PooledLane): void;
  /** It takes no more for now. */
  laneFull(lane: PooledLane): void;
  laneGone(lane: PooledLane): void;
  /** A request that it was given and has not begun with goes elsewhere. */
  laneLeft(options: Dispatcher.DispatchOptions, user: LaneUser): void;
}

/** How a lane speaks. */
export interface LaneOptions {
  readonly maxHeaderSize: number;
  /** False ends the connection after its response. */
  readonly keepAlive: boolean;
  readonly keepAliveTimeout: number;
  readonly keepAliveMaxTimeout: number;
  /** Which versions are offered. */
  readonly versions: HttpVersions;
  readonly maxStreams: number;
}

/**
 * How long before the end that a server has announced (`Keep-Alive: timeout=5`) a connection is ended here. undici takes two
 * seconds, so that a server that keeps connections for as long would be asked once a connection.
 */
const closesAhead = 500;

/** One connection at a time, made anew when the server has ended it. */
export class Lane implements Carrier, PooledLane {
  readonly version = '1.1';
  load = 0;
  readonly capacity = 1;
  idleSince = 0;
  listed = false;
  /** True while an `ECONNRESET` is on its way through the socket's listeners. */
  reset = false;
  /** The connection, once it is made. */
  connection: ConnectionInfo | null = null;
  alert: Error | null = null;
  readonly #owner: LaneOwner;
  readonly #client: Client;
  readonly #keepAlive: boolean;
  readonly #maxHeaderSize: number;
  /** Who caused the connection that is being made. */
  #user: LaneUser | null = null;
  #made: Socket | null;
  #dialling: Socket | null;
  #socket: Socket | null = null;
  /** A body was sent on this lane. */
  #sends = false;
  #carried = 0;
  #gone = false;

  /** `made` is a connection that is there already. */
  constructor(origin: string, dialler: Dialler, options: LaneOptions, owner: LaneOwner, made: Socket | null = null) {
    this.#owner = owner;
    this.#made = made;
    this.#dialling = made;
    this.#keepAlive = options.keepAlive;
    this.#maxHeaderSize = options.maxHeaderSize;
    this.#client = new Client(origin, {
      connect: (target, done) => this.#dial(dialler, target, done),
      allowH2: false,
      maxHeaderSize: options.maxHeaderSize,
      keepAliveTimeout: options.keepAliveTimeout,
      keepAliveMaxTimeout: options.keepAliveMaxTimeout,
      keepAliveTimeoutThreshold: closesAhead,
      // The deadlines are the request's own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#client.on('disconnect', () => {
      if (this.load === 0) this.retire();
    });
  }

  /** True when the connection has carried a request before the one that asks. */
  get used(): boolean {
    return this.#carried > 1;
  }

  /** Sends a request; the user hears of everything that happens to it. */
  carry(options: Dispatcher.DispatchOptions, user: LaneUser): void {
    this.load += 1;
    this.#user = user;
    user.onLane(this);
    this.#sends ||= options.body !== null && options.body !== undefined;
    if (this.#sends && this.#socket !== null) holdWriteErrors(this.#socket);
    // Left to itself, undici ends a connection after a HEAD. A server that sends a body all the same is caught as one that
    // sends more than it said is after a GET.
    const reset = !this.#keepAlive || user.continueWatcher !== null;
    this.#client.dispatch(reset || options.method === 'HEAD' ? { ...options, reset } : options, user);
  }

  /** The user's request is on the wire. */
  started(): void {
    this.#carried += 1;
  }

  /** The user is through; `reusable` when its response came whole. */
  leave(reusable: boolean): void {
    this.load -= 1;
    this.#user = null;
    if (reusable && !this.#isSending()) this.#owner.laneFree(this);
    else this.retire();
  }

  /** The response was there before its request was out, and most servers close then. */
  #isSending(): boolean {
    return this.#sends && this.#socket !== null && this.#socket.writableLength > 0;
  }

  /** Ends the connection, or the making of it, now. */
  retire(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#owner.laneGone(this);
    void this.close(null);
  }

  /** Ends the connection; resolves when its socket is closed. */
  async close(error: Error | null): Promise<void> {
    this.#gone = true;
    const dialling = this.#dialling;
    this.#dialling = null;
    dialling?.destroy();
    await this.#client.destroy(error);
    if (dialling !== null && !dialling.closed)
      await new Promise<void>((resolve) => dialling.once('close', () => resolve()));
  }

  #dial(dialler: Dialler, target: Omit<DialTarget, 'versions'>, done: Dialled): void {
    this.#carried = 0;
    this.reset = false;
    this.alert = null;
    this.#socket = null;
    const dialled: Dialled = (...outcome) => {
      this.#dialling = null;
      const [error, connected] = outcome;
      if (connected === null) return done(error, null);
      this.connection = readConnection(connected);
      const socket = this.#gated(connected);
      this.#watch(socket, connected);
      done(null, socket);
      this.#watchAfter(socket);
    };
    const made = this.#made;
    this.#made = null;
    // undici takes up its queue only if it is called back later.
    if (made !== null) return queueMicrotask(() => dialled(null, made));
    this.#user?.onConnecting();
    this.#dialling = dialler.dial(
      { ...target, versions: 'http1' },
      {
        onStep: (step) => this.#user?.onConnectStep(step),
        onLookup: (source) => this.#user?.onLookup(source),
        done: dialled,
      },
    );
  }

  #gated(socket: Socket): Socket {
    const watcher = this.#user?.continueWatcher ?? null;
    if (watcher === null) return socket;
    holdWriteErrors(socket);
    return new ContinueGate(socket, watcher, this.#maxHeaderSize);
  }

  /**
   * A body without a length ends with the connection, and undici hands it out as whole even where the server reset it.
   * These two listeners stand before and after undici's own, which ends the body from inside the `error` event.
   */
  #watch(socket: Socket, connected: Socket): void {
    this.#socket = socket;
    if (this.#sends) holdWriteErrors(socket);
    socket.on('readable', () => this.#countRead(connected));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.reset = error.code === 'ECONNRESET';
      // undici tells of the end that follows.
      if (error.code?.includes('_ALERT_') === true) this.alert ??= error;
    });
  }

  /** The socket asks the system for its count. */
  #countRead(socket: Socket): void {
    if (this.#user !== null && this.#user.countsReads) this.#user.onRead(socket.bytesRead);
  }

  #watchAfter(socket: Socket): void {
    socket.on('error', () => {
      this.reset = false;
    });
  }
}
