/** From `session.ws()` to an open WebSocket: options, slots, the handshake on a connection of the session. */
import { WebSocket } from 'undici';
import { abortSignal, CotaskError, timeout as within, type Awaitable, type GeneratorBody } from 'cotask';
import { abortError, onAbort, park } from 'cotask/lowlevel';
import { checkOptions, milliseconds, trueOrFalse, wholeNumber, type OptionRule } from '../check-options.ts';
import { chooseRoute } from '../request/choose-route.ts';
import { ClientWebSocket } from './client-web-socket.ts';
import { addJarCookies } from '../credentials/credentials.ts';
import {
  ConnectionTimeoutError,
  InvalidOptionError,
  RequestQueueFullError,
  SessionClosedError,
  type RequestLine,
} from '../errors.ts';
import { headersToSend, pathToSend } from '../exchange/exchange-plan.ts';
import { prepareRequest, type PreparedRequest } from '../request/prepare-request.ts';
import { flattenHeaders, withoutHeaders } from '../message/request-headers.ts';
import type { SessionCore } from '../request/session-core.ts';
import type { RequestOptions } from '../request/session-options.ts';
import { WebSocketUpgrade } from './web-socket-upgrade.ts';

/** Options of `session.ws()`: what a request has, where it has a meaning, and these. */
export interface WebSocketOptions extends Pick<
  RequestOptions,
  'headers' | 'params' | 'auth' | 'cookies' | 'signal' | 'proxy' | 'tls'
> {
  /** Subprotocols, the one liked best first. */
  protocols?: readonly string[] | undefined;
  /** Milliseconds for the slot, the connection and the handshake; null for none. Default 30,000. */
  timeout?: number | null | undefined;
  /** Milliseconds that `close()` waits for the server's goodbye. Default 10,000. */
  closeTimeout?: number | undefined;
  /** Milliseconds between pings; a server that says nothing from one to the next is given up. Default null: none. */
  heartbeat?: number | null | undefined;
  /** The most bytes of one message, decompressed. Default 4 MiB. */
  maxMessageSize?: number | undefined;
  /** Messages that may wait to be received before the connection is held back. Default 64. */
  maxQueue?: number | undefined;
  /** Offers permessage-deflate. Default false. */
  compress?: boolean | undefined;
}

const defaultTimeout = 30_000;
const defaultCloseTimeout = 10_000;
const defaultMaxMessageSize = 4 * 1024 * 1024;
const defaultMaxQueue = 64;

const spanOrNone: OptionRule = (value) => (value === null ? null : milliseconds(value));
const someProtocols: OptionRule = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u.test(one))
    ? null
    : 'must be a list of subprotocol names';

interface Plan {
  readonly request: PreparedRequest;
  readonly line: RequestLine;
  readonly options: WebSocketOptions;
}

/** Opens a WebSocket. */
export function* openWebSocket(
  core: SessionCore,
  url: string | URL,
  options: WebSocketOptions,
): GeneratorBody<ClientWebSocket> {
  const plan = makePlan(core, url, options);
  const limit = options.timeout === undefined ? defaultTimeout : options.timeout;
  const { signal } = plan.request;
  try {
    return yield* within(limit, () =>
      signal === null ? connect(core, plan) : abortSignal(signal, () => connect(core, plan)),
    );
  } catch (error) {
    if (!(error instanceof CotaskError) || error.code !== 'COTASK_TIMEOUT') throw error;
    throw new ConnectionTimeoutError(plan.line, {
      deadline: 'connect',
      limit: limit ?? 0,
      stage: 'connecting',
      bytes: 0,
    });
  }
}

function makePlan(core: SessionCore, url: string | URL, options: WebSocketOptions): Plan {
  const { protocols, timeout, closeTimeout, heartbeat, maxMessageSize, maxQueue, compress, ...rest } = options;
  const own = { protocols, timeout, closeTimeout, heartbeat, maxMessageSize, maxQueue, compress };
  checkOptions('ws()', own, {
    protocols: someProtocols,
    timeout: spanOrNone,
    closeTimeout: milliseconds,
    heartbeat: spanOrNone,
    maxMessageSize: wholeNumber(1),
    maxQueue: wholeNumber(1),
    compress: trueOrFalse,
  });
  if (protocols !== undefined && new Set(protocols).size < protocols.length)
    throw new InvalidOptionError('ws(): protocols must name each subprotocol once');
  const request = prepareRequest(core, 'GET', asHttp(url), rest);
  return { request, options, line: { method: 'GET', url: request.target.url.whole } };
}

/** `ws:` is asked for as `http:`, `wss:` as `https:`. */
function asHttp(url: string | URL): string | URL {
  const text = String(url);
  return /^wss?:/iu.test(text) ? text.replace(/^ws/iu, 'http') : url;
}

function* connect(core: SessionCore, plan: Plan): GeneratorBody<ClientWebSocket> {
  const { origin } = plan.request.target.url;
  yield* takeSlots(core, plan.line, origin);
  try {
    return yield* shakeHands(core, plan);
  } catch (error) {
    core.connector.slots.release(origin);
    throw error;
  }
}

/** A WebSocket holds its slots as long as it is open. */
function* takeSlots(core: SessionCore, line: RequestLine, origin: string): GeneratorBody<void> {
  if (core.closed) throw new SessionClosedError(line);
  const { slots } = core.connector;
  if (slots.takeBoth(origin)) return;
  if (slots.waiting >= core.maxWaiting) throw new RequestQueueFullError(line, core.maxWaiting);
  const label = `a slot for the WebSocket to ${line.url}`;
  slots.waiting += 1;
  try {
    const ofHost = slots.takeOfHost(origin, label);
    if (ofHost !== null) yield* ofHost;
    try {
      const ofAll = slots.takeOfAll(label);
      if (ofAll !== null) yield* ofAll;
    } catch (error) {
      slots.releaseOfHost(origin);
      throw error;
    }
  } catch (error) {
    throw error instanceof SessionClosedError ? new SessionClosedError(line) : error;
  } finally {
    slots.waiting -= 1;
  }
}

function* shakeHands(core: SessionCore, plan: Plan): GeneratorBody<ClientWebSocket> {
  const { request, line, options } = plan;
  const { url, headers } = request.target;
  const { cookieJar, connector } = core;
  const own = withoutHeaders(headers, (name) => name === 'accept-encoding' || name === 'accept');
  const fields = cookieJar === null ? own : addJarCookies(own, cookieJar.header(url.whole));
  const maxMessageSize = options.maxMessageSize ?? defaultMaxMessageSize;
  const route = chooseRoute(core, request, url);
  const upgrade = new WebSocketUpgrade(connector, {
    line,
    origin: url.origin,
    path: pathToSend({ origin: url.origin, path: url.path, route }),
    headers: headersToSend({ headers: flattenHeaders(fields), body: null, origin: url.origin, route }, null),
    route,
    compress: options.compress ?? false,
    maxMessageSize,
  });
  const webSocket = yield* opened(core, upgrade, plan);
  const { socket } = upgrade;
  if (socket === null) throw upgrade.failure;
  const client: ClientWebSocket = new ClientWebSocket({
    webSocket,
    socket,
    line,
    maxQueue: options.maxQueue ?? defaultMaxQueue,
    maxQueuedSize: maxMessageSize,
    heartbeat: options.heartbeat ?? null,
    closeTimeout: options.closeTimeout ?? defaultCloseTimeout,
    onEnd: () => {
      unwatch?.();
      connector.guests.delete(guest);
      core.runs?.delete(guest);
      connector.slots.release(url.origin);
    },
  });
  const giveUp = (error: Error): void => client.fail(error);
  const guest = { line, giveUp, end: () => endGuest(client, line, socket) };
  connector.guests.add(guest);
  core.runs?.add(guest);
  const { signal } = request;
  const unwatch = signal === null ? null : onAbort(signal, () => client.fail(abortError(signal)));
  return client;
}

function opened(core: SessionCore, upgrade: WebSocketUpgrade, { line, options, request }: Plan): Awaitable<WebSocket> {
  return park<WebSocket>(`the WebSocket to ${line.url}`, (settle) => {
    const protocols = [...(options.protocols ?? [])];
    const webSocket = new WebSocket(request.target.url.whole, { protocols, dispatcher: upgrade });
    webSocket.binaryType = 'arraybuffer';
    const failed = (): void => {
      // undici leaves a connection open that was upgraded and then found wanting.
      core.runs?.delete(run);
      upgrade.abandon();
      settle.reject(upgrade.failure);
    };
    webSocket.addEventListener('close', failed, { once: true });
    const done = (): void => {
      core.runs?.delete(run);
      webSocket.removeEventListener('close', failed);
      settle.resolve(webSocket);
    };
    webSocket.addEventListener('open', done, { once: true });
    const giveUp = (error: Error): void => {
      webSocket.removeEventListener('close', failed);
      upgrade.abandon();
      settle.reject(error);
    };
    const run = { line, giveUp };
    core.runs?.add(run);
    return () => {
      core.runs?.delete(run);
      upgrade.abandon();
    };
  });
}

function endGuest(
  client: ClientWebSocket,
  line: RequestLine,
  socket: { once(event: 'close', call: () => void): unknown },
): Promise<void> {
  if (client.closed) return Promise.resolve();
  const ended = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  client.fail(new SessionClosedError(line));
  return ended;
}
