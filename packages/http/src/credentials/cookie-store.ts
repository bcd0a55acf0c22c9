/**
 * Where a jar keeps its cookies: bounded, because a server may set as many as it likes under as many names. tough-cookie's
 * own store is not.
 */
import { Store, pathMatch, permuteDomain, type Cookie } from 'tough-cookie';

type Found<T> = (error: null, found: T) => void;
type Stored = (error: null) => void;
type Text = string | null | undefined;

/** How many cookies are kept. */
export interface CookieBounds {
  readonly maxCookies: number;
  readonly maxCookiesPerDomain: number;
}

/** Cookies by domain; what was set longest ago goes first when there are too many. */
export class CookieStore extends Store {
  override synchronous = true;
  /** Cookies kept. */
  size = 0;
  readonly #bounds: CookieBounds;
  /** Each map in the order in which it was last written to. */
  readonly #domains = new Map<string, Map<string, Cookie>>();

  constructor(bounds: CookieBounds) {
    super();
    this.#bounds = bounds;
  }

  *[Symbol.iterator](): Generator<Cookie, void, void> {
    for (const cookies of this.#domains.values()) yield* cookies.values();
  }

  /** Takes out the cookies that `drop` picks. */
  drop(drop: (cookie: Cookie) => boolean): number {
    const before = this.size;
    for (const [domain, cookies] of this.#domains) {
      for (const [key, cookie] of cookies) if (drop(cookie)) this.#delete(domain, cookies, key);
    }
    return before - this.size;
  }

  override findCookie(domain: Text, path: Text, key: Text): Promise<Cookie | undefined>;
  override findCookie(domain: Text, path: Text, key: Text, callback: Found<Cookie | undefined>): void;
  override findCookie(
    domain: Text,
    path: Text,
    key: Text,
    callback?: Found<Cookie | undefined>,
  ): Promise<Cookie | undefined> | void {
    const found = this.#domains.get(domain ?? '')?.get(keyOf(path, key));
    return callback === undefined ? Promise.resolve(found) : callback(null, found);
  }

  override findCookies(domain: Text, path: Text, special?: boolean): Promise<Cookie[]>;
  override findCookies(domain: Text, path: Text, special?: boolean, callback?: Found<Cookie[]>): void;
  override findCookies(
    domain: Text,
    path: Text,
    special = false,
    callback?: Found<Cookie[]>,
  ): Promise<Cookie[]> | void {
    const found: Cookie[] = [];
    for (const one of permuteDomain(domain ?? '', special) ?? [domain ?? '']) {
      for (const cookie of this.#domains.get(one)?.values() ?? [])
        if (path === null || path === undefined || pathMatch(path, cookie.path ?? '/')) found.push(cookie);
    }
    return callback === undefined ? Promise.resolve(found) : callback(null, found);
  }

  override putCookie(cookie: Cookie): Promise<void>;
  override putCookie(cookie: Cookie, callback: Stored): void;
  override putCookie(cookie: Cookie, callback?: Stored): Promise<void> | void {
    this.#put(cookie);
    return callback === undefined ? Promise.resolve() : callback(null);
  }

  override updateCookie(_old: Cookie, cookie: Cookie): Promise<void>;
  override updateCookie(_old: Cookie, cookie: Cookie, callback: Stored): void;
  override updateCookie(_old: Cookie, cookie: Cookie, callback?: Stored): Promise<void> | void {
    return callback === undefined ? this.putCookie(cookie) : this.putCookie(cookie, callback);
  }

  override removeCookie(domain: Text, path: Text, key: Text): Promise<void>;
  override removeCookie(domain: Text, path: Text, key: Text, callback: Stored): void;
  override removeCookie(domain: Text, path: Text, key: Text, callback?: Stored): Promise<void> | void {
    const cookies = this.#domains.get(domain ?? '');
    if (cookies !== undefined) this.#delete(domain ?? '', cookies, keyOf(path, key));
    return callback === undefined ? Promise.resolve() : callback(null);
  }

  #put(cookie: Cookie): void {
    const domain = cookie.domain ?? '';
    const key = keyOf(cookie.path, cookie.key);
    const cookies = this.#domains.get(domain) ?? new Map<string, Cookie>();
    this.#delete(domain, cookies, key);
    this.#domains.delete(domain);
    this.#domains.set(domain, cookies);
    cookies.set(key, cookie);
    this.size += 1;
    if (cookies.size > this.#bounds.maxCookiesPerDomain) this.#dropOldest(domain, cookies);
    while (this.size > this.#bounds.maxCookies) {
      const [oldest] = this.#domains;
      if (oldest === undefined) return;
      this.#dropOldest(...oldest);
    }
  }

  #dropOldest(domain: string, cookies: Map<string, Cookie>): void {
    const [key] = cookies.keys();
    if (key !== undefined) this.#delete(domain, cookies, key);
  }

  #delete(domain: string, cookies: Map<string, Cookie>, key: string): void {
    if (!cookies.delete(key)) return;
    this.size -= 1;
    if (cookies.size === 0) this.#domains.delete(domain);
  }
}

/** No control character is ever in a path or a name. */
function keyOf(path: Text, key: Text): string {
  return `${path ?? ''}\n${key ?? ''}`;
}
