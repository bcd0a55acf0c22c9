// What went wrong with a try, in a word to count by and a sentence to read, and whether another try may help.

import { STATUS_CODES } from 'node:http';
import type { ClientResponse } from '@cotask/http';
import { systemCode } from '../errors.ts';
import { wordsOf } from './error-words.ts';
import { parseRetryAfter } from './retry-after.ts';
import { statusWorth } from './retry-policy.ts';
import type { FailedTry, Worth } from './retry-policy.ts';

/** True for an answer whose body is the file. 206 is a piece of it that nobody asked for. */
export function isFile(status: number): boolean {
  return status >= 200 && status < 300 && status !== 206;
}

/** A try that ended with an answer which is not the file. */
export function failedStatus(response: ClientResponse, now: number): FailedTry {
  const { status } = response;
  const retryAfter = parseRetryAfter(response.header('retry-after'), response.header('date'), now);
  const words = STATUS_CODES[status];
  const message =
    status === 206
      ? 'the server sent a piece of the file that nobody asked for'
      : `the server answered ${status}${words === undefined ? '' : ` ${words}`}`;
  return { kind: `http ${status}`, message, status, cause: null, worth: statusWorth(status), retryAfter };
}

/** A try that ended with an error; null for an error that is no failure of this URL alone. */
export function failedError(error: unknown): FailedTry | null {
  const code = systemCode(error);
  if (code === 'EMFILE' || code === 'ENFILE') return failure('too many open files', error, 'again');
  const rule = code === null ? undefined : RULES[code];
  if (rule === undefined) return null;
  const behind = causeCode(error);
  const kind = behind === null || !rule.named ? rule.kind : `${rule.kind} ${behind}`;
  return failure(kind, error, worthBehind(error, behind) ?? rule.worth);
}

/** A body that is not as long as its head said. */
export function shortBody(bytes: number, promised: number): FailedTry {
  const message = `the body has ${bytes} bytes where its head said ${promised}`;
  return { kind: 'short body', message, status: null, cause: null, worth: 'again', retryAfter: null };
}

/** True if a failed try says that this process has too many files or sockets open. */
export function isOutOfHandles(error: unknown): boolean {
  const code = causeCode(error) ?? systemCode(error);
  return code === 'EMFILE' || code === 'ENFILE';
}

interface Rule {
  readonly kind: string;
  readonly worth: Worth;
  /** True if the kind names the system's code as well. */
  readonly named: boolean;
}

const RULES: Readonly<Record<string, Rule | undefined>> = {
  COTASK_HTTP_DNS: { kind: 'dns', worth: 'again', named: true },
  COTASK_HTTP_CONNECT: { kind: 'connect', worth: 'again', named: true },
  COTASK_HTTP_CONNECTION: { kind: 'connection', worth: 'again', named: true },
  COTASK_HTTP_DISCONNECTED: { kind: 'disconnected', worth: 'again', named: false },
  COTASK_HTTP_TIMEOUT: { kind: 'timeout', worth: 'again', named: false },
  COTASK_HTTP_CONNECT_TIMEOUT: { kind: 'timeout of the connection', worth: 'again', named: false },
  COTASK_HTTP_SOCKET_TIMEOUT: { kind: 'timeout', worth: 'again', named: false },
  COTASK_HTTP_TOTAL_TIMEOUT: { kind: 'timeout', worth: 'again', named: false },
  COTASK_HTTP_PAYLOAD: { kind: 'short body', worth: 'again', named: false },
  COTASK_HTTP_MESSAGE: { kind: 'not http', worth: 'once', named: false },
  COTASK_HTTP_RESPONSE: { kind: 'not http', worth: 'once', named: false },
  COTASK_HTTP_TLS: { kind: 'tls', worth: 'never', named: true },
  COTASK_HTTP_CERTIFICATE: { kind: 'certificate', worth: 'never', named: true },
  COTASK_HTTP_BODY_TOO_LARGE: { kind: 'body too large', worth: 'never', named: false },
  COTASK_HTTP_TOO_MANY_REDIRECTS: { kind: 'redirects', worth: 'never', named: false },
  COTASK_HTTP_REDIRECT: { kind: 'redirects', worth: 'never', named: false },
  COTASK_HTTP_REDIRECT_URL: { kind: 'redirects', worth: 'never', named: false },
  COTASK_HTTP_REDIRECT_SCHEME: { kind: 'redirects', worth: 'never', named: false },
  COTASK_HTTP_REDIRECT_INSECURE: { kind: 'redirects', worth: 'never', named: false },
  COTASK_HTTP_URL: { kind: 'bad url', worth: 'never', named: false },
  COTASK_HTTP_SCHEME: { kind: 'bad url', worth: 'never', named: false },
};

/**
 * What the cause says about another try, where that is more than the error itself says. A name that does not exist is
 * asked for once more, later: some servers say so when they are busy. A head that is too large will be so again.
 */
function worthBehind(error: unknown, code: string | null): Worth | null {
  if (code === 'ENOTFOUND' || code === 'ENODATA') return 'once';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'never';
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'HTTPParserError'
    ? 'once'
    : null;
}

function failure(kind: string, error: unknown, worth: Worth): FailedTry {
  return { kind, message: wordsOf(error), status: null, cause: error, worth, retryAfter: null };
}

/** The system's code of what caused an error; of several attempts to connect, the first one's. */
function causeCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { cause } = error;
  if (cause instanceof AggregateError) return systemCode(cause.errors[0]) ?? systemCode(cause);
  return systemCode(cause);
}
