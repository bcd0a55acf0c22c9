/** A request as it came to the wire: what rules look at, and what a test finds in the log of calls. */
import type { Dispatcher } from 'undici';
import { makeHeaders, type RawHeaders } from '../make-headers.ts';

/** A request as it was sent: a hop, or a try. What a connection adds by itself (`host`, `content-length`) is not in it. */
export class SentRequest {
  readonly method: string;
  /** The whole URL, query included. */
  readonly url: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case and values in the order in which they were sent, credentials included. */
  readonly rawHeaders: RawHeaders;
  /** When it was sent, on the loop's clock. */
  readonly time: number;
  #body: Uint8Array = new Uint8Array(0);

  /** @internal */
  constructor(options: Dispatcher.DispatchOptions, time: number) {
    const origin = String(options.origin);
    // A proxy is asked for the whole URL.
    const url = new URL(options.path.startsWith('/') ? origin + options.path : options.path);
    this.method = options.method;
    this.url = url.href;
    this.origin = url.origin;
    this.path = url.pathname;
    this.query = url.searchParams;
    this.rawHeaders = pairsOf(options.headers);
    this.time = time;
  }

  get headers(): Headers {
    return makeHeaders(this.rawHeaders);
  }

  /** The body as it was sent, codings (`compress`) included; empty until it was read. */
  get body(): Uint8Array {
    return this.#body;
  }

  /** The body as UTF-8. */
  get text(): string {
    return Buffer.from(this.#body).toString('utf8');
  }

  /** The body as JSON. @throws {SyntaxError} when it is none. */
  json(): unknown {
    const value: unknown = JSON.parse(this.text);
    return value;
  }

  /** @internal */
  hasBody(body: Uint8Array): void {
    this.#body = body;
  }
}

function pairsOf(headers: Dispatcher.DispatchOptions['headers']): RawHeaders {
  const pairs: [string, string][] = [];
  if (!Array.isArray(headers)) return pairs;
  for (let at = 0; at + 1 < headers.length; at += 2)
    pairs.push([String(headers[at]).toLowerCase(), String(headers[at + 1])]);
  return pairs;
}
