/**
 * The base of what can go wrong with a request, and what is wrong before there is one. No message or field of an error ever
 * holds the user name or password of a URL.
 */
import { CotaskError } from 'cotask';

/** The request an error belongs to; the URL is without its user name, password and fragment. */
export interface RequestLine {
  readonly method: string;
  readonly url: string;
}

/** Options of the client's errors: the error it comes from. */
export interface ClientErrorOptions {
  cause?: unknown;
}

/** A bad option, header or combination of both; thrown before anything is sent. */
export class InvalidOptionError extends CotaskError {
  constructor(message: string, options?: ClientErrorOptions) {
    super('COTASK_HTTP_OPTION', message, options);
  }
}

/** The body was asked for after `close()`, `release()` or a failure. */
export class ResponseClosedError extends CotaskError {
  constructor(request: RequestLine, options?: ClientErrorOptions) {
    const message = `${words(request)}the response was closed before its body was read: await text() or bytes() within the block that holds it ("return await", not "return") and before close()`;
    super('COTASK_HTTP_RESPONSE_CLOSED', message, options);
  }
}

/** A second reader asked for the body while the first was at it, or after it took a part. */
export class BodyInUseError extends CotaskError {
  constructor(request: RequestLine, how: string) {
    super(
      'COTASK_HTTP_BODY_IN_USE',
      `${words(request)}${how}; read the body once, with one of bytes(), text(), json(), body, readChunk() and consume()`,
    );
  }
}

/** The base of what can go wrong with a request (aiohttp's `ClientError`). */
export class ClientError extends CotaskError implements RequestLine {
  readonly method: string;
  readonly url: string;

  constructor(request: RequestLine, message: string, options?: ClientErrorOptions, code = 'COTASK_HTTP_CLIENT') {
    super(code, words(request) + message, options);
    this.method = request.method;
    this.url = request.url;
  }
}

function words(request: RequestLine): string {
  if (request.url === '') return '';
  return request.method === '' ? `${request.url}: ` : `${request.method} ${request.url}: `;
}
