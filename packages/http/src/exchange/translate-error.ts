/** From what undici and the platform say to the client's own errors; the original is kept as `cause`. */
import { CotaskError } from 'cotask';
import {
  ClientConnectionError,
  ClientConnectorCertificateError,
  ClientConnectorDNSError,
  ClientConnectorError,
  ClientConnectorSSLError,
  ClientHttpProxyError,
  ClientPayloadError,
  ClientProxyConnectionError,
  InvalidHttpMessageError,
  InvalidOptionError,
  NonPublicAddressError,
  ServerDisconnectedError,
  ServerFingerprintMismatch,
  SessionClosedError,
  type Address,
  type RequestLine,
} from '../errors/index.ts';
import { FingerprintFailure } from '../connections/tls-options.ts';
import { Http2Failure } from '../connections/http2-failure.ts';
import { ProxyFailure } from '../connections/proxy-tunnel.ts';
import { AddressRefusal, isLookupError } from '../connections/guarded-lookup.ts';

/** What is known of a request when it fails. */
export interface FailureFacts {
  readonly line: RequestLine;
  readonly origin: string;
  /** The request was on the wire. */
  readonly started: boolean;
  /** The head of the response was there. */
  readonly answered: boolean;
  /** Body bytes received. */
  readonly bytes: number;
}

interface PlatformError extends Error {
  readonly code?: unknown;
}

/** The client's error for a failure of the transport. */
export function translateError(error: Error, facts: FailureFacts): Error {
  const misuse = translateMisuse(error, facts);
  if (misuse !== null) return misuse;
  if (!facts.started) return translateConnectError(error, facts);
  return facts.answered ? translateBodyError(error, facts) : translateHeadError(error, facts);
}

function translateMisuse(error: Error, { line }: FailureFacts): Error | null {
  if (error instanceof CotaskError) return error;
  const code = codeOf(error);
  if (code === 'UND_MOCK_ERR_MOCK_NOT_MATCHED')
    return new InvalidOptionError(`${line.method} ${line.url}: the MockAgent has no answer: ${error.message}`, {
      cause: error,
    });
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return new SessionClosedError(line);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED')
    return new InvalidOptionError(`${line.method} ${line.url}: ${error.message}`, { cause: error });
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') {
    return new InvalidOptionError(
      `${line.method} ${line.url}: the header content-length is not the length of the body`,
      { cause: error },
    );
  }
  return null;
}

function translateConnectError(error: Error, { line, origin }: FailureFacts): Error {
  const address = addressOf(origin);
  const cause = rootOf(error);
  const code = codeOf(cause);
  const where = `${address.host}:${address.port}`;
  if (cause instanceof ProxyFailure) return translateProxyFailure(cause, line);
  if (cause instanceof AddressRefusal) return new NonPublicAddressError(line, address, cause.address, { cause });
  if (isLookupError(cause) || isResolverCall(cause)) {
    return new ClientConnectorDNSError(
      line,
      address,
      `the name ${address.host} was not found: ${wordsOf(cause, code)}`,
      { cause },
    );
  }
  if (cause instanceof FingerprintFailure) return new ServerFingerprintMismatch(line, address, cause, { cause });
  if (isCertificateCode(code))
    return new ClientConnectorCertificateError(
      line,
      address,
      `the certificate of ${where} is not to be trusted: ${wordsOf(cause, code)}`,
      { cause },
    );
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    return new ClientConnectorSSLError(
      line,
      address,
      `the TLS handshake with ${where} failed: ${wordsOf(cause, code)}`,
      { cause },
    );
  }
  return new ClientConnectorError(line, address, `no connection to ${where}: ${wordsOf(cause, code)}`, { cause });
}

function translateProxyFailure(failure: ProxyFailure, line: RequestLine): Error {
  const { host, port, status, reason } = failure;
  const words = `the proxy ${host}:${port} makes no connection: ${failure.message}`;
  const cause = failure.cause ?? failure;
  if (status === 0) return new ClientProxyConnectionError(line, { host, port }, words, { cause });
  return new ClientHttpProxyError(line, { status, reason, rawHeaders: [], history: [] }, words, { cause });
}

function translateHeadError(error: Error, { line, origin }: FailureFacts): Error {
  const code = codeOf(error);
  if (code.includes('_ALERT_')) {
    const words = `the server ended TLS with an alert: ${wordsOf(error, code)}`;
    return new ClientConnectorSSLError(line, addressOf(origin), words, { cause: error });
  }
  if (error instanceof Http2Failure) return translateHttp2Failure(error, line);
  if (isBrokenMessage(error))
    return new InvalidHttpMessageError(line, `the response is not valid HTTP/1.1: ${messageWords(error)}`, {
      cause: error,
    });
  if (isDisconnect(error)) {
    return new ServerDisconnectedError(
      line,
      `the server ended the connection before it had answered: ${wordsOf(error, code)}`,
      { cause: error },
    );
  }
  return new ClientConnectionError(line, `the connection failed: ${wordsOf(error, code)}`, { cause: error });
}

function translateHttp2Failure(error: Http2Failure, line: RequestLine): Error {
  const cause = error;
  if (error.isBrokenMessage)
    return new InvalidHttpMessageError(line, `the response is not valid HTTP/2: ${error.message}`, { cause });
  return new ServerDisconnectedError(line, `the server ended it before it had answered: ${error.message}`, { cause });
}

function translateBodyError(error: Error, { line, bytes }: FailureFacts): Error {
  return new ClientPayloadError(
    line,
    bytes,
    `the body broke off after ${bytes} bytes: ${wordsOf(error, codeOf(error))}`,
    { cause: error },
  );
}

function addressOf(origin: string): Address {
  const { protocol, hostname, port } = new URL(origin);
  return { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** undici's parser errors have no code with its default parser: the name says it. */
function isBrokenMessage(error: Error): boolean {
  const code = codeOf(error);
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'ERR_ASSERTION') return true;
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return true;
  return code === 'UND_ERR_SOCKET' && (error.message === 'bad response' || error.message === 'bad upgrade');
}

/** undici asserts what its parser lets through: a status below 100. */
function messageWords(error: Error): string {
  return codeOf(error) === 'ERR_ASSERTION' ? 'its status is none' : error.message;
}

function isDisconnect(error: Error): boolean {
  const code = codeOf(error);
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED';
}

/** Where every address of a name was tried, the first failure is the one to tell of; all are in `cause.errors`. */
function rootOf(error: Error): Error {
  return codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT' && error.cause instanceof Error ? error.cause : error;
}

function isResolverCall(error: Error): boolean {
  const syscall = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : '';
  return syscall === 'getaddrinfo' || syscall.startsWith('query');
}

function isCertificateCode(code: string): boolean {
  return (
    code.startsWith('CERT_') ||
    code.startsWith('UNABLE_TO_') ||
    code === 'ERR_TLS_CERT_ALTNAME_INVALID' ||
    code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ||
    code === 'SELF_SIGNED_CERT_IN_CHAIN' ||
    code === 'HOSTNAME_MISMATCH' ||
    code === 'INVALID_CA' ||
    code === 'INVALID_PURPOSE'
  );
}

function codeOf(error: PlatformError): string {
  return typeof error.code === 'string' ? error.code : '';
}

/** OpenSSL's errors say in `reason` what their message buries in numbers. */
function reasonOf(error: Error): string | null {
  return 'reason' in error && typeof error.reason === 'string' && codeOf(error).startsWith('ERR_SSL_')
    ? error.reason
    : null;
}

function wordsOf(error: Error, code: string): string {
  const first = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const words = reasonOf(first) ?? (first.message === '' ? first.name : first.message);
  return code === '' || words.includes(code) ? words : `${words} (${code})`;
}
