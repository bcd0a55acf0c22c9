/** Connections that could not be made, broke, or were not to be had. */
import { ClientError } from './client-error.ts';
import type { RequestLine, ClientErrorOptions } from './client-error.ts';

/** The connection could not be made or broke. */
export class ClientConnectionError extends ClientError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions, code = 'COTASK_HTTP_CONNECTION') {
    super(request, message, options, code);
  }
}

/** No connection to the server; `cause` is the platform's error (its `code` says ECONNREFUSED, EHOSTUNREACH, EMFILE, …). */
export class ClientConnectorError extends ClientConnectionError {
  readonly host: string;
  readonly port: number;

  constructor(
    request: RequestLine,
    address: Address,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_CONNECT',
  ) {
    super(request, message, options, code);
    this.host = address.host;
    this.port = address.port;
  }
}

/** Whom a connection was meant for. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The server's name has no address (`cause.code`: ENOTFOUND, EAI_AGAIN, ESERVFAIL, …). */
export class ClientConnectorDNSError extends ClientConnectorError {
  constructor(request: RequestLine, address: Address, message: string, options?: ClientErrorOptions) {
    super(request, address, message, options, 'COTASK_HTTP_DNS');
  }
}

/** The connection would have led to an address that is not public, and `publicAddressesOnly` is set; nothing was dialled. */
export class NonPublicAddressError extends ClientConnectorError {
  /** The address that the host is, or that its name gave. */
  readonly address: string;

  constructor(request: RequestLine, target: Address, address: string, options?: ClientErrorOptions) {
    const which = target.host === address ? address : `${target.host} leads to ${address}, which`;
    const words = `${which} is not a public address; publicAddressesOnly refuses it`;
    super(request, target, words, options, 'COTASK_HTTP_NON_PUBLIC_ADDRESS');
    this.address = address;
  }
}

/** The TLS handshake failed. */
export class ClientConnectorSSLError extends ClientConnectorError {
  constructor(request: RequestLine, address: Address, message: string, options?: ClientErrorOptions) {
    super(request, address, message, options, 'COTASK_HTTP_TLS');
  }
}

/** The server's certificate is not to be trusted: expired, for another host, signed by nobody known. */
export class ClientConnectorCertificateError extends ClientConnectorError {
  constructor(
    request: RequestLine,
    address: Address,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_CERTIFICATE',
  ) {
    super(request, address, message, options, code);
  }
}

/** The server's certificate has none of the fingerprints that the option `tls.fingerprint` asks for. */
export class ServerFingerprintMismatch extends ClientConnectorCertificateError {
  /** SHA-256 in hexadecimal digits. */
  readonly expected: readonly string[];
  readonly got: string;

  constructor(
    request: RequestLine,
    address: Address,
    { expected, got }: { readonly expected: readonly string[]; readonly got: string },
    options?: ClientErrorOptions,
  ) {
    const words = `the certificate of ${address.host}:${address.port} has the fingerprint ${got}, which is not asked for`;
    super(request, address, words, options, 'COTASK_HTTP_FINGERPRINT');
    this.expected = expected;
    this.got = got;
  }
}

/** The proxy could not be reached, or made no tunnel and did not say why; `host` and `port` are the proxy's. */
export class ClientProxyConnectionError extends ClientConnectorError {
  constructor(request: RequestLine, address: Address, message: string, options?: ClientErrorOptions) {
    super(request, address, message, options, 'COTASK_HTTP_PROXY_CONNECT');
  }
}

/** The server closed or reset the connection before the whole head of the response was there. */
export class ServerDisconnectedError extends ClientConnectionError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions) {
    super(request, message, options, 'COTASK_HTTP_DISCONNECTED');
  }
}

/** As many requests as `maxWaiting` allows wait for a slot already. */
export class RequestQueueFullError extends ClientConnectionError {
  constructor(request: RequestLine, limit: number) {
    const words = `${limit} requests wait for a slot already, as many as maxWaiting allows; begin fewer at once`;
    super(request, words, {}, 'COTASK_HTTP_QUEUE_FULL');
  }
}

/** A `circuitBreaker` leaves the origin alone, because too much has failed there of late. */
export class CircuitOpenError extends ClientConnectionError {
  readonly origin: string;
  /** Milliseconds until a request is let through again. */
  readonly retryAfter: number;

  constructor(request: RequestLine, origin: string, retryAfter: number) {
    const words = `${origin} has failed too often of late and is left alone for ${Math.ceil(retryAfter)} ms`;
    super(request, words, {}, 'COTASK_HTTP_CIRCUIT_OPEN');
    this.origin = origin;
    this.retryAfter = retryAfter;
  }
}

/** The session was closed before or while the request ran. */
export class SessionClosedError extends ClientConnectionError {
  constructor(request: RequestLine) {
    super(request, 'the session was closed', {}, 'COTASK_HTTP_SESSION_CLOSED');
  }
}

/** The WebSocket has ended: nothing more comes, and nothing can be sent. */
export class WebSocketClosedError extends ClientConnectionError {
  /** RFC 6455 section 7.4; 1006 where the connection broke, 1005 where the server gave none. */
  readonly closeCode: number;
  readonly closeReason: string;

  constructor(request: RequestLine, closeCode: number, closeReason: string) {
    const why = closeReason === '' ? '' : `: ${closeReason}`;
    super(request, `the WebSocket was closed with ${closeCode}${why}`, {}, 'COTASK_HTTP_WEBSOCKET_CLOSED');
    this.closeCode = closeCode;
    this.closeReason = closeReason;
  }
}
