/** From the options `auth` and `cookies`, and from the user's netrc, to header fields. */
import { basicAuth, writeAuth, type AuthInput } from './auth.ts';
import { mergeCookies, writeCookies, type CookiesInput } from './cookies.ts';
import { InvalidOptionError } from '../errors/index.ts';
import { netrcEntry, type Netrc } from './netrc.ts';
import { hasHeader, withoutHeaders, type HeaderFields } from '../message/request-headers.ts';
import type { RequestUrl } from '../message/request-url.ts';

/** The caller's fields with `authorization` from the option `auth`. */
export function addAuth(fields: HeaderFields, auth: AuthInput | null | undefined): HeaderFields {
  const authorization = writeAuth(auth);
  if (authorization === null) return fields;
  if (hasHeader(fields, 'authorization'))
    throw new InvalidOptionError('both auth and the header authorization are given; give one of them');
  return [...fields, ['authorization', authorization]];
}

/** The fields with the option `cookies` over those of a `cookie` field that is there. */
export function addCookies(fields: HeaderFields, cookies: CookiesInput | undefined): HeaderFields {
  const written = writeCookies(cookies);
  return written === '' ? fields : setCookies(fields, mergeCookies(cookiesIn(fields), written));
}

/** The fields with a jar's cookies under those that are there. */
export function addJarCookies(fields: HeaderFields, cookies: string): HeaderFields {
  return cookies === '' ? fields : setCookies(fields, mergeCookies(cookies, cookiesIn(fields)));
}

function cookiesIn(fields: HeaderFields): string {
  return fields
    .filter(([name]) => name === 'cookie')
    .map(([, value]) => value)
    .join('; ');
}

function setCookies(fields: HeaderFields, cookies: string): HeaderFields {
  return [...withoutHeaders(fields, (name) => name === 'cookie'), ['cookie', cookies]];
}

/** `authorization` from the netrc's entry for the URL's host; null without one. */
export function netrcAuth(netrc: Netrc, url: RequestUrl): string | null {
  const entry = netrcEntry(netrc, new URL(url.origin).hostname);
  return entry === null ? null : basicAuth(entry.login, entry.password);
}
