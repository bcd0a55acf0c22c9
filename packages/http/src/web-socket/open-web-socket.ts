/**
 * From `session.ws()` to an open WebSocket. The handshake is a request like any other: it passes the middlewares, waits for its
 * slots, has cookies, credentials and a proxy, follows redirects, is traced.
 */
import { WebSocket } from 'undici';
import { CotaskError, timeout as within, type GeneratorBody } from 'cotask';
import {
  anything,
  checkOptions,
  milliseconds,
  trueOrFalse,
  wholeNumber,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import type { ClientSession } from '../client-session.ts';
import { ClientWebSocket } from './client-web-socket.ts';
import { ConnectionTimeoutError, InvalidOptionError, WebSocketHandshakeError } from '../errors/index.ts';
import { withoutHeaders } from '../message/request-headers.ts';
import { prepareRequest, type PreparedRequest } from '../request/prepare-request.ts';
import { sendRequest } from '../request/send-request.ts';
import type { SessionCore } from '../request/session-core.ts';
import type { RequestOptions } from '../request/session-options.ts';
import type { ClientResponse } from '../response/client-response.ts';
import { WebSocketHandshake } from './web-socket-handshake.ts';

/** Options of `session.ws()`: what a request has, where it has a meaning, and these. */
export interface WebSocketOptions extends Pick<RequestOptions, HandshakeOption> {
  /** Subprotocols, the one liked best first. */
  protocols?: readonly string[] | undefined;
  /** Milliseconds for the slot, the connection and the handshake; null for none. Default 30,000. */
  timeout?: number | null | undefined;
  /** Milliseconds that `receive()` and its kin wait; the socket stays open. Default null: for ever. */
  receiveTimeout?: number | null | undefined;
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

/** The options of a request that a handshake has too. */
export type HandshakeOption = (typeof handshakeOptions)[number];

const defaultTimeout = 30_000;
const defaultCloseTimeout = 10_000;
const defaultMaxMessageSize = 4 * 1024 * 1024;
const defaultMaxQueue = 64;

const spanOrNone: OptionRule = (value) => (value === null ? null : milliseconds(value));
const someProtocols: OptionRule = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u.test(one))
    ? null
    : 'must be a list of subprotocol names';

const handshakeOptions = [
  'headers',
  'params',
  'auth',
  'cookies',
  'skipAutoHeaders',
  'signal',
  'proxy',
  'proxyAuth',
  'proxyHeaders',
  'proxyTls',
  'tls',
  'serverHostname',
  'allowRedirects',
  'maxRedirects',
  'allowInsecureRedirects',
  'middlewares',
  'context',
] as const;

/** What is looked at here; the rest is the request's. */
const rules: OptionRules<Omit<WebSocketOptions, HandshakeOption>> = {
  protocols: someProtocols,
  timeout: spanOrNone,
  receiveTimeout: spanOrNone,
  closeTimeout: milliseconds,
  heartbeat: spanOrNone,
  maxMessageSize: wholeNumber(1),
  maxQueue: wholeNumber(1),
  compress: trueOrFalse,
};
const allRules: Record<string, OptionRule> = {
  ...Object.fromEntries(handshakeOptions.map((name) => [name, anything])),
  ...rules,
};

/** Opens a WebSocket. */
export function* openWebSocket(
  session: ClientSession,
  core: SessionCore,
  url: string | URL,
  options: WebSocketOptions,
): GeneratorBody<ClientWebSocket> {
  const request = prepareHandshake(core, url, options);
  const limit = options.timeout === undefined ? defaultTimeout : options.timeout;
  try {
    return yield* within(limit, () => connect(session, core, request, options));
  } catch (error) {
    if (!(error instanceof CotaskError) || error.code !== 'COTASK_TIMEOUT') throw error;
    const facts = { deadline: 'connect', limit: limit ?? 0, stage: 'connecting', bytes: 0 } as const;
    throw new ConnectionTimeoutError({ method: 'GET', url: request.target.url.whole }, facts);
  }
}

function prepareHandshake(core: SessionCore, url: string | URL, options: WebSocketOptions): PreparedRequest {
  checkOptions<Record<string, unknown>>('ws()', { ...options }, allRules);
  const { protocols } = options;
  if (protocols !== undefined && new Set(protocols).size < protocols.length)
    throw new InvalidOptionError('ws(): protocols must name each subprotocol once');
  const request = prepareRequest(core, 'GET', asHttp(url), { ...handshakePart(options), raiseForStatus: false });
  const headers = withoutHeaders(request.target.headers, (name) => name === 'accept-encoding' || name === 'accept');
  // A socket that is open is silent for as long as its two ends like.
  const timeouts = { ...request.timeouts, total: null, sockRead: null, minThroughput: null };
  return { ...request, target: { ...request.target, headers }, timeouts, upgrade: true };
}

function handshakePart(options: WebSocketOptions): RequestOptions {
  const own: RequestOptions = {};
  for (const name of handshakeOptions) Object.assign(own, { [name]: options[name] });
  return own;
}

/** `ws:` is asked for as `http:`, `wss:` as `https:`. */
function asHttp(url: string | URL): string | URL {
  const text = String(url);
  return /^wss?:/iu.test(text) ? text.replace(/^ws/iu, 'http') : url;
}

function* connect(
  session: ClientSession,
  core: SessionCore,
  request: PreparedRequest,
  options: WebSocketOptions,
): GeneratorBody<ClientWebSocket> {
  const maxMessageSize = options.maxMessageSize ?? defaultMaxMessageSize;
  const handshake = new WebSocketHandshake(maxMessageSize, options.compress ?? false);
  const url = request.target.url.whole;
  const webSocket = new WebSocket(url, { protocols: [...(options.protocols ?? [])], dispatcher: handshake });
  webSocket.binaryType = 'arraybuffer';
  try {
    const fields = yield* handshake.asked(webSocket, url);
    if (fields === null) throw refusedPort(url);
    const target = { ...request.target, headers: [...request.target.headers, ...fields] };
    const response = yield* sendRequest(session, core, { ...request, target });
    yield* shakeHands(handshake, webSocket, response, options.protocols ?? []);
    return makeClient(webSocket, response, maxMessageSize, options);
  } catch (error) {
    handshake.fail(error instanceof Error ? error : new Error('the handshake was given up', { cause: error }));
    throw error;
  }
}

function* shakeHands(
  handshake: WebSocketHandshake,
  webSocket: WebSocket,
  response: ClientResponse,
  asked: readonly string[],
): GeneratorBody<void> {
  const { upgraded, status } = response;
  if (upgraded === null) {
    response.release();
    throw handshakeError(response, `answered ${status}, and no WebSocket`);
  }
  try {
    const agreed = yield* handshake.give(upgraded, webSocket, response.url);
    if (!agreed) throw response.exception ?? handshakeError(response, whatIsWrong(response, asked));
  } catch (error) {
    // undici leaves a connection open that was upgraded and then found wanting.
    response.close();
    throw error;
  }
}

function makeClient(
  webSocket: WebSocket,
  response: ClientResponse,
  maxMessageSize: number,
  options: WebSocketOptions,
): ClientWebSocket {
  const { upgraded } = response;
  if (upgraded === null) throw new RangeError('a WebSocket is made of a connection');
  const client = new ClientWebSocket({
    webSocket,
    socket: upgraded.socket,
    response,
    maxQueue: options.maxQueue ?? defaultMaxQueue,
    maxQueuedSize: maxMessageSize,
    heartbeat: options.heartbeat ?? null,
    receiveTimeout: options.receiveTimeout ?? null,
    closeTimeout: options.closeTimeout ?? defaultCloseTimeout,
  });
  response.whenEnded((error) => {
    if (error instanceof Error) client.fail(error);
  });
  return client;
}

/** undici says only that it does not agree. */
function whatIsWrong({ headers }: ClientResponse, asked: readonly string[]): string {
  const chosen = headers.get('sec-websocket-protocol');
  if (headers.get('sec-websocket-accept') === null) return 'the answer has no header sec-websocket-accept';
  if (asked.length > 0 && chosen === null) return `the server chose none of the subprotocols ${asked.join(', ')}`;
  if (chosen !== null && !asked.includes(chosen))
    return `the server chose the subprotocol ${JSON.stringify(chosen)}, for which nobody asked`;
  return 'the answer is no valid WebSocket handshake';
}

function handshakeError(response: ClientResponse, words: string): WebSocketHandshakeError {
  const { method, status, reason, rawHeaders, history } = response;
  const url = response.requestInfo.url;
  return new WebSocketHandshakeError({ method, url }, { status, reason, rawHeaders, history }, words);
}

function refusedPort(url: string): WebSocketHandshakeError {
  const words = 'nothing was sent: no WebSocket may go to that port (the port list of the Fetch standard)';
  return new WebSocketHandshakeError(
    { method: 'GET', url },
    { status: 0, reason: '', rawHeaders: [], history: [] },
    words,
  );
}
