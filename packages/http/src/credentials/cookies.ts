/** Cookies as fields: what a response sets, what a request says. */
import { Cookie } from 'tough-cookie';
import { InvalidOptionError } from '../errors/index.ts';

/** A cookie, as a response sets it or a jar keeps it. */
export interface ResponseCookie {
  readonly name: string;
  readonly value: string;
  /** In lower case, without a leading dot; empty where the field names none. */
  readonly domain: string;
  /** Empty where the field names none. */
  readonly path: string;
  /** When it ends; null at the end of the session. */
  readonly expires: Date | null;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** `strict`, `lax` or `none` as the server said; null without a word. */
  readonly sameSite: string | null;
}

/** Names and values of cookies. */
export type CookiesInput = Readonly<Record<string, string>>;

// oxlint-disable-next-line no-control-regex -- they are what it looks for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/u;

/** What a `Set-Cookie` field sets, or null for one that sets nothing. @internal */
export function parseSetCookie(field: string): Cookie | null {
  if (controls.test(field)) return null;
  return Cookie.parse(field) ?? null;
}

/** A cookie in plain words. @internal */
export function viewCookie(cookie: Cookie): ResponseCookie {
  const expires = cookie.expiryTime();
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain ?? '',
    path: cookie.path ?? '',
    expires: expires === undefined || !Number.isFinite(expires) ? null : new Date(expires),
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: cookie.sameSite ?? null,
  };
}

/** The cookies that a response sets, by name; of two of one name the later. @internal */
export function cookiesOf(fields: readonly string[]): ReadonlyMap<string, ResponseCookie> {
  const cookies = new Map<string, ResponseCookie>();
  for (const field of fields) {
    const cookie = parseSetCookie(field);
    if (cookie !== null) cookies.set(cookie.key, viewCookie(cookie));
  }
  return cookies;
}

const cookieName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
const cookieValue = /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/u;

/** Refuses what would be another cookie, or another field, on the wire. @internal */
export function refuseBadCookie(name: string, value: unknown): void {
  if (!cookieName.test(name)) throw new InvalidOptionError(`${JSON.stringify(name)} is no name of a cookie`);
  if (typeof value !== 'string' || !cookieValue.test(value))
    throw new InvalidOptionError(
      `the value of the cookie ${name} must be a text without semicolons, control characters and characters above U+00FF`,
    );
}

/** The option `cookies` as the value of a `Cookie` field. @internal */
export function writeCookies(cookies: CookiesInput | undefined): string {
  if (cookies === undefined) return '';
  if (typeof cookies !== 'object' || cookies === null)
    throw new InvalidOptionError('cookies must be an object of names and values');
  return Object.entries(cookies)
    .map(([name, value]) => {
      refuseBadCookie(name, value);
      return `${name}=${value}`;
    })
    .join('; ');
}

/** Two `Cookie` fields as one; a name in `over` stands in place of the same in `under`. @internal */
export function mergeCookies(under: string, over: string): string {
  if (under === '' || over === '') return under === '' ? over : under;
  const named = new Set(over.split('; ').map(nameOf));
  const kept = under.split('; ').filter((pair) => !named.has(nameOf(pair)));
  return [...kept, over].join('; ');
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? pair : pair.slice(0, equals);
}
