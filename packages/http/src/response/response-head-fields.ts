/** What a response says before its body comes, and how it came. */
import type { ConnectionInfo } from '../connections/connection-info.ts';
import { cookiesOf, type ResponseCookie } from '../credentials/cookies.ts';
import { charsetOf, mediaType } from '../bodies/decode-text.ts';
import { ClientResponseError, type RedirectRecord, type ResponseFacts } from '../errors/index.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { RequestTimings } from '../exchange/request-timings.ts';
import { makeHeaders, type RawHeaders } from '../make-headers.ts';
import { readDisposition, readLinks, type ContentDisposition, type ResponseLink } from '../message/response-fields.ts';
import type { ResponseHead } from '../message/response-head.ts';

/** What was asked (aiohttp's `RequestInfo`). */
export interface RequestInfo {
  readonly method: string;
  /** Without user name and password. */
  readonly url: string;
  /** The header fields as they were sent, credentials included. */
  readonly headers: Headers;
}

/** The connection of a response. */
export interface ResponseConnection extends ConnectionInfo {
  /** True where it had served a request before. */
  readonly reused: boolean;
}

/** The head of a response; its body is `ClientResponse`'s. */
export abstract class ResponseHeadFields {
  readonly status: number;
  /** The status line's words; servers may send none, or anything. */
  readonly reason: string;
  /** The method of the request that was answered: a redirect may have changed it. */
  readonly method: string;
  /** The URL that was answered, after redirects, with its fragment, without user name and password. */
  readonly url: string;
  /** The redirects that led here, first to last. */
  readonly history: readonly RedirectRecord[];
  /** @internal */
  protected readonly head: ResponseHead;
  /** @internal */
  protected readonly exchange: Exchange;
  #headers: Headers | null = null;
  #cookies: ReadonlyMap<string, ResponseCookie> | null = null;

  /** @internal */
  constructor(exchange: Exchange, head: ResponseHead, url: string, history: readonly RedirectRecord[]) {
    this.status = head.status;
    this.reason = head.reason;
    this.method = exchange.line.method;
    this.url = url;
    this.history = history;
    this.head = head;
    this.exchange = exchange;
  }

  /** The version of HTTP that was spoken: `'1.1'` (which stands for 1.0 too) or `'2.0'`. */
  get version(): '1.1' | '2.0' {
    return this.head.version;
  }

  /** True for a status below 400, as in aiohttp (fetch's `ok` is 200 to 299). */
  get ok(): boolean {
    return this.status < 400;
  }

  /** The header fields; made when first asked for. */
  get headers(): Headers {
    this.#headers ??= makeHeaders(this.head.rawHeaders);
    return this.#headers;
  }

  /** The header fields as they were sent: order, case, repeats; one character a byte. */
  get rawHeaders(): RawHeaders {
    return this.head.rawHeaders;
  }

  /** One header's value, repeats joined by `, `; null without it. Cheaper than `headers.get`. */
  header(name: string): string | null {
    return this.head.get(name.toLowerCase());
  }

  /** The length that the server announced, in bytes, or null. */
  get contentLength(): number | null {
    return this.head.contentLength;
  }

  /** The media type in lower case, without parameters, or null. */
  get contentType(): string | null {
    return mediaType(this.head.get('content-type'));
  }

  /** The charset that the server announced, in lower case, or null. */
  get charset(): string | null {
    return charsetOf(this.head.get('content-type'));
  }

  /** The cookies that this response sets, by name; those of redirects before it are in the session's jar only. */
  get cookies(): ReadonlyMap<string, ResponseCookie> {
    this.#cookies ??= cookiesOf(this.head.all('set-cookie'));
    return this.#cookies;
  }

  /** What `Content-Disposition` says; null without one, and for one that is broken. */
  get contentDisposition(): ContentDisposition | null {
    return readDisposition(this.head.get('content-disposition'));
  }

  /** The links of the field `Link`, by relation: `response.links.get('next')?.url`. */
  get links(): ReadonlyMap<string, ResponseLink> {
    return readLinks(this.head.get('link'), this.url);
  }

  /** The host and port of `url`. */
  get host(): string {
    return new URL(this.url).host;
  }

  /** The connection that it came over; null where none is known. */
  get connection(): ResponseConnection | null {
    const { connection, reused } = this.exchange;
    return connection === null ? null : { ...connection, reused };
  }

  /** What was asked, in the last hop. */
  get requestInfo(): RequestInfo {
    const { method, url } = this.exchange.line;
    return { method, url, headers: makeHeaders(pairUp(this.exchange.sentHeaders)) };
  }

  /** How long the parts of the request took, of its last hop, in milliseconds; `body` and `total` once the body has ended. */
  get timings(): RequestTimings {
    return this.exchange.timings;
  }

  /** False when only the end of the connection marks the end of the body, so that nobody can prove that it is whole. */
  get framed(): boolean {
    return this.exchange.framed;
  }

  /** Throws a {@link ClientResponseError} when the status is 400 or more; the response stays open. */
  raiseForStatus(): void {
    if (this.ok) return;
    throw new ClientResponseError(
      this.exchange.line,
      this.facts(),
      `answered ${this.status}${this.reason === '' ? '' : ` ${this.reason}`}`,
    );
  }

  /** What errors keep of it. */
  protected facts(): ResponseFacts {
    return { status: this.status, reason: this.reason, rawHeaders: this.rawHeaders, history: this.history };
  }
}

/** The pairs of a flat list. */
function pairUp(flat: readonly string[]): RawHeaders {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return pairs;
}
