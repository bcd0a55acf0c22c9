/** Responses that are not what was asked for. */
import { makeHeaders, type RawHeaders } from '../make-headers.ts';
import { ClientError } from './client-error.ts';
import type { RequestLine, ClientErrorOptions } from './client-error.ts';

/** One redirect that was followed, or refused. */
export interface RedirectRecord {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  /** The `Location` field as the server sent it. */
  readonly location: string;
  readonly rawHeaders: RawHeaders;
}

/** What a response error keeps of the response. */
export interface ResponseFacts {
  readonly status: number;
  readonly reason: string;
  readonly rawHeaders: RawHeaders;
  readonly history: readonly RedirectRecord[];
}

/** The response is not what was asked for: a status of 400 or more under `raiseForStatus`, or one of the classes below. */
export class ClientResponseError extends ClientError {
  readonly status: number;
  readonly reason: string;
  /** The redirects that led here. */
  readonly history: readonly RedirectRecord[];
  readonly #rawHeaders: RawHeaders;

  constructor(
    request: RequestLine,
    facts: ResponseFacts,
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_RESPONSE',
  ) {
    super(request, message, options, code);
    this.status = facts.status;
    this.reason = facts.reason;
    this.history = facts.history;
    this.#rawHeaders = facts.rawHeaders;
  }

  /** The response's header fields. */
  get headers(): Headers {
    return makeHeaders(this.#rawHeaders);
  }
}

/** More redirects than `maxRedirects`; `history` holds those that were followed. */
export class TooManyRedirects extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, limit: number) {
    super(
      request,
      facts,
      `redirected more than ${limit} times; raise maxRedirects if that is meant`,
      {},
      'COTASK_HTTP_TOO_MANY_REDIRECTS',
    );
  }
}

/** `json()` on a response that is not JSON by its Content-Type, or `events()` on what is no event stream. */
export class ContentTypeError extends ClientResponseError {
  constructor(
    request: RequestLine,
    facts: ResponseFacts,
    contentType: string | null,
    wanted = 'JSON; json({ contentType: null }) parses it all the same',
  ) {
    const got = contentType === null ? 'has no Content-Type' : `is ${contentType}`;
    super(request, facts, `the response ${got}, not ${wanted}`, {}, 'COTASK_HTTP_CONTENT_TYPE');
  }
}

/** What came is no HTTP response, or breaks a bound: head too large, too many fields, too many 1xx, lengths that lie. */
export class InvalidHttpMessageError extends ClientResponseError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions) {
    super(request, { status: 0, reason: '', rawHeaders: [], history: [] }, message, options, 'COTASK_HTTP_MESSAGE');
  }
}

/** The proxy refused to make a tunnel: 407 for missing credentials, 403, 502. */
export class ClientHttpProxyError extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, message: string, options?: ClientErrorOptions) {
    super(request, facts, message, options, 'COTASK_HTTP_PROXY');
  }
}

/** The server did not turn the request into a WebSocket: `status` and `headers` say what it answered. */
export class WebSocketHandshakeError extends ClientResponseError {
  constructor(request: RequestLine, facts: ResponseFacts, message: string) {
    super(request, facts, message, {}, 'COTASK_HTTP_WEBSOCKET_HANDSHAKE');
  }
}
