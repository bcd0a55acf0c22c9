/** A request on its way through the middlewares (aiohttp's `ClientRequest`): what is about to be sent, open to change. */
import { coroutine, fromPromise, type Coroutine, type GeneratorBody } from 'cotask';
import type { ClientSession } from '../client-session.ts';
import { InvalidOptionError, type RedirectRecord } from '../errors/index.ts';
import { HeaderList } from '../message/header-list.ts';
import { checkMethod, idempotentMethods } from '../message/methods.ts';
import type { Target } from './redirect.ts';
import {
  bytesBody,
  makeBody,
  type BodyOptions,
  type JsonSerializer,
  type RequestBody,
} from '../bodies/request-body.ts';
import { resolveUrl, type RequestUrl } from '../message/request-url.ts';
import { Upload } from '../bodies/upload.ts';

/** What a request belongs to. @internal */
export interface RequestOwner {
  readonly session: ClientSession | null;
  readonly history: readonly RedirectRecord[];
  readonly context: unknown;
  readonly jsonSerialize: JsonSerializer | null;
}

/**
 * A request that a middleware is given and hands on: method, URL, header fields and body of one hop, to be looked at and
 * changed. A redirect makes a new one, which passes all middlewares again: what a middleware set is not carried over.
 */
export class ClientRequest {
  readonly headers: HeaderList;
  readonly #owner: RequestOwner;
  #method: string;
  #url: RequestUrl;
  #body: RequestBody | null;

  /** @internal */
  constructor(target: Target, owner: RequestOwner) {
    this.#owner = owner;
    this.#method = target.method;
    this.#url = target.url;
    this.headers = new HeaderList(target.headers);
    this.#body = target.body;
  }

  /** In upper case. @throws {InvalidOptionError} when it is set to what is no method. */
  get method(): string {
    return this.#method;
  }

  set method(method: string) {
    this.#method = checkMethod(method);
  }

  /**
   * The whole URL, without user name and password; those of a URL that is set become the header `authorization`.
   * @throws {InvalidUrlClientError} when it is set to what is no http or https URL.
   */
  get url(): string {
    return this.#url.href;
  }

  set url(input: string | URL) {
    const { url, authorization } = resolveUrl(this.#method, input, null, []);
    this.#url = url;
    if (authorization !== null) this.headers.set('authorization', authorization);
  }

  /** Scheme, host and port. */
  get origin(): string {
    return this.#url.origin;
  }

  /** The session that sends it: for a token that must be fetched first. Its requests pass the middlewares too. */
  get session(): ClientSession {
    if (this.#owner.session === null) throw new InvalidOptionError('this request belongs to no session');
    return this.#owner.session;
  }

  /** The redirects that led here, first to last. */
  get history(): readonly RedirectRecord[] {
    return this.#owner.history;
  }

  /** What the caller gave as `context` with the request. */
  get context(): unknown {
    return this.#owner.context;
  }

  get hasBody(): boolean {
    return this.#body !== null;
  }

  /** The body's length in bytes; null where it is known only when it ends. */
  get bodyLength(): number | null {
    return this.#body === null ? 0 : this.#body.length;
  }

  /** False for a body that can be sent only once: a stream. */
  get replayable(): boolean {
    return this.#body === null || this.#body.replayable;
  }

  /** True for a method that may be sent again when nobody knows whether it arrived (RFC 9110 section 9.2.2). */
  get idempotent(): boolean {
    return idempotentMethods.has(this.#method);
  }

  /**
   * The whole body, for a signature of it. A stream is read now and kept, and can be sent more than once from then on.
   * A multipart form is written anew: its boundary is the one that is sent.
   */
  bytes(): Coroutine<Uint8Array> {
    return readBody(this);
  }

  /** Puts another body in place of this one; without an option there is none. Its type is the new one's. */
  setBody(options: BodyOptions): void {
    this.#setBody(makeBody(options, this.#owner.jsonSerialize));
  }

  #setBody(body: RequestBody | null): void {
    this.headers.delete('content-length');
    this.headers.delete('content-type');
    this.#body = body;
  }

  /** An independent copy: for a second request beside the first. */
  clone(): ClientRequest {
    return new ClientRequest(this.target(), this.#owner);
  }

  /** @internal */
  target(): Target {
    return { method: this.#method, url: this.#url, headers: this.headers.fields, body: this.#body };
  }

  /** @internal */
  *collect(): GeneratorBody<Uint8Array> {
    const opened = this.#body?.open() ?? null;
    if (opened === null) return new Uint8Array(0);
    if (!(opened.content instanceof Upload)) return opened.content;
    const upload = opened.content;
    try {
      const whole = yield* fromPromise(gatherChunks(upload));
      this.#body = bytesBody(whole, opened.contentType);
      return whole;
    } finally {
      upload.stop();
    }
  }
}

const readBody = coroutine(function* (request: ClientRequest) {
  return yield* request.collect();
});

async function gatherChunks(upload: Upload): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of upload) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk);
  return Buffer.concat(chunks);
}
