/**
 * The way of undici's WebSocket to a connection of the session: it dispatches its handshake here, and this hands it to a
 * lane, with the session's header fields, and keeps the socket that comes out, which undici does not give away.
 */
import type { Duplex } from 'node:stream';
import { Dispatcher } from 'undici';
import type { Connector } from '../connections/connector.ts';
import { WebSocketHandshakeError, type RequestLine } from '../errors.ts';
import type { Carrier, LaneUser } from '../connections/lane.ts';
import type { Route } from '../connections/routes.ts';
import { translateError } from '../exchange/translate-error.ts';

/** A handshake to be made. */
export interface UpgradePlan {
  readonly line: RequestLine;
  readonly origin: string;
  readonly path: string;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  readonly route: Route | null;
  readonly compress: boolean;
  readonly maxMessageSize: number;
}

/** One handshake. */
export class WebSocketUpgrade extends Dispatcher {
  /** undici reads its bounds here. */
  readonly webSocketOptions: { readonly maxPayloadSize: number };
  readonly #connector: Connector;
  readonly #plan: UpgradePlan;
  #user: UpgradeUser | null = null;
  #failure: Error | null = null;
  #abandoned = false;

  constructor(connector: Connector, plan: UpgradePlan) {
    super();
    this.#connector = connector;
    this.#plan = plan;
    this.webSocketOptions = { maxPayloadSize: plan.maxMessageSize };
  }

  /** The connection, once it was upgraded. */
  get socket(): Duplex | null {
    return this.#user?.socket ?? null;
  }

  /** Why there is none. */
  get failure(): Error {
    const unsaid =
      this.#user === null
        ? 'nothing was sent: no WebSocket may go to that port (the port list of the Fetch standard)'
        : 'the answer is no valid WebSocket handshake';
    const facts = { status: 0, reason: '', rawHeaders: [], history: [] };
    return this.#failure ?? this.#user?.failure ?? new WebSocketHandshakeError(this.#plan.line, facts, unsaid);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.#abandoned) throw new Error('the handshake was given up');
    const { origin, path, headers, line, route } = this.#plan;
    this.#user = new UpgradeUser(handler, line, origin);
    const fields = [...headers, ...this.#handshakeFields(options.headers)];
    try {
      this.#connector.dispatch(
        { origin, path, method: 'GET', headers: fields, upgrade: 'websocket' },
        this.#user,
        route,
      );
    } catch (error) {
      this.#failure =
        error instanceof Error
          ? translateError(error, { line, origin, started: false, answered: false, bytes: 0 })
          : null;
      throw error;
    }
    return true;
  }

  /** The fields of the handshake are undici's, every other is the session's. */
  #handshakeFields(given: Dispatcher.DispatchOptions['headers']): string[] {
    const fields: string[] = [];
    if (given === null || typeof given !== 'object' || Array.isArray(given)) return fields;
    for (const [name, value] of Object.entries(given)) {
      const lower = name.toLowerCase();
      if (!lower.startsWith('sec-websocket-') || typeof value !== 'string') continue;
      if (lower !== 'sec-websocket-extensions' || this.#plan.compress) fields.push(lower, value);
    }
    return fields;
  }

  /** Ends the handshake, wherever it is. */
  abandon(): void {
    this.#abandoned = true;
    this.#user?.abandon();
  }
}

/** undici's handler, with the lane it runs on. */
class UpgradeUser implements LaneUser {
  readonly wantsFreshLane = true;
  readonly countsReads = false;
  socket: Duplex | null = null;
  failure: Error | null = null;
  readonly #inner: Dispatcher.DispatchHandler;
  readonly #line: RequestLine;
  readonly #origin: string;
  #lane: Carrier | null = null;
  #started = false;

  constructor(inner: Dispatcher.DispatchHandler, line: RequestLine, origin: string) {
    this.#inner = inner;
    this.#line = line;
    this.#origin = origin;
  }

  abandon(): void {
    this.socket?.destroy();
    this.#leave();
  }

  onLane(lane: Carrier): void {
    this.#lane = lane;
  }

  onConnecting(): void {}

  onConnectStep(): void {}

  onLookup(): void {}

  onRead(): void {}

  onRequestStart(controller: Dispatcher.DispatchController, context: object): void {
    this.#started = true;
    this.#lane?.started();
    this.#inner.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    socket: Duplex,
  ): void {
    this.socket = socket;
    // While anybody listens for `readable`, as the lane does, nothing flows to those who listen for `data`.
    socket.removeAllListeners('readable');
    // The lane counts as in use as long as the socket is open.
    socket.once('close', () => this.#leave());
    return this.#inner.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    reason?: string,
  ): void {
    if (status >= 200) {
      const rawHeaders = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
      const facts = { status, reason: reason ?? '', rawHeaders, history: [] };
      this.failure ??= new WebSocketHandshakeError(this.#line, facts, `answered ${status}, and no WebSocket`);
    }
    this.#inner.onResponseStart?.(controller, status, headers, reason);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#inner.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: Record<string, string | string[]>): void {
    this.#inner.onResponseEnd?.(controller, trailers);
    this.#leave();
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    const [line, origin, started] = [this.#line, this.#origin, this.#started];
    this.failure ??= translateError(error, { line, origin, started, answered: false, bytes: 0 });
    this.#inner.onResponseError?.(controller, error);
    this.#leave();
  }

  #leave(): void {
    const lane = this.#lane;
    this.#lane = null;
    lane?.leave(false);
  }
}
