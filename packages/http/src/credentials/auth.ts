/** Credentials as options: basic and bearer (aiohttp's `BasicAuth`, and what `headers` is used for there). */
import { checkOptions, type OptionRule } from '../check-options.ts';
import { InvalidOptionError } from '../errors/index.ts';

/** User name and password, or a token; sent as the header `authorization`. */
export type AuthInput =
  | { readonly username: string; readonly password?: string | undefined }
  | { readonly bearer: string };

const takes = 'auth must be { username, password } or { bearer }';

const anyText: OptionRule = (value) => (typeof value === 'string' ? null : 'must be a text');
const token: OptionRule = (value) =>
  typeof value === 'string' && /^[\x21-\x7e]+$/u.test(value) ? null : 'must be a token: visible characters, no space';

/** The value of `authorization`, or null. */
export function writeAuth(auth: AuthInput | null | undefined): string | null {
  if (auth === undefined || auth === null) return null;
  if (typeof auth !== 'object' || Array.isArray(auth)) throw new InvalidOptionError(takes);
  if ('bearer' in auth) {
    checkOptions('auth', auth, { bearer: token });
    return `Bearer ${auth.bearer}`;
  }
  checkOptions('auth', auth, { username: anyText, password: anyText });
  if (auth.username === undefined) throw new InvalidOptionError(takes);
  return basicAuth(auth.username, auth.password);
}

/**
 * The value of a basic `authorization` header, by RFC 7617 in UTF-8 (aiohttp's `encode_basic_auth`).
 * @throws {InvalidOptionError} for a user name with a colon: nobody could tell where the password begins.
 */
export function basicAuth(username: string, password = ''): string {
  if (username.includes(':')) throw new InvalidOptionError('a user name for basic auth must not hold a colon');
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
