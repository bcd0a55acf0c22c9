/** URLs and redirects that lead nowhere, or where nobody may go. */
import { ClientError } from './client-error.ts';
import type { RequestLine, ClientErrorOptions } from './client-error.ts';
import type { RedirectRecord } from './response-errors.ts';

/** The URL cannot be parsed, or holds what no URL may (control characters, two sources of credentials). */
export class InvalidUrlClientError extends ClientError {
  constructor(request: RequestLine, message: string, options?: ClientErrorOptions, code = 'COTASK_HTTP_URL') {
    super(request, message, options, code);
  }
}

/** The URL's scheme is neither `http` nor `https`, or is not among the session's `schemes`. */
export class NonHttpUrlClientError extends InvalidUrlClientError {
  constructor(request: RequestLine, scheme: string, allowed: readonly string[] = ['http', 'https']) {
    const hint = /^wss?:$/u.test(scheme) ? '; session.ws() opens WebSockets' : '';
    super(request, `${scheme} is not spoken here; only ${listSchemes(allowed)}${hint}`, {}, 'COTASK_HTTP_SCHEME');
  }
}

/** A redirect that must not or cannot be followed. */
export class RedirectClientError extends ClientError {
  /** The redirects up to and with the one refused. */
  readonly history: readonly RedirectRecord[];

  constructor(
    request: RequestLine,
    history: readonly RedirectRecord[],
    message: string,
    options?: ClientErrorOptions,
    code = 'COTASK_HTTP_REDIRECT',
  ) {
    super(request, message, options, code);
    this.history = history;
  }
}

/** The redirect's target is no URL. */
export class InvalidUrlRedirectClientError extends RedirectClientError {
  constructor(request: RequestLine, history: readonly RedirectRecord[], options?: ClientErrorOptions) {
    super(request, history, 'the redirect leads to what is no URL', options, 'COTASK_HTTP_REDIRECT_URL');
  }
}

/** The redirect's target is neither `http` nor `https`, or is not among the session's `schemes`. */
export class NonHttpUrlRedirectClientError extends RedirectClientError {
  constructor(
    request: RequestLine,
    history: readonly RedirectRecord[],
    scheme: string,
    allowed: readonly string[] = ['http', 'https'],
  ) {
    super(
      request,
      history,
      `the redirect leads to a ${scheme} URL; only ${listSchemes(allowed)} followed`,
      {},
      'COTASK_HTTP_REDIRECT_SCHEME',
    );
  }
}

/** The redirect leads from https to http, and `allowInsecureRedirects` is off. */
export class InsecureRedirectError extends RedirectClientError {
  constructor(request: RequestLine, history: readonly RedirectRecord[]) {
    super(
      request,
      history,
      'the redirect leads from https to http; set allowInsecureRedirects to follow it',
      {},
      'COTASK_HTTP_REDIRECT_INSECURE',
    );
  }
}

function listSchemes(schemes: readonly string[]): string {
  return `${schemes.map((scheme) => `${scheme}:`).join(' and ')} ${schemes.length === 1 ? 'is' : 'are'}`;
}
