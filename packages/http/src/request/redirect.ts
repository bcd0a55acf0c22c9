/**
 * Where a redirect leads and what may go along. The rules are those of RFC 9110 section 15.4 as aiohttp and fetch read
 * them; where they differ, the choice is said at the rule.
 */
import {
  InsecureRedirectError,
  InvalidUrlRedirectClientError,
  NonHttpUrlClientError,
  NonHttpUrlRedirectClientError,
  RedirectClientError,
  TooManyRedirects,
  type RedirectRecord,
  type RequestLine,
} from '../errors/index.ts';
import type { RequestBody } from '../bodies/request-body.ts';
import { withoutHeaders, type HeaderFields } from '../message/request-headers.ts';
import { splitUrl, takeCredentials, type RequestUrl } from '../message/request-url.ts';
import type { ResponseHead } from '../message/response-head.ts';

/** What a redirect may change of a request. */
export interface Target {
  readonly method: string;
  readonly url: RequestUrl;
  readonly headers: HeaderFields;
  readonly body: RequestBody | null;
}

/** What bounds redirects. */
export interface RedirectRules {
  readonly allowRedirects: boolean;
  readonly maxRedirects: number;
  readonly allowInsecureRedirects: boolean;
  readonly schemes: readonly Scheme[];
}

/** Schemes that are spoken. */
export type Scheme = 'http' | 'https';

/** Words in the names of headers that carry credentials: `X-Api-Key`, `X-Auth-Token`, `X-Amz-Security-Token` and the like. */
const secretWords = /auth|cookie|token|secret|api-?key|credential|password|session|signature/;

/** True for a header that carries credentials, by its name in lower case: it is for one origin only. */
export function isCredential(name: string): boolean {
  return secretWords.test(name);
}

function isForOneOrigin(name: string): boolean {
  return name === 'host' || isCredential(name);
}

/** Headers that describe a body. */
const aboutBody = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
]);

/** The `Location` that is to be followed, or null when this response is the answer. */
export function redirectLocation(head: ResponseHead, rules: RedirectRules): string | null {
  if (!rules.allowRedirects || !isRedirect(head.status)) return null;
  return head.first('location');
}

/** 300 and 304 are answers, as for aiohttp. */
function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** The next request, or an error that says why it must not be sent. `history` ends with the redirect in question. */
export function followRedirect(
  from: Target,
  line: RequestLine,
  history: readonly RedirectRecord[],
  rules: RedirectRules,
): Target {
  const last = history.at(-1);
  if (last === undefined) throw new RangeError('a redirect is followed from a record');
  if (history.length > rules.maxRedirects) throw new TooManyRedirects(line, { ...last, history }, rules.maxRedirects);
  const url = resolveLocation(last.location, from.url, line, history);
  const scheme = schemeOf(url);
  if (!rules.schemes.includes(scheme))
    throw new NonHttpUrlRedirectClientError(line, history, `${scheme}:`, rules.schemes);
  const downgrade = from.url.origin.startsWith('https:') && url.origin.startsWith('http:');
  if (downgrade && !rules.allowInsecureRedirects) throw new InsecureRedirectError(line, history);
  return carryOver(from, last.status, url, line, history);
}

/** @throws {NonHttpUrlClientError} for a URL whose scheme is not among `schemes`. */
export function checkScheme(method: string, url: RequestUrl, schemes: readonly Scheme[]): void {
  const scheme = schemeOf(url);
  if (!schemes.includes(scheme)) throw new NonHttpUrlClientError({ method, url: url.whole }, `${scheme}:`, schemes);
}

function schemeOf(url: RequestUrl): Scheme {
  return url.origin.startsWith('https:') ? 'https' : 'http';
}

function carryOver(
  from: Target,
  status: number,
  url: RequestUrl,
  line: RequestLine,
  history: readonly RedirectRecord[],
): Target {
  const turned = turnsToGet(from.method, status);
  if (!turned && from.body !== null && !from.body.replayable) {
    throw new RedirectClientError(
      line,
      history,
      `a ${status} redirect asks for the body again, and a stream can be sent only once; give it as bytes, or send it to the final URL`,
    );
  }
  const away = url.origin !== from.url.origin;
  const headers = withoutHeaders(
    from.headers,
    (name) => (away && isForOneOrigin(name)) || (turned && aboutBody.has(name)),
  );
  return { method: turned ? 'GET' : from.method, url, headers, body: turned ? null : from.body };
}

/** 303 asks for a GET (a HEAD stays one); 301 and 302 turn a POST into a GET, as everybody does. */
function turnsToGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'HEAD' && method !== 'GET';
  return (status === 301 || status === 302) && method === 'POST';
}

function resolveLocation(
  location: string,
  from: RequestUrl,
  line: RequestLine,
  history: readonly RedirectRecord[],
): RequestUrl {
  const url = URL.parse(asUtf8(location), from.whole);
  if (url === null) throw new InvalidUrlRedirectClientError(line, history);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new NonHttpUrlRedirectClientError(line, history, url.protocol);
  // The location's own user name and password are dropped: a server must not choose what we log in with.
  takeCredentials(url);
  // RFC 9110 section 10.2.2: without a fragment of its own the target inherits the one it came from.
  if (url.hash === '') url.hash = from.href.slice(from.whole.length);
  return splitUrl(url.href);
}

/** Bytes above 0x7F in a Location are UTF-8 by custom (browsers read them so); bytes that are not stay latin-1. */
function asUtf8(location: string): string {
  const bytes = Buffer.from(location, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? location : text;
}
