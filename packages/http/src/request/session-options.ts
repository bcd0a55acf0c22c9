/** The options of a session and of a request: what there is, what each may be, and what holds without it. */
import {
  anything,
  byteBound,
  checkOptions,
  milliseconds,
  someFunction,
  someObject,
  someText,
  trueOrFalse,
  wholeNumber,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import type { AuthInput } from '../credentials/auth.ts';
import type { ClientResponse } from '../response/client-response.ts';
import type { FallbackCharset } from '../response/read-whole.ts';
import type { ClientTimeout } from '../exchange/client-timeout.ts';
import { canCompress, type ContentCoding } from '../bodies/content-coding.ts';
import { connectorRules, type ConnectorOptions } from '../connections/connector-options.ts';
import { Connector } from '../connections/connector.ts';
import { checkTls, type TlsOptions } from '../connections/tls-options.ts';
import type { ProxyOptions } from '../connections/proxy.ts';
import { CookieJar } from '../credentials/cookie-jar.ts';
import type { CookiesInput } from '../credentials/cookies.ts';
import type { ClientMiddleware } from './middleware.ts';
import { InvalidOptionError } from '../errors/index.ts';
import type { Scheme } from './redirect.ts';
import type { DataInput, JsonSerializer } from '../bodies/request-body.ts';
import type { HeadersInput } from '../message/request-headers.ts';
import type { ParamsInput } from '../message/request-url.ts';
import type { TraceConfig } from '../exchange/trace-config.ts';

/** True raises for a status of 400 or more; a function looks at every response and throws what it likes. */
export type RaiseForStatus = boolean | ((response: ClientResponse) => void | PromiseLike<void>);

/** Options that a session has as defaults and a request may change. */
export interface SharedOptions extends ProxyOptions {
  /** Milliseconds for `total`, the deadlines one by one, or null for none. Default: total 300,000, sockConnect 30,000. */
  timeout?: number | null | ClientTimeout | undefined;
  /** Default false. */
  raiseForStatus?: RaiseForStatus | undefined;
  /** False returns a redirect as the response. Default true, for every method. */
  allowRedirects?: boolean | undefined;
  /** Redirects that are followed before `TooManyRedirects`. Default 10. */
  maxRedirects?: number | undefined;
  /** True follows a redirect from https to http. Default false. */
  allowInsecureRedirects?: boolean | undefined;
  /** The most bytes that `bytes()`, `text()` and `json()` take; Infinity for no bound. Default 100 MiB. */
  maxBodySize?: number | undefined;
  /** User name and password, or `{ bearer }`; null takes the session's away. Not together with the header `authorization`. */
  auth?: AuthInput | null | undefined;
  /** Names and values, sent beside the jar's, in place of those of the same name. */
  cookies?: CookiesInput | undefined;
  /** Automatic header fields that are not sent: `accept`, `accept-encoding`, `user-agent`, a body's `content-type`. */
  skipAutoHeaders?: readonly string[] | undefined;
  /** Functions that stand around each hop of a request, the first outermost; a request's replace the session's. */
  middlewares?: readonly ClientMiddleware[] | undefined;
  /**
   * True asks for compressed bodies and undoes `Content-Encoding`: gzip, deflate, br, zstd. False asks for none and leaves
   * what comes as it is. Default true.
   */
  autoDecompress?: boolean | undefined;
  /** The most bytes of a body whose coding is undone, however it is read; Infinity for no bound. Default 1 GiB. */
  maxDecompressedSize?: number | undefined;
  /** How many times as large as what was sent a decoded body may be, from 1 MiB on; Infinity for no bound. Default 200. */
  maxExpansion?: number | undefined;
  /** The most pieces in which such a body may come (a server may send one byte a piece). Default 1,000,000. */
  maxChunks?: number | undefined;
  /** Bytes of a body that are held for a slow reader before the server is held back (aiohttp's `read_bufsize`). Default 128 KiB. */
  readBufferSize?: number | undefined;
}

/** Options of {@link ClientSession}. Sizes are bytes, times milliseconds. */
export interface ClientSessionOptions extends SharedOptions, ConnectorOptions {
  /** Connections that several sessions share; who made it closes it. Not together with an option of a connector's. */
  connector?: Connector | undefined;
  /** True closes the `connector` that was given with the session. Default false (aiohttp's is true). */
  connectorOwner?: boolean | undefined;
  /** What relative URLs are resolved against. With it, `authorization` and `cookie` of `headers` go to its origin only. */
  baseUrl?: string | URL | undefined;
  /** Sent with every request, unless the request names the header too. */
  headers?: HeadersInput | undefined;
  /** Added to every URL's query, unless the request names the parameter too. */
  params?: ParamsInput | undefined;
  /** Where cookies are kept; null keeps none. Default: a jar of the session's own. */
  cookieJar?: CookieJar | null | undefined;
  /**
   * The encoding of a text whose Content-Type names none that is known and that is not JSON, or a function that finds it in
   * the body (aiohttp's `fallback_charset_resolver`). Default UTF-8.
   */
  fallbackCharset?: FallbackCharset | undefined;
  /** Writes the option `json`. Default `JSON.stringify`. */
  jsonSerialize?: JsonSerializer | undefined;
  /**
   * True takes credentials from `~/.netrc` (or the file that `NETRC` names) where none are given, and proxies from `http_proxy`, `https_proxy`, `all_proxy` and
   * `no_proxy`. Default false.
   */
  trustEnv?: boolean | undefined;
  /** Requests that may wait for a slot; one more fails with `RequestQueueFullError`. Default 100,000. */
  maxWaiting?: number | undefined;
  /** Schemes that are asked and followed. Default both. */
  schemes?: readonly Scheme[] | undefined;
  /** The most header fields of a response. Default 128. */
  maxHeaders?: number | undefined;
  /** The most interim (1xx) responses before a final one. Default 32. */
  maxInformational?: number | undefined;
  /** Objects with functions that are told of each step of each request (aiohttp's `trace_configs`). */
  traces?: readonly TraceConfig[] | undefined;
}

/** Options of one request; the session's hold for what is left out. */
export interface RequestOptions extends SharedOptions {
  headers?: HeadersInput | undefined;
  /** Added to the URL's query; order and repeats are kept. */
  params?: ParamsInput | undefined;
  /** The body as JSON. */
  json?: unknown;
  /** The body as a form, `application/x-www-form-urlencoded`. */
  form?: ParamsInput | undefined;
  /** The body: text, bytes, a Blob, a FormData or MultipartForm (multipart), a stream. */
  data?: DataInput | undefined;
  /** Ends the request, its body included, with the signal's reason. Cancels and `timeout()` scopes need none. */
  signal?: AbortSignal | null | undefined;
  /** TLS options of this request, over the session's. Keep the object: requests with the same one share connections. */
  tls?: TlsOptions | undefined;
  /** The name that the TLS handshake asks for and the certificate must be for, in place of the URL's host. */
  serverHostname?: string | undefined;
  /** Sends the body in a content coding; not together with the header `content-encoding`. */
  compress?: ContentCoding | undefined;
  /** True sends a body of known length in chunks all the same. Default false. */
  chunked?: boolean | undefined;
  /**
   * True sends `Expect: 100-continue` and the body only once the server wants it, or has said nothing for a second; a number is
   * another wait in milliseconds. Such a request has a connection for itself, in HTTP/1.1. Default false.
   */
  expect100?: boolean | number | undefined;
  /** False takes a body for empty whose length is not announced and that would end with the connection. Default true. */
  readUntilEof?: boolean | undefined;
  /** Anything; middlewares find it as `request.context` (aiohttp's `trace_request_ctx`). */
  context?: unknown;
}

const flagOrFunction: OptionRule = (value) =>
  typeof value === 'boolean' || typeof value === 'function' ? null : 'must be true, false or a function';

const flagOrSpan: OptionRule = (value) =>
  typeof value === 'boolean' || milliseconds(value) === null ? null : 'must be true, false or a number of milliseconds';
const textOrFunction: OptionRule = (value) =>
  someText(value) === null || someFunction(value) === null ? null : 'must be a text or a function';
const signalOrNull: OptionRule = (value) =>
  value === null || (typeof value === 'object' && 'aborted' in value && 'addEventListener' in value)
    ? null
    : 'must be an AbortSignal';

const someCoding: OptionRule = (value) => (canCompress(value) ? null : "must be 'gzip', 'deflate', 'br' or 'zstd'");
const countBound: OptionRule = (value) => (value === Infinity ? null : wholeNumber(1)(value));
const someSchemes: OptionRule = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => one === 'http' || one === 'https')
    ? null
    : "must be a list of 'http' and 'https'";
const someAuth: OptionRule = (value) =>
  value === null || (someObject(value) === null && !Array.isArray(value))
    ? null
    : 'must be { username, password }, { bearer } or null';
const jarOrNull: OptionRule = (value) =>
  value === null || value instanceof CookieJar ? null : 'must be a CookieJar or null';
const someConnector: OptionRule = (value) => (value instanceof Connector ? null : 'must be a Connector');
const names: OptionRule = (value) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string') ? null : 'must be a list of header names';

const sharedRules: OptionRules<SharedOptions> = {
  auth: someAuth,
  cookies: someObject,
  skipAutoHeaders: names,
  proxy: anything,
  proxyAuth: someAuth,
  proxyHeaders: anything,
  proxyTls: someObject,
  autoDecompress: trueOrFalse,
  maxDecompressedSize: byteBound,
  maxExpansion: countBound,
  timeout: anything,
  raiseForStatus: flagOrFunction,
  allowRedirects: trueOrFalse,
  maxRedirects: wholeNumber(0),
  allowInsecureRedirects: trueOrFalse,
  maxBodySize: byteBound,
  middlewares: anything,
  maxChunks: countBound,
  readBufferSize: wholeNumber(1),
};

const sessionRules: OptionRules<ClientSessionOptions> = {
  ...sharedRules,
  ...connectorRules,
  connector: someConnector,
  baseUrl: anything,
  headers: anything,
  params: anything,
  cookieJar: jarOrNull,
  jsonSerialize: someFunction,
  fallbackCharset: textOrFunction,
  connectorOwner: trueOrFalse,
  trustEnv: trueOrFalse,
  maxWaiting: wholeNumber(0),
  schemes: someSchemes,
  maxHeaders: wholeNumber(1),
  maxInformational: wholeNumber(0),
  traces: anything,
};

const requestRules: OptionRules<RequestOptions> = {
  ...sharedRules,
  headers: anything,
  params: anything,
  json: anything,
  form: anything,
  data: anything,
  signal: signalOrNull,
  tls: someObject,
  serverHostname: someText,
  compress: someCoding,
  chunked: trueOrFalse,
  expect100: flagOrSpan,
  readUntilEof: trueOrFalse,
  context: anything,
};

export function checkSessionOptions(options: ClientSessionOptions): void {
  checkOptions('ClientSession', options, sessionRules);
  if (options.connector !== undefined) refuseBoth(options);
  else if (options.connectorOwner !== undefined)
    throw new InvalidOptionError('connectorOwner is given without a connector: a session closes its own');
  if (options.proxyTls !== undefined) checkTls(options.proxyTls);
}

/** The connections are the connector's: what the session says of them would be ignored. */
function refuseBoth(options: ClientSessionOptions): void {
  const both = Object.entries(options).find(
    ([key, value]) => Object.hasOwn(connectorRules, key) && value !== undefined,
  );
  if (both !== undefined)
    throw new InvalidOptionError(`both connector and ${both[0]} are given; give ${both[0]} to the Connector`);
}

export function checkRequestOptions(options: RequestOptions): void {
  checkOptions('the request', options, requestRules);
  if (options.tls !== undefined) checkTls(options.tls);
  if (options.proxyTls !== undefined) checkTls(options.proxyTls);
}
