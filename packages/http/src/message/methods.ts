/** Request methods: what may stand for one, and which may be sent again. */
import { InvalidOptionError } from '../errors/index.ts';

/** Methods that may be sent again when nobody knows whether they arrived (RFC 9110 section 9.2.2). */
export const idempotentMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
]);

const usual = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const methodToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;

/** The method in upper case. */
export function checkMethod(method: string): string {
  if (usual.has(method)) return method;
  if (typeof method !== 'string' || !methodToken.test(method))
    throw new InvalidOptionError(
      `${JSON.stringify(method)} is no HTTP method: it comes first, as in request('GET', url, options)`,
    );
  const upper = method.toUpperCase();
  if (upper === 'CONNECT')
    throw new InvalidOptionError('CONNECT opens a tunnel and has no response to read; it is not a method of a session');
  return upper;
}
