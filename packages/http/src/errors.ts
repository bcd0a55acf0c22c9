/**
 * Every error of the client, after aiohttp's hierarchy. Each carries a stable `code`, the request it belongs to and what
 * caused it; no message or field ever holds a URL's user name or password.
 */
import { CotaskError } from 'cotask';
import { makeHeaders, type RawHeaders } from './make-headers.ts';

/** The request an error belongs to; the URL is without its user name, password and fragment. */
export interface RequestLine {
  readonly method: string;
  readonly url: string;
}

/** Options of the client's errors: the error it comes from. */
export interface ClientErrorOptions {
  cause?: unknown;
}

/** A deadline of a request (aiohttp's `ClientTimeout` fields in camelCase). */
export type DeadlineName =
  | 'total'
  | 'connect'
  | 'sockConnect'
  | 'tlsHandshake'
  | 'firstByte'
  | 'sockRead'
  | 'minThroughput';

/** How far a request had come. */
export type RequestStage = 'queued' | 'resolving' | 'connecting' | 'handshake' | 'sending' | 'head' | 'body';

/** One redirect that was followed, or refused. */
export interface RedirectRecord {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  /** The `Location` field as the server sent it. */
  readonly location: string;
  readonly rawHeaders: RawHeaders;
}

/** A bad option, header or combination of both; thrown before anything is sent. */
export class InvalidOptionError extends CotaskError {
  constructor(message: string, options?: ClientErrorOptions) {
    super('COTASK_HTTP_OPTION', message, options);
  }
}

/** The body was asked for after `close()`, `release()` or a failure. */
export class ResponseClosedError extends CotaskError {
  constructor(request: RequestLine, options?: ClientErrorOptions) {
    const message = `${words(request)}the response was closed before its body was read: await text() or bytes() within the block that holds it ("return await", not "return") and before close()`;
    super('COTASK_HTTP_RESPONSE_CLOSED', message, options);
  }
}

/** A second reader asked for the body while the first was at it, or after it took a part. */
export class BodyInUseError extends CotaskError {
  constructor(request: RequestLine, how: string) {
    super(
      'COTASK_HTTP_BODY_IN_USE',
      `${words(request)}${how}; read the body once, with one of bytes(), text(), json(), body, readChunk() and consume()`,
    );
  }
}

/** The base of what can go wrong with a request (aiohttp's `ClientError`). */
export class ClientError extends CotaskError implements RequestLine {
  readonly method: string;
  readonly url: string;

  constructor(request: RequestLine, message: string, options?: ClientErrorOptions, code = 'COTASK_HTTP_CLIENT') {
    super(code, words(request) + message, options);
    this.method = request.method;
    this.url = request.url;
  }
}

/** What a response error keeps of the response. */
export interface ResponseFacts {
  readonly status: number;
  readonly reason: string;
  readonly rawHeaders: RawHeaders;
  readonly history: readonly RedirectRecord[];
}

/** The response is not what was asked for: a status of 400 or more under `raiseForStatus`, or one of the classes below. */
export class ClientResponseError extends ClientError {
  readonly status: number;
  readonly reason: string;
  /** The redirects that led here. */
  readonly history: readonly RedirectRecord[];
  readonly #rawHeaders: RawHeaders;

  constructor(
    request: RequestLine,
    facts: ResponseFacts,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_RESPONSE',
  ) {
    super(request, message, options, code);
    this.status = facts.status;
    this.reason = facts.reason;
    this.history = facts.history;
    this.#rawHeaders = facts.rawHeaders;
  }

  /** The response's header fields. */
  get headers(): Headers {
    return makeHeaders(this.#rawHeaders);
  }
}

/** More redirects than `maxRedirects`; `history` holds those that were followed. */
export class TooManyRedirects extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, limit: number) {
    super(
      request,
      facts,
      `redirected more than ${limit} times; raise maxRedirects if that is meant`,
      {},
      'COTASK_HTTP_TOO_MANY_REDIRECTS',
    );
  }
}

/** `json()` on a response that is not JSON by its Content-Type, or `events()` on what is no event stream. */
export class ContentTypeError extends ClientResponseError {
  constructor(
    request: RequestLine,
    facts: ResponseFacts,
    contentType: string | null,
    wanted = 'JSON; json({ contentType: null }) parses it all the same',
  ) {
    const got = contentType === null ? 'has no Content-Type' : `is ${contentType}`;
    super(request, facts, `the response ${got}, not ${wanted}`, {}, 'COTASK_HTTP_CONTENT_TYPE');
  }
}

/** What came is no HTTP response, or breaks a bound: head too large, too many fields, too many 1xx, lengths that lie. */
export class InvalidHttpMessageError extends ClientResponseError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions) {
    super(request, { status: 0, reason: '', rawHeaders: [], history: [] }, message, options, 'COTASK_HTTP_MESSAGE');
  }
}

/** The proxy refused to make a tunnel: 407 for missing credentials, 403, 502. */
export class ClientHttpProxyError extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, message: string, options?: ClientErrorOptions) {
    super(request, facts, message, options, 'COTASK_HTTP_PROXY');
  }
}

/** The connection could not be made or broke. */
export class ClientConnectionError extends ClientError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions, code = 'COTASK_HTTP_CONNECTION') {
    super(request, message, options, code);
  }
}

/** No connection to the server; `cause` is the platform's error (its `code` says ECONNREFUSED, EHOSTUNREACH, EMFILE, …). */
export class ClientConnectorError extends ClientConnectionError {
  readonly host: string;
  readonly port: number;

  constructor(
    request: RequestLine,
    address: Address,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_CONNECT',
  ) {
    super(request, message, options, code);
    this.host = address.host;
    this.port = address.port;
  }
}

/** Whom a connection was meant for. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The server's name has no address (`cause.code`: ENOTFOUND, EAI_AGAIN, ESERVFAIL, …). */
export class ClientConnectorDNSError extends ClientConnectorError {
  constructor(request: RequestLine, address: Address, message: string, options?: ClientErrorOptions) {
    super(request, address, message, options, 'COTASK_HTTP_DNS');
  }
}

/** The connection would have led to an address that is not public, and `publicAddressesOnly` is set; nothing was dialled. */
export class NonPublicAddressError extends ClientConnectorError {
  /** The address that the host is, or that its name gave. */
  readonly address: string;

  constructor(request: RequestLine, target: Address, address: string, options?: ClientErrorOptions) {
    const which = target.host === address ? address : `${target.host} leads to ${address}, which`;
    const words = `${which} is not a public address; publicAddressesOnly refuses it`;
    super(request, target, words, options, 'COTASK_HTTP_NON_PUBLIC_ADDRESS');
    this.address = address;
  }
}

/** The TLS handshake failed. */
export class ClientConnectorSSLError extends ClientConnectorError {
  constructor(request: RequestLine, address: Address, message: string, options?: ClientErrorOptions) {
    super(request, address, message, options, 'COTASK_HTTP_TLS');
  }
}

/** The server's certificate is not to be trusted: expired, for another host, signed by nobody known. */
export class ClientConnectorCertificateError extends ClientConnectorError {
  constructor(
    request: RequestLine,
    address: Address,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_CERTIFICATE',
  ) {
    super(request, address, message, options, code);
  }
}

/** The server's certificate has none of the fingerprints that the option `tls.fingerprint` asks for. */
export class ServerFingerprintMismatch extends ClientConnectorCertificateError {
  /** SHA-256 in hexadecimal digits. */
  readonly expected: readonly string[];
  readonly got: string;

  constructor(
    request: RequestLine,
    address: Address,
    { expected, got }: { readonly expected: readonly string[]; readonly got: string },
    options?: ClientErrorOptions,
  ) {
    const words = `the certificate of ${address.host}:${address.port} has the fingerprint ${got}, which is not asked for`;
    super(request, address, words, options, 'COTASK_HTTP_FINGERPRINT');
    this.expected = expected;
    this.got = got;
  }
}

/** The proxy could not be reached, or made no tunnel and did not say why; `host` and `port` are the proxy's. */
export class ClientProxyConnectionError extends ClientConnectorError {
  constructor(request: RequestLine, address: Address, message: string, options?: ClientErrorOptions) {
    super(request, address, message, options, 'COTASK_HTTP_PROXY_CONNECT');
  }
}

/** The server closed or reset the connection before the whole head of the response was there. */
export class ServerDisconnectedError extends ClientConnectionError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions) {
    super(request, message, options, 'COTASK_HTTP_DISCONNECTED');
  }
}

/** As many requests as `maxWaiting` allows wait for a slot already. */
export class RequestQueueFullError extends ClientConnectionError {
  constructor(request: RequestLine, limit: number) {
    const words = `${limit} requests wait for a slot already, as many as maxWaiting allows; begin fewer at once`;
    super(request, words, {}, 'COTASK_HTTP_QUEUE_FULL');
  }
}

/** A `circuitBreaker` leaves the origin alone, because too much has failed there of late. */
export class CircuitOpenError extends ClientConnectionError {
  readonly origin: string;
  /** Milliseconds until a request is let through again. */
  readonly retryAfter: number;

  constructor(request: RequestLine, origin: string, retryAfter: number) {
    const words = `${origin} has failed too often of late and is left alone for ${Math.ceil(retryAfter)} ms`;
    super(request, words, {}, 'COTASK_HTTP_CIRCUIT_OPEN');
    this.origin = origin;
    this.retryAfter = retryAfter;
  }
}

/** The session was closed before or while the request ran. */
export class SessionClosedError extends ClientConnectionError {
  constructor(request: RequestLine) {
    super(request, 'the session was closed', {}, 'COTASK_HTTP_SESSION_CLOSED');
  }
}

/** Which deadline passed, and how far the request had come. */
export interface DeadlineFacts {
  readonly deadline: DeadlineName;
  /** The deadline's length, in milliseconds; of `minThroughput` the window's. */
  readonly limit: number;
  readonly stage: RequestStage;
  /** Body bytes received by then. */
  readonly bytes: number;
}

/** A deadline of the request passed; the classes below say which. */
export class ServerTimeoutError extends ClientConnectionError implements DeadlineFacts {
  readonly deadline: DeadlineName;
  readonly limit: number;
  readonly stage: RequestStage;
  readonly bytes: number;

  constructor(request: RequestLine, facts: DeadlineFacts, code = 'COTASK_HTTP_TIMEOUT', what?: string) {
    const words = what ?? `the ${facts.deadline} deadline of ${facts.limit} ms passed`;
    super(request, `${words} while ${stageWords(facts)}`, {}, code);
    this.deadline = facts.deadline;
    this.limit = facts.limit;
    this.stage = facts.stage;
    this.bytes = facts.bytes;
  }
}

/** The deadline `connect` (a slot and a connection), `sockConnect` (a connection) or `tlsHandshake` passed. */
export class ConnectionTimeoutError extends ServerTimeoutError {
  constructor(request: RequestLine, facts: DeadlineFacts) {
    super(request, facts, 'COTASK_HTTP_CONNECT_TIMEOUT');
  }
}

/** The deadline `sockRead` (no byte went either way for that long) or `firstByte` (no response came) passed. */
export class SocketTimeoutError extends ServerTimeoutError {
  constructor(request: RequestLine, facts: DeadlineFacts) {
    super(request, facts, 'COTASK_HTTP_SOCKET_TIMEOUT');
  }
}

/** A body moved by fewer bytes a second than `minThroughput`. */
export class SlowTransferError extends ServerTimeoutError {
  /** Bytes a second in the last window. */
  readonly reached: number;
  /** Bytes a second that were asked for. */
  readonly wanted: number;

  constructor(request: RequestLine, facts: DeadlineFacts, moved: number, wanted: number) {
    const words = `${moved} bytes in ${facts.limit} ms are fewer than minThroughput (${wanted} a second)`;
    super(request, facts, 'COTASK_HTTP_TOO_SLOW', `${words}: too slow`);
    this.reached = (moved * 1000) / facts.limit;
    this.wanted = wanted;
  }
}

/** The deadline `total` passed, which covers the whole request with its redirects and its body. */
export class TotalTimeoutError extends ServerTimeoutError {
  constructor(request: RequestLine, facts: DeadlineFacts) {
    super(request, facts, 'COTASK_HTTP_TOTAL_TIMEOUT');
  }
}

/** The body did not come whole: cut short, reset, badly framed. */
export class ClientPayloadError extends ClientError {
  /** Body bytes received by then. */
  readonly bytes: number;

  constructor(
    request: RequestLine,
    bytes: number,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_PAYLOAD',
  ) {
    super(request, message, options, code);
    this.bytes = bytes;
  }
}

/** The body is larger than `maxBodySize`, or came in more pieces than `maxChunks`. */
export class BodyTooLargeError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, limit: number, bound: 'maxBodySize' | 'maxChunks' = 'maxBodySize') {
    const over =
      bound === 'maxBodySize'
        ? `is larger than maxBodySize (${limit} bytes)`
        : `came in more pieces than maxChunks (${limit})`;
    super(request, bytes, `the body ${over}; read it by pieces or raise the bound`, {}, 'COTASK_HTTP_BODY_TOO_LARGE');
  }
}

/** An event of a stream is larger than `maxEventSize`. */
export class EventTooLargeError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, limit: number) {
    const words = `an event is larger than maxEventSize (${limit} characters); raise it if that is meant`;
    super(request, bytes, words, {}, 'COTASK_HTTP_EVENT_TOO_LARGE');
  }
}

/** A line of the body is longer than `readLine()` takes. */
export class LineTooLongError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, limit: number) {
    super(
      request,
      bytes,
      `a line of the body is longer than maxLineSize (${limit} bytes); raise the bound, or read the body by pieces`,
      {},
      'COTASK_HTTP_LINE_TOO_LONG',
    );
  }
}

/** The body is not the multipart that its Content-Type says, or breaks a bound of `multipart()`. */
export class InvalidMultipartError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, words: string) {
    super(request, bytes, `the multipart body is refused: ${words}`, {}, 'COTASK_HTTP_MULTIPART');
  }
}

/** The body ended before `readExactly()` had its bytes. */
export class IncompleteReadError extends ClientPayloadError {
  /** What there was. */
  readonly partial: Uint8Array;
  /** Bytes that were asked for. */
  readonly expected: number;

  constructor(request: RequestLine, bytes: number, partial: Uint8Array, expected: number) {
    const words = `the body ended ${expected - partial.byteLength} bytes before the ${expected} that were asked for`;
    super(request, bytes, words, {}, 'COTASK_HTTP_INCOMPLETE_READ');
    this.partial = partial;
    this.expected = expected;
  }
}

/** A bound of decoding, and what it is. */
export interface BoundExcess {
  readonly bound: 'maxDecompressedSize' | 'maxExpansion';
  readonly limit: number;
}

/** A coded body (gzip and the like) became larger than `maxDecompressedSize` or `maxExpansion` allow: a bomb, perhaps. */
export class BodyExpansionError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, decoded: number, { bound, limit }: BoundExcess) {
    super(
      request,
      bytes,
      `the body became ${decoded} bytes of the ${bytes} that were sent, which is more than ${bound} (${limit}) allows`,
      {},
      'COTASK_HTTP_BODY_EXPANSION',
    );
  }
}

/** The body is not in the Content-Encoding that it says: broken, or cut short. */
export class ContentEncodingError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, coding: string, cause: unknown) {
    const said = cause instanceof Error ? `: ${cause.message}` : '';
    super(
      request,
      bytes,
      `the body cannot be decoded from ${coding}${said}`,
      { cause },
      'COTASK_HTTP_CONTENT_ENCODING',
    );
  }
}

/** The body is not what `json()` or `text()` can read: no JSON, or in a coding that is not undone. */
export class UnreadableBodyError extends ClientPayloadError {
  constructor(request: RequestLine, bytes: number, message: string, options?: ClientErrorOptions) {
    super(request, bytes, message, options, 'COTASK_HTTP_UNREADABLE');
  }
}

/** The URL cannot be parsed, or holds what no URL may (control characters, two sources of credentials). */
export class InvalidUrlClientError extends ClientError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions, code = 'COTASK_HTTP_URL') {
    super(request, message, options, code);
  }
}

/** The URL's scheme is neither `http` nor `https`, or is not among the session's `schemes`. */
export class NonHttpUrlClientError extends InvalidUrlClientError {
  constructor(request: RequestLine, scheme: string, allowed: readonly string[] = ['http', 'https']) {
    super(request, `${scheme} is not spoken here; only ${listSchemes(allowed)}`, {}, 'COTASK_HTTP_SCHEME');
  }
}

/** A redirect that must not or cannot be followed. */
export class RedirectClientError extends ClientError {
  /** The redirects up to and with the one refused. */
  readonly history: readonly RedirectRecord[];

  constructor(
    request: RequestLine,
    history: readonly RedirectRecord[],
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_REDIRECT',
  ) {
    super(request, message, options, code);
    this.history = history;
  }
}

/** The redirect's target is no URL. */
export class InvalidUrlRedirectClientError extends RedirectClientError {
  constructor(request: RequestLine, history: readonly RedirectRecord[], options?: ClientErrorOptions) {
    super(request, history, 'the redirect leads to what is no URL', options, 'COTASK_HTTP_REDIRECT_URL');
  }
}

/** The redirect's target is neither `http` nor `https`, or is not among the session's `schemes`. */
export class NonHttpUrlRedirectClientError extends RedirectClientError {
  constructor(
    request: RequestLine,
    history: readonly RedirectRecord[],
    scheme: string,
    allowed: readonly string[] = ['http', 'https'],
  ) {
    super(
      request,
      history,
      `the redirect leads to a ${scheme} URL; only ${listSchemes(allowed)} followed`,
      {},
      'COTASK_HTTP_REDIRECT_SCHEME',
    );
  }
}

/** The redirect leads from https to http, and `allowInsecureRedirects` is off. */
export class InsecureRedirectError extends RedirectClientError {
  constructor(request: RequestLine, history: readonly RedirectRecord[]) {
    super(
      request,
      history,
      'the redirect leads from https to http; set allowInsecureRedirects to follow it',
      {},
      'COTASK_HTTP_REDIRECT_INSECURE',
    );
  }
}

function listSchemes(schemes: readonly string[]): string {
  return `${schemes.map((scheme) => `${scheme}:`).join(' and ')} ${schemes.length === 1 ? 'is' : 'are'}`;
}

function words(request: RequestLine): string {
  if (request.url === '') return '';
  return request.method === '' ? `${request.url}: ` : `${request.method} ${request.url}: `;
}

function stageWords(facts: DeadlineFacts): string {
  if (facts.stage === 'queued') return 'it waited for a free slot';
  if (facts.stage === 'resolving') return 'the name was looked up';
  if (facts.stage === 'connecting') return 'it was connecting';
  if (facts.stage === 'handshake') return 'TLS was negotiated';
  if (facts.stage === 'sending') return 'it sent the request';
  if (facts.stage === 'head') return 'it waited for the response';
  return `it read the body, ${facts.bytes} bytes of which had come`;
}

/** The server did not turn the request into a WebSocket: `status` and `headers` say what it answered. */
export class WebSocketHandshakeError extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, message: string) {
    super(request, facts, message, {}, 'COTASK_HTTP_WEBSOCKET_HANDSHAKE');
  }
}

/** The WebSocket has ended: nothing more comes, and nothing can be sent. */
export class WebSocketClosedError extends ClientConnectionError {
  /** RFC 6455 section 7.4; 1006 where the connection broke, 1005 where the server gave none. */
  readonly closeCode: number;
  readonly closeReason: string;

  constructor(request: RequestLine, closeCode: number, closeReason: string) {
    const why = closeReason === '' ? '' : `: ${closeReason}`;
    super(request, `the WebSocket was closed with ${closeCode}${why}`, {}, 'COTASK_HTTP_WEBSOCKET_CLOSED');
    this.closeCode = closeCode;
    this.closeReason = closeReason;
  }
}
