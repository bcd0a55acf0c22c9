/** From a call's arguments to a request that can be sent: everything bad is refused here, before anything is awaited. */
import { resolveTimeouts, type Timeouts } from '../exchange/client-timeout.ts';
import { compressedBody } from '../bodies/compressed-body.ts';
import type { ContentCoding } from '../bodies/content-coding.ts';
import { addAuth, addCookies, netrcAuth } from '../credentials/credentials.ts';
import { identityOnly, resolveDecoding, type Decoding } from '../exchange/decoding.ts';
import type { TlsOptions } from '../connections/tls-options.ts';
import { InvalidOptionError, InvalidUrlClientError } from '../errors/index.ts';
import { checkMethod } from '../message/methods.ts';
import { listMiddlewares, type Middlewares } from './middleware.ts';
import { resolveProxy, type ProxyServer } from '../connections/proxy.ts';
import { checkScheme, isCredential, type RedirectRules, type Target } from './redirect.ts';
import { chunkedBody, makeBody, untypedBody, type RequestBody } from '../bodies/request-body.ts';
import {
  hasHeader,
  listHeaders,
  mergeHeaders,
  withoutHeaders,
  withoutNamed,
  type HeaderFields,
} from '../message/request-headers.ts';
import { listParams, mergeParams, resolveUrl, type Pairs, type RequestUrl } from '../message/request-url.ts';
import type { BodyBounds } from '../response/response-body.ts';
import type { SessionCore } from './session-core.ts';
import { checkRequestOptions, type RaiseForStatus, type RequestOptions } from './session-options.ts';
import { startTrace, type Trace } from '../exchange/trace.ts';

/** The options of a call without options. */
export const noOptions: RequestOptions = {};

/** A request, checked. */
export interface PreparedRequest {
  readonly target: Target;
  readonly timeouts: Timeouts;
  readonly rules: RedirectRules;
  readonly raiseForStatus: RaiseForStatus;
  readonly bodyBounds: BodyBounds;
  readonly signal: AbortSignal | null;
  readonly decoding: Decoding;
  readonly readBufferSize: number;
  readonly readUntilEof: boolean;
  /** Undefined leaves it to the environment. */
  readonly proxy: ProxyServer | null | undefined;
  /** TLS options of this request's own. */
  readonly tls: TlsOptions | null;
  readonly serverHostname: string | null;
  readonly middlewares: Middlewares;
  readonly context: unknown;
  readonly trace: Trace | null;
  /** Milliseconds that the body waits for `100 Continue`; null for none. */
  readonly expect100: number | null;
  /** Asks for a WebSocket. */
  readonly upgrade: boolean;
}

const noFields: HeaderFields = [];
const noParams: Pairs = [];
export function prepareRequest(
  core: SessionCore,
  method: string,
  input: string | URL,
  options: RequestOptions,
): PreparedRequest {
  if (options !== noOptions) checkRequestOptions(options);
  const target = makeTarget(core, checkMethod(method), input, options);
  return {
    target,
    timeouts: resolveTimeouts(options.timeout, core.timeouts),
    rules: mergeRules(core.rules, options),
    raiseForStatus: options.raiseForStatus ?? core.raiseForStatus,
    bodyBounds: mergeBounds(core.bodyBounds, options),
    signal: options.signal ?? null,
    proxy: options.proxy === undefined ? core.proxy : resolveProxy(options),
    tls: options.tls ?? null,
    serverHostname: options.serverHostname ?? null,
    decoding: resolveDecoding(options, core.decoding),
    readBufferSize: options.readBufferSize ?? core.readBufferSize,
    readUntilEof: options.readUntilEof ?? true,
    middlewares: options.middlewares === undefined ? core.middlewares : listMiddlewares(options.middlewares),
    context: options.context,
    expect100: resolveExpect(options.expect100, target),
    upgrade: false,
    trace: startTrace(core.traces, target.method, target.url.whole, options.context),
  };
}

const continueWait = 1000;

function resolveExpect(expect100: boolean | number | undefined, { body }: Target): number | null {
  if (expect100 === undefined || expect100 === false) return null;
  if (body === null) throw new InvalidOptionError('expect100 is given without a body');
  return expect100 === true ? continueWait : expect100;
}

function makeTarget(core: SessionCore, method: string, input: string | URL, options: RequestOptions): Target {
  const params = mergeParams(core.params, options.params === undefined ? noParams : listParams(options.params));
  const { url, authorization } =
    params.length === 0
      ? core.urls.resolve(method, input, core.baseUrl)
      : resolveUrl(method, input, core.baseUrl, params);
  checkScheme(method, url, core.rules.schemes);
  const body = shapeBody(makeBody(options, core.jsonSerialize), core, options);
  const own = addAuth(options.headers === undefined ? noFields : listHeaders(options.headers), options.auth);
  if (body?.ownsContentType === true && hasHeader(own, 'content-type')) {
    throw new InvalidOptionError(
      'the Content-Type of a FormData carries its boundary; leave the header content-type out',
    );
  }
  let headers = addCookies(mergeHeaders(defaultHeaders(core, url, own, options), own), options.cookies);
  if (body !== null && options.compress !== undefined) headers = addCoding(headers, options.compress);
  if (headers !== core.headers && hasHeader(headers, 'content-length')) checkLength(headers, body);
  if (authorization === null) return { method, url, headers: addNetrc(core, url, headers), body };
  if (hasHeader(headers, 'authorization')) {
    throw new InvalidUrlClientError(
      { method, url: url.whole },
      'both the URL and the header authorization hold credentials; give one of them',
    );
  }
  return { method, url, headers: [...headers, ['authorization', authorization]], body };
}

/** The body as `chunked` and `skipAutoHeaders` want it. */
function shapeBody(body: RequestBody | null, core: SessionCore, options: RequestOptions): RequestBody | null {
  if (body === null) return null;
  const skipped = options.skipAutoHeaders ?? core.skipAutoHeaders;
  const untyped = !body.ownsContentType && skipped.some((name) => name.toLowerCase() === 'content-type');
  let shaped = untyped ? untypedBody(body) : body;
  if (options.compress !== undefined) shaped = compressedBody(shaped, options.compress);
  return options.chunked === true ? chunkedBody(shaped) : shaped;
}

function addCoding(headers: HeaderFields, coding: ContentCoding): HeaderFields {
  if (hasHeader(headers, 'content-encoding'))
    throw new InvalidOptionError('both compress and the header content-encoding are given; give one of them');
  return [...headers, ['content-encoding', coding]];
}

/** A length that is not the body's would leave the server waiting, or make the rest of the body a request of its own. */
function checkLength(headers: HeaderFields, body: RequestBody | null): void {
  const given = headers.find(([name]) => name === 'content-length')?.[1];
  if (given === undefined) return;
  const length = body === null ? 0 : body.length;
  if (length === null ? !/^\d+$/u.test(given) : given !== String(length)) {
    throw new InvalidOptionError(
      `the header content-length says ${given}, the body has ${length ?? 'no known length'}`,
    );
  }
}

/** A session that has a home gives its credentials to nobody else. */
function defaultHeaders(core: SessionCore, url: RequestUrl, own: HeaderFields, options: RequestOptions): HeaderFields {
  const isHome = core.baseUrl === null || core.baseUrl.origin === url.origin;
  let fields = isHome ? core.headers : withoutHeaders(core.headers, isCredential);
  if (options.auth === null) fields = withoutHeaders(fields, (name) => name === 'authorization');
  // A part of what is coded is of no use without the rest.
  const ranged = own.length > 0 && hasHeader(own, 'range');
  if (ranged || options.autoDecompress === false) fields = identityOnly(fields);
  return withoutNamed(fields, options.skipAutoHeaders);
}

/** The user's own file knows the host, and nobody has said who asks. */
function addNetrc(core: SessionCore, url: RequestUrl, headers: HeaderFields): HeaderFields {
  if (core.netrc === null || hasHeader(headers, 'authorization')) return headers;
  const authorization = netrcAuth(core.netrc(), url);
  return authorization === null ? headers : [...headers, ['authorization', authorization]];
}

function mergeBounds(bounds: BodyBounds, options: RequestOptions): BodyBounds {
  if (options.maxBodySize === undefined && options.maxChunks === undefined) return bounds;
  return { maxBodySize: options.maxBodySize ?? bounds.maxBodySize, maxChunks: options.maxChunks ?? bounds.maxChunks };
}

function mergeRules(rules: RedirectRules, options: RequestOptions): RedirectRules {
  if (
    options.allowRedirects === undefined &&
    options.maxRedirects === undefined &&
    options.allowInsecureRedirects === undefined
  )
    return rules;
  return {
    allowRedirects: options.allowRedirects ?? rules.allowRedirects,
    maxRedirects: options.maxRedirects ?? rules.maxRedirects,
    allowInsecureRedirects: options.allowInsecureRedirects ?? rules.allowInsecureRedirects,
    schemes: rules.schemes,
  };
}
