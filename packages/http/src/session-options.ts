/** The options of a session and of a request: what there is, what each may be, and what holds without it. */
import type { LookupFunction } from 'node:net';
import net from 'node:net';
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
} from './check-options.ts';
import type { AuthInput } from './auth.ts';
import type { ClientResponse } from './client-response.ts';
import type { ClientTimeout } from './client-timeout.ts';
import { canCompress, type ContentCoding } from './content-coding.ts';
import { CookieJar } from './cookie-jar.ts';
import type { CookiesInput } from './cookies.ts';
import type { TlsOptions } from './dial.ts';
import type { ClientMiddleware } from './middleware.ts';
import { InvalidOptionError } from './errors.ts';
import type { Scheme } from './redirect.ts';
import type { DataInput, JsonSerializer } from './request-body.ts';
import type { HeadersInput } from './request-headers.ts';
import type { ParamsInput } from './request-url.ts';
import type { TraceConfig } from './trace-config.ts';

/** True raises for a status of 400 or more; a function looks at every response and throws what it likes. */
export type RaiseForStatus = boolean | ((response: ClientResponse) => void | PromiseLike<void>);

/** Options that a session has as defaults and a request may change. */
export interface SharedOptions {
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
}

/** Options of {@link ClientSession}. Sizes are bytes, times milliseconds. */
export interface ClientSessionOptions extends SharedOptions {
  /** What relative URLs are resolved against. With it, `authorization` and `cookie` of `headers` go to its origin only. */
  baseUrl?: string | URL | undefined;
  /** Sent with every request, unless the request names the header too. */
  headers?: HeadersInput | undefined;
  /** Added to every URL's query, unless the request names the parameter too. */
  params?: ParamsInput | undefined;
  /** Where cookies are kept; null keeps none. Default: a jar of the session's own. */
  cookieJar?: CookieJar | null | undefined;
  /** Writes the option `json`. Default `JSON.stringify`. */
  jsonSerialize?: JsonSerializer | undefined;
  /** True takes credentials from `~/.netrc` (or the file that `NETRC` names) where none are given. Default false. */
  trustEnv?: boolean | undefined;
  /** Requests in flight in all; 0 for no bound but `maxConnections`. First come, first served. Default 100. */
  limit?: number | undefined;
  /** Requests in flight to one origin (scheme, host and port); 0 for no bound. Default 0. */
  limitPerHost?: number | undefined;
  /**
   * Open connections, idle ones included: the one idle longest is closed where one more is needed, and no more requests are
   * in flight. 0 for no bound. Default 1,000.
   */
  maxConnections?: number | undefined;
  /** Requests that may wait for a slot; one more fails with `RequestQueueFullError`. Default 100,000. */
  maxWaiting?: number | undefined;
  /** True connects to public addresses only: checked when a connection is made, for every hop. Default false. */
  publicAddressesOnly?: boolean | undefined;
  /** Schemes that are asked and followed. Default both. */
  schemes?: readonly Scheme[] | undefined;
  /** The most addresses of one name that are tried. Default 32. */
  maxDnsAnswers?: number | undefined;
  /** The most bytes of a response's header names and values. Default 16 KiB. */
  maxHeaderSize?: number | undefined;
  /** The most header fields of a response. Default 128. */
  maxHeaders?: number | undefined;
  /** The most interim (1xx) responses before a final one. Default 32. */
  maxInformational?: number | undefined;
  /** Resolves host names in place of `dns.lookup` (which does two at a time); not asked for IP literals. */
  lookup?: LookupFunction | undefined;
  /** Tries the addresses of a name one after the other, IPv6 and IPv4 in turn (RFC 8305). Default true. */
  autoSelectFamily?: boolean | undefined;
  /** The local IP address to connect from. */
  localAddress?: string | undefined;
  /** A Unix socket or named pipe to connect to, whatever the URL's host. */
  socketPath?: string | undefined;
  /** How long an idle connection is kept when the server does not say. Default 15,000, aiohttp's. */
  keepAliveTimeout?: number | undefined;
  /** The longest that an idle connection is kept when the server does say. Default: `keepAliveTimeout`. */
  keepAliveMaxTimeout?: number | undefined;
  /** Offers HTTP/2 to https servers. Default false. */
  allowH2?: boolean | undefined;
  /** Objects with functions that are told of each step of each request (aiohttp's `trace_configs`). */
  traces?: readonly TraceConfig[] | undefined;
  /** Options of the TLS connections, as `tls.connect` has them. */
  tls?: TlsOptions | undefined;
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
  /** The body: text, bytes, a Blob, a FormData (multipart), a stream. */
  data?: DataInput | undefined;
  /** Ends the request, its body included, with the signal's reason. Cancels and `timeout()` scopes need none. */
  signal?: AbortSignal | null | undefined;
  /** Sends the body in a content coding; not together with the header `content-encoding`. */
  compress?: ContentCoding | undefined;
  /** True sends a body of known length in chunks all the same. Default false. */
  chunked?: boolean | undefined;
  /** Anything; middlewares find it as `request.context` (aiohttp's `trace_request_ctx`). */
  context?: unknown;
}

const ipAddress: OptionRule = (value) =>
  typeof value === 'string' && net.isIP(value) !== 0 ? null : 'must be an IP address';
const flagOrFunction: OptionRule = (value) =>
  typeof value === 'boolean' || typeof value === 'function' ? null : 'must be true, false or a function';

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
const objectOrNull: OptionRule = (value) =>
  value === null || someObject(value) === null ? null : 'must be an object or null';
const jarOrNull: OptionRule = (value) =>
  value === null || value instanceof CookieJar ? null : 'must be a CookieJar or null';
const names: OptionRule = (value) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string') ? null : 'must be a list of header names';

const sharedRules: OptionRules<SharedOptions> = {
  auth: objectOrNull,
  cookies: someObject,
  skipAutoHeaders: names,
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
};

const sessionRules: OptionRules<ClientSessionOptions> = {
  ...sharedRules,
  baseUrl: anything,
  headers: anything,
  params: anything,
  cookieJar: jarOrNull,
  jsonSerialize: someFunction,
  trustEnv: trueOrFalse,
  limit: wholeNumber(0),
  limitPerHost: wholeNumber(0),
  maxConnections: wholeNumber(0),
  maxWaiting: wholeNumber(0),
  publicAddressesOnly: trueOrFalse,
  schemes: someSchemes,
  maxDnsAnswers: wholeNumber(1),
  maxHeaderSize: wholeNumber(1),
  maxHeaders: wholeNumber(1),
  maxInformational: wholeNumber(0),
  lookup: someFunction,
  autoSelectFamily: trueOrFalse,
  localAddress: ipAddress,
  socketPath: someText,
  keepAliveTimeout: milliseconds,
  keepAliveMaxTimeout: milliseconds,
  allowH2: trueOrFalse,
  traces: anything,
  tls: someObject,
};

const requestRules: OptionRules<RequestOptions> = {
  ...sharedRules,
  headers: anything,
  params: anything,
  json: anything,
  form: anything,
  data: anything,
  signal: signalOrNull,
  compress: someCoding,
  chunked: trueOrFalse,
  context: anything,
};

const tlsRules: OptionRules<TlsOptions> = {
  ca: anything,
  cert: anything,
  key: anything,
  passphrase: someText,
  pfx: anything,
  rejectUnauthorized: trueOrFalse,
  servername: anything,
  checkServerIdentity: someFunction,
  minVersion: someText,
  maxVersion: someText,
  ciphers: someText,
  ecdhCurve: someText,
  sigalgs: someText,
  secureContext: someObject,
};

export function checkSessionOptions(options: ClientSessionOptions): void {
  checkOptions('ClientSession', options, sessionRules);
  if (options.publicAddressesOnly === true && options.socketPath !== undefined)
    throw new InvalidOptionError(
      'publicAddressesOnly and socketPath exclude each other: a local socket has no address',
    );
  if (options.tls !== undefined) checkOptions('tls', options.tls, tlsRules);
}

export function checkRequestOptions(options: RequestOptions): void {
  checkOptions('the request', options, requestRules);
}
