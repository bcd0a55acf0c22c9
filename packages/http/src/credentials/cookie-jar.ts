/** The cookies of a session (aiohttp's `CookieJar`), by RFC 6265bis as tough-cookie reads it, within bounds. */
import { coroutine, fromPromise, type Coroutine } from 'cotask';
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Cookie, CookieJar as ToughJar } from 'tough-cookie';
import { defaultBounds, fixedBounds } from '../bounds.ts';
import { checkOptions, trueOrFalse, wholeNumber, type OptionRule, type OptionRules } from '../check-options.ts';
import { CookieStore } from './cookie-store.ts';
import { parseSetCookie, refuseBadCookie, viewCookie, type CookiesInput, type ResponseCookie } from './cookies.ts';
import { InvalidOptionError } from '../errors/index.ts';

/** Options of {@link CookieJar}. */
export interface CookieJarOptions {
  /** The most cookies of all domains; the one set longest ago goes first. Default 3,000. */
  maxCookies?: number | undefined;
  /** The most cookies of one domain. Default 180. */
  maxCookiesPerDomain?: number | undefined;
  /** The most bytes of a cookie's name and value; a larger one is not kept. Default 4,096. */
  maxCookieSize?: number | undefined;
  /** The most `Set-Cookie` fields that are looked at in one response. Default 50. */
  maxCookiesPerResponse?: number | undefined;
  /** True keeps cookies for a whole public suffix, as `co.uk`. Default false. */
  allowPublicSuffixes?: boolean | undefined;
  /** Origins (`http://build.test:8080`) that are sent `Secure` cookies, and may set them, though their scheme is http. */
  treatAsSecureOrigin?: string | URL | readonly (string | URL)[] | undefined;
}

const someOrigins: OptionRule = (value) =>
  originsOf(value).every((one) => URL.parse(String(one))?.host) ? null : 'must be an origin, or a list of such';

const rules: OptionRules<CookieJarOptions> = {
  maxCookies: wholeNumber(1),
  maxCookiesPerDomain: wholeNumber(1),
  maxCookieSize: wholeNumber(1),
  maxCookiesPerResponse: wholeNumber(0),
  allowPublicSuffixes: trueOrFalse,
  treatAsSecureOrigin: someOrigins,
};

const longestSeconds = fixedBounds.cookieDays * 24 * 3600;

/** Cookies that servers set, and which of them go where. Several sessions may share one. */
export class CookieJar implements Iterable<ResponseCookie> {
  readonly #store: CookieStore;
  readonly #jar: ToughJar;
  readonly #maxCookieSize: number;
  readonly #maxPerResponse: number;
  /** Null for none. */
  readonly #secureOrigins: ReadonlySet<string> | null;

  /** @throws {InvalidOptionError} for an option that does not exist or cannot be. */
  constructor(options: CookieJarOptions = {}) {
    checkOptions('CookieJar', options, rules);
    const { allowPublicSuffixes = false, treatAsSecureOrigin } = options;
    this.#secureOrigins =
      treatAsSecureOrigin === undefined
        ? null
        : new Set(originsOf(treatAsSecureOrigin).map((one) => new URL(String(one)).origin));
    this.#maxCookieSize = options.maxCookieSize ?? defaultBounds.maxCookieSize;
    this.#maxPerResponse = options.maxCookiesPerResponse ?? defaultBounds.maxCookiesPerResponse;
    const maxCookies = options.maxCookies ?? defaultBounds.maxCookies;
    const maxCookiesPerDomain = options.maxCookiesPerDomain ?? defaultBounds.maxCookiesPerDomain;
    this.#store = new CookieStore({ maxCookies, maxCookiesPerDomain });
    this.#jar = new ToughJar(this.#store, { rejectPublicSuffixes: !allowPublicSuffixes, prefixSecurity: 'silent' });
  }

  /** Cookies kept, expired ones that nobody has asked for included. */
  get size(): number {
    return this.#store.size;
  }

  /** Keeps what a `Set-Cookie` field sets for `url`; false when it is refused, as any browser would. */
  set(setCookie: string, url: string | URL): boolean {
    const cookie = parseSetCookie(setCookie);
    return cookie !== null && this.#fits(cookie) && this.#keep(cookie, String(url));
  }

  /** Keeps names and values as cookies of the host of `url`, for all its paths, until the jar is cleared. */
  update(cookies: CookiesInput, url: string | URL): void {
    for (const [name, value] of Object.entries(cookies)) {
      refuseBadCookie(name, value);
      this.#keep(new Cookie({ key: name, value, path: '/' }), String(url));
    }
  }

  /** Keeps the fields of one response; those beyond `maxCookiesPerResponse` are not looked at. @internal */
  receive(fields: readonly string[], url: string): void {
    for (const field of fields.slice(0, this.#maxPerResponse)) this.set(field, url);
  }

  #fits(cookie: Cookie): boolean {
    const attributes = [cookie.domain ?? '', cookie.path ?? ''];
    return (
      Buffer.byteLength(cookie.key + cookie.value, 'latin1') <= this.#maxCookieSize &&
      attributes.every((value) => value.length <= fixedBounds.cookieAttributeBytes)
    );
  }

  #keep(cookie: Cookie, url: string): boolean {
    if (refusedByPrefix(cookie)) return false;
    shorten(cookie);
    try {
      return this.#jar.setCookieSync(cookie, this.#judged(url), { ignoreError: false }) !== undefined;
    } catch {
      return false; // For another domain, a public suffix, Secure over http: what the rules refuse is not kept.
    }
  }

  /** The URL as the rules are to see it. */
  #judged(url: string): string {
    if (this.#secureOrigins === null || !this.#secureOrigins.has(new URL(url).origin)) return url;
    return url.replace(/^http:/u, 'https:');
  }

  /** What a request for `url` sends as `Cookie`, longer paths first; empty where there is nothing. */
  header(url: string | URL): string {
    return this.#store.size === 0 ? '' : this.#jar.getCookieStringSync(this.#judged(String(url)));
  }

  /** The cookies that a request for `url` sends. */
  get(url: string | URL): ResponseCookie[] {
    return this.#store.size === 0 ? [] : this.#jar.getCookiesSync(this.#judged(String(url))).map(viewCookie);
  }

  /** Takes out all cookies, or those that `predicate` picks; the number of those. */
  clear(predicate?: (cookie: ResponseCookie) => boolean): number {
    return this.#store.drop((cookie) => predicate === undefined || predicate(viewCookie(cookie)));
  }

  /** Takes out the cookies of a domain and of those below it. */
  clearDomain(domain: string): number {
    const wanted = domain.toLowerCase();
    return this.clear((cookie) => cookie.domain === wanted || cookie.domain.endsWith(`.${wanted}`));
  }

  /** Every cookie kept. */
  *[Symbol.iterator](): Generator<ResponseCookie, void, void> {
    for (const cookie of this.#store) yield viewCookie(cookie);
  }

  /** The cookies as JSON, session cookies included; `CookieJar.fromJSON` reads it. It holds secrets. */
  toJSON(): SavedCookies {
    return { version: 1, cookies: Array.from(this.#store, (cookie) => cookie.toJSON()) };
  }

  /** A jar of what `toJSON` gave. @throws {InvalidOptionError} for what is nothing of the kind. */
  static fromJSON(saved: unknown, options?: CookieJarOptions): CookieJar {
    const jar = new CookieJar(options);
    for (const one of savedCookies(saved)) {
      const cookie = Cookie.fromJSON(one);
      if (cookie !== undefined && cookie.TTL() > 0) jar.#store.putCookie(cookie, () => undefined);
    }
    return jar;
  }

  /** Writes the jar to a file that only its owner can read, in one step: who reads it finds the old or the new one. */
  save(path: string): Coroutine<void> {
    return saveJar(this, path);
  }

  /** A jar from a file that `save` wrote. @throws the platform's error when it cannot be read. */
  static load(path: string, options?: CookieJarOptions): Coroutine<CookieJar> {
    return loadJar(path, options);
  }
}

function originsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** A jar as JSON. */
export interface SavedCookies {
  readonly version: 1;
  readonly cookies: readonly object[];
}

const saveJar = coroutine(function* (jar: CookieJar, path: string) {
  const text = JSON.stringify(jar);
  const fresh = `${path}.${randomUUID()}`;
  try {
    yield* fromPromise(writeFile(fresh, text, { mode: 0o600, flag: 'wx' }));
    yield* fromPromise(rename(fresh, path));
  } catch (error) {
    yield* fromPromise(rm(fresh, { force: true }));
    throw error;
  }
});

const loadJar = coroutine(function* (path: string, options: CookieJarOptions | undefined) {
  return CookieJar.fromJSON(parseSaved(yield* fromPromise(readFile(path, 'utf8')), path), options);
});

function parseSaved(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidOptionError(`${path} holds no saved cookies`, { cause: error });
  }
}

function savedCookies(saved: unknown): readonly unknown[] {
  if (typeof saved === 'object' && saved !== null && 'version' in saved && 'cookies' in saved) {
    if (saved.version === 1 && Array.isArray(saved.cookies)) return saved.cookies;
  }
  throw new InvalidOptionError('these are no saved cookies of version 1');
}

/** The prefixes hold in any case of their letters (RFC 6265bis section 4.1.3); tough-cookie sees to the usual one. */
function refusedByPrefix(cookie: Cookie): boolean {
  const name = cookie.key.toLowerCase();
  if (name.startsWith('__secure-')) return !cookie.secure;
  return name.startsWith('__host-') && !(cookie.secure && cookie.domain === null && cookie.path === '/');
}

function shorten(cookie: Cookie): void {
  if (typeof cookie.maxAge === 'number' && cookie.maxAge > longestSeconds) cookie.maxAge = longestSeconds;
  const latest = Date.now() + longestSeconds * 1000;
  if (cookie.expires instanceof Date && cookie.expires.getTime() > latest) cookie.expires = new Date(latest);
}
