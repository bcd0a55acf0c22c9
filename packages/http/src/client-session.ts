/** The session: where connections, bounds and defaults live (aiohttp's `ClientSession`). */
import {
  coroutine,
  currentTask,
  fromPromise,
  getEventLoop,
  type Coroutine,
  type EventLoop,
  type GeneratorBody,
} from 'cotask';
import type { ClientResponse } from './response/client-response.ts';
import type { Connector } from './connections/connector.ts';
import type { CookieJar } from './credentials/cookie-jar.ts';
import type { ClientWebSocket } from './web-socket/client-web-socket.ts';
import { SessionClosedError } from './errors/index.ts';
import { EventStream, type EventStreamOptions } from './event-stream/event-stream.ts';
import { makeFetch, type Fetch } from './fetch/fetch.ts';
import { openWebSocket, type WebSocketOptions } from './web-socket/open-web-socket.ts';
import { noOptions, prepareRequest } from './request/prepare-request.ts';
import { sendRequest } from './request/send-request.ts';
import { makeSessionCore, type SessionCore } from './request/session-core.ts';
import type { ClientSessionOptions, RequestOptions } from './request/session-options.ts';
import { watchUnclosed } from './response/unclosed.ts';

// Named as reports name it: a call that is not awaited, and the task that runs it.
const request = (
  session: ClientSession,
  core: SessionCore,
  method: string,
  url: string | URL,
  options: RequestOptions,
): GeneratorBody<ClientResponse> => sendRequest(session, core, prepareRequest(core, method, url, options));
const send = coroutine(request);

const open = coroutine(openWebSocket);

const closeCore = coroutine(function* (core: SessionCore) {
  core.closed = true;
  if (core.detached) return;
  if (core.ownsConnector) yield* fromPromise(core.connector.end());
  else for (const run of core.runs ?? []) run.giveUp(new SessionClosedError(run.line));
});

/**
 * Sends HTTP requests over connections that it keeps. Make one for a program, or one for each service it talks to, and
 * close it at the end: `await using session = new ClientSession()`.
 *
 * The methods return coroutines: nothing is sent until they are awaited, under `await` or `yield*`, inside a task or from
 * plain promise code. A cancel of the task that waits ends the connection at once.
 */
export class ClientSession implements AsyncDisposable {
  readonly #core: SessionCore;

  /**
   * The platform's `fetch` over this session's connections, bounds and deadlines, for whatever takes a `fetch`: it needs no
   * `this`, returns a promise of the global `Response` and fails as `fetch` does (the cause is the client's error). Called
   * in a task, it hears of the task's cancel.
   */
  readonly fetch: Fetch;

  /** @throws {InvalidOptionError} for an option that does not exist or cannot be. */
  constructor(options: ClientSessionOptions = {}) {
    this.#core = makeSessionCore(options);
    this.fetch = makeFetch((method, url, request) => this.request(method, url, request), this.#core.baseUrl);
    const loop = currentTask() === null ? null : getEventLoop();
    if (loop?.getDebug() === true) watchSession(this, this.#core, loop);
  }

  /** Its connections: a connector of its own, or the one that was given. */
  get connector(): Connector {
    return this.#core.connector;
  }

  /** Its cookies; null where none are kept. */
  get cookieJar(): CookieJar | null {
    return this.#core.cookieJar;
  }

  /** The options as they were given. */
  get defaults(): Readonly<ClientSessionOptions> {
    return this.#core.given;
  }

  /** True after `close()` or `detach()` was called. */
  get closed(): boolean {
    return this.#core.closed;
  }

  /**
   * Sends a request; resolves when the head of the final response is there.
   * @throws {ClientError} and its kin for what goes wrong on the way, {@link InvalidOptionError} for what cannot be sent.
   */
  request(method: string, url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, method, url, options);
  }

  get(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'GET', url, options);
  }

  /** Redirects are followed, as `get` follows them (aiohttp's `head` does not). */
  head(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'HEAD', url, options);
  }

  post(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'POST', url, options);
  }

  put(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'PUT', url, options);
  }

  patch(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'PATCH', url, options);
  }

  delete(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'DELETE', url, options);
  }

  options(url: string | URL, options: RequestOptions = noOptions): Coroutine<ClientResponse> {
    return send(this, this.#core, 'OPTIONS', url, options);
  }

  /**
   * Opens a WebSocket over a connection of this session. The handshake is a request of it, with header fields, cookies,
   * middlewares, redirects, limits, guards and hooks; the URL may say `ws:`, `wss:`, `http:` or `https:`.
   * @throws {WebSocketHandshakeError} when the server does not agree; else as a request.
   */
  ws(url: string | URL, options: WebSocketOptions = {}): Coroutine<ClientWebSocket> {
    return open(this, this.#core, url, options);
  }

  /**
   * The server-sent events of a URL, with reconnecting: `for await (const event of session.events(url))`. Nothing is sent
   * until the first is asked for.
   * @throws {InvalidOptionError} for an option that does not exist or cannot be.
   */
  events(url: string | URL, options: EventStreamOptions = {}): EventStream {
    return new EventStream((method, target, request) => this.request(method, target, request), url, options);
  }

  /**
   * Ends every request under way, those that wait for a slot included (they fail with {@link SessionClosedError}), and
   * closes every connection, unless they are those of a connector that was given. Resolves when the last socket is closed; a
   * second call does no harm.
   */
  close(): Coroutine<void> {
    return closeCore(this.#core);
  }

  /**
   * Closes the session and leaves its connections open: requests under way go on, and whoever called closes the connector
   * that is returned.
   * @throws {SessionClosedError} after `close()`.
   */
  detach(): Connector {
    if (this.#core.closed) throw new SessionClosedError({ method: '', url: '' });
    this.#core.closed = true;
    this.#core.detached = true;
    return this.#core.connector;
  }

  /** `close()`. */
  [Symbol.asyncDispose](): Coroutine<void> {
    return this.close();
  }
}

function watchSession(session: ClientSession, core: SessionCore, loop: EventLoop): void {
  const words = 'a ClientSession was never closed; close() it, or hold it with "await using"';
  // Requests of a collected session may still be under way: its connections end when they have been idle long enough.
  watchUnclosed(session, { words, loop, isOpen: () => !core.closed, end: () => undefined });
}
