/**
 * From what the caller gives (`baseUrl`, `url`, `params`) to the URL that is asked for. Control characters are refused
 * here, because `new URL` drops tabs and line ends without a word and would make one URL of two lines.
 */
import { InvalidOptionError, InvalidUrlClientError, NonHttpUrlClientError } from '../errors/index.ts';

/** A value of a query parameter. */
export type ParamScalar = string | number | bigint | boolean;

/** Query parameters; order and repeats are kept. */
export type ParamsInput =
  | string
  | URLSearchParams
  | Iterable<readonly [name: string, value: ParamScalar]>
  | { readonly [name: string]: ParamScalar | readonly ParamScalar[] };

/** A list of names and values, in order, repeats kept. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** A URL that can be asked for: http or https, without user name and password. */
export interface RequestUrl {
  /** All of it, with its fragment. */
  readonly href: string;
  /** Without the fragment: what messages and records say. */
  readonly whole: string;
  readonly origin: string;
  /** What is asked of the origin: path and query. */
  readonly path: string;
}

/** A URL and the credentials that stood in it. */
export interface ResolvedUrl {
  readonly url: RequestUrl;
  /** `Basic …` from the URL's user name and password, or null. */
  readonly authorization: string | null;
}

/** Resolves `input` against `base` and adds `params` to its query. A URL object is not parsed again. */
export function resolveUrl(method: string, input: string | URL, base: URL | null, params: Pairs): ResolvedUrl {
  let href = input instanceof URL ? input.href : parse(method, input, base);
  if (!href.startsWith('http://') && !href.startsWith('https://')) throw otherScheme(method, href);
  let authorization: string | null = null;
  if (href.includes('@')) {
    const url = new URL(href);
    authorization = takeCredentials(url);
    href = url.href;
  }
  return { url: splitUrl(params.length === 0 ? href : addParams(href, params)), authorization };
}

const mostKnown = 100;
const longestKnown = 1024;

/** The last texts that were resolved: most programs ask for few URLs, again and again. */
export class KnownUrls {
  readonly #known = new Map<string, ResolvedUrl>();

  /** As `resolveUrl` without parameters, of a text that may have been asked for before. */
  resolve(method: string, input: string | URL, base: URL | null): ResolvedUrl {
    if (typeof input !== 'string') return resolveUrl(method, input, base, []);
    const known = this.#known.get(input);
    if (known !== undefined) return known;
    const resolved = resolveUrl(method, input, base, []);
    // No password is kept here.
    if (resolved.authorization === null && input.length <= longestKnown) this.#keep(input, resolved);
    return resolved;
  }

  #keep(input: string, resolved: ResolvedUrl): void {
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(input, resolved);
  }
}

// oxlint-disable-next-line no-control-regex -- they are what it looks for
const controls = /[\u0000-\u001f\u007f]/u;

function parse(method: string, input: string, base: URL | null): string {
  if (typeof input !== 'string') {
    throw new InvalidOptionError(`the URL must be a text or a URL object, got ${typeof input}`);
  }
  if (controls.test(input)) {
    const words = 'the URL holds a control character (a line end or a tab, perhaps); a URL has none';
    throw new InvalidUrlClientError({ method, url: '' }, words);
  }
  const url = URL.parse(input, base ?? undefined);
  if (url !== null) return url.href;
  const hint =
    base === null
      ? 'it must start with http:// or https://, or the session needs a baseUrl'
      : `it cannot be resolved against ${describeUrl(base)}`;
  throw new InvalidUrlClientError({ method, url: '' }, `${JSON.stringify(hideUserinfo(input))} is no URL; ${hint}`);
}

function otherScheme(method: string, href: string): NonHttpUrlClientError {
  const url = new URL(href);
  return new NonHttpUrlClientError({ method, url: describeUrl(url) }, url.protocol);
}

/** Splits an http or https URL without user name; the getters of a URL object would look for each part anew. */
export function splitUrl(href: string): RequestUrl {
  const hash = href.indexOf('#');
  const whole = hash < 0 ? href : href.slice(0, hash);
  const slash = whole.indexOf('/', whole.indexOf('//') + 2);
  return { href, whole, origin: whole.slice(0, slash), path: whole.slice(slash) };
}

/** Takes user name and password out of the URL; RFC 7617 in UTF-8, as aiohttp and browsers send them. */
export function takeCredentials(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const pair = `${decode(url.username)}:${decode(url.password)}`;
  url.username = '';
  url.password = '';
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Adds to the query and leaves what stands in it as it was written. */
function addParams(href: string, params: Pairs): string {
  const added = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
  const hash = href.indexOf('#');
  const [whole, fragment] = hash < 0 ? [href, ''] : [href.slice(0, hash), href.slice(hash)];
  const joint = !whole.includes('?') ? '?' : whole.endsWith('?') ? '' : '&';
  return whole + joint + added + fragment;
}

/** `params` as a list of pairs. */
export function listParams(params: ParamsInput | undefined, what = 'params'): Pairs {
  if (params === undefined) return [];
  if (typeof params === 'string') return [...new URLSearchParams(params)];
  if (typeof params !== 'object' || params === null)
    throw new InvalidOptionError(`${what} must be a text, a URLSearchParams, pairs or an object`);
  const pairs: [string, string][] = [];
  if (isIterable(params)) for (const pair of params) pairs.push([checkName(pair, what), toText(pair[1], what)]);
  else
    for (const [name, value] of Object.entries(params))
      for (const one of listed(value)) pairs.push([name, toText(one, what)]);
  return pairs;
}

function isIterable<T>(value: object | Iterable<T>): value is Iterable<T> {
  return Symbol.iterator in value;
}

function listed(value: ParamScalar | readonly ParamScalar[]): readonly ParamScalar[] {
  return isList(value) ? value : [value];
}

function isList(value: ParamScalar | readonly ParamScalar[]): value is readonly ParamScalar[] {
  return Array.isArray(value);
}

function checkName(pair: readonly [string, ParamScalar], what: string): string {
  if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string') return pair[0];
  throw new InvalidOptionError(`${what} as a list must hold pairs of a name and a value`);
}

function toText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new InvalidOptionError(
    `a value of ${what} must be a text, a finite number or a boolean, got ${value === null ? 'null' : typeof value}`,
  );
}

/** The session's parameters with the request's over them: a name the request has replaces the session's. */
export function mergeParams(session: Pairs, request: Pairs): Pairs {
  if (session.length === 0 || request.length === 0) return session.length === 0 ? request : session;
  const named = new Set(request.map(([name]) => name));
  return [...session.filter(([name]) => !named.has(name)), ...request];
}

/** A URL for messages and records: without user name, password and fragment. */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search}`;
}

/** What cannot be parsed may still hold a password: all between `//` and the last `@` before the path goes. */
function hideUserinfo(text: string): string {
  const shown = text.replace(/\/\/[^/?#]*@/u, '//');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
