import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { ConditionWaiters } from './condition-waiters.ts';
import { listen, stopListening } from './listen.ts';
import { OpenSockets } from './open-sockets.ts';

/** Answers one request. What it throws is kept in {@link TestServer.errors} and becomes a 500, or a dead socket. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface StartServerOptions {
  /** The address to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The port to listen on. Default: 0, a free one. */
  readonly port?: number;
  /**
   * Whether to fill `log` and `requestsByPath`. Default: true. Benches and endless lists say false: both grow with the
   * requests.
   */
  readonly record?: boolean;
  /** How many of the newest requests `log` keeps. Default: 10,000. */
  readonly logLimit?: number;
  /** Given to `http.createServer` as it is: `keepAliveTimeout`, `maxHeaderSize` and so on. */
  readonly http?: ServerOptions;
}

/** One request as the server saw it. */
export interface RequestRecord {
  readonly method: string;
  /** The request target as sent, with its query. */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Which connection it came on: 1 for the first that was accepted. */
  readonly connection: number;
  /** Milliseconds since the server was started. */
  readonly at: number;
  /** True once the connection has closed before the response was out. */
  readonly aborted: boolean;
}

/** A real HTTP/1.1 server on a port of its own, which counts what happens to it. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:43211`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Requests begun since the start. */
  readonly requests: number;
  /** Requests whose response is not closed yet. */
  readonly concurrentRequests: number;
  readonly peakConcurrentRequests: number;
  /** Connections open now. */
  readonly connections: number;
  readonly peakConnections: number;
  readonly totalConnections: number;
  readonly requestsByPath: ReadonlyMap<string, number>;
  /** The newest requests, oldest first. */
  readonly log: readonly RequestRecord[];
  readonly errors: readonly unknown[];
  /** Resolves when no request is in flight, at once if none is. */
  idle(): Promise<void>;
  /** Resolves when at least `count` requests have begun. */
  waitForRequests(count: number): Promise<void>;
  /**
   * Resolves when exactly `count` connections are open; `waitForConnections(0)` is how a test shows that no socket is
   * left.
   */
  waitForConnections(count: number): Promise<void>;
  /** Destroys every connection and stops listening. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a server that answers every request with `handler`.
 *
 * ```ts
 * import { startServer } from '@cotask/test-servers';
 *
 * await using server = await startServer((request, response) => void response.end(`You asked for ${request.url}`));
 * const response = await fetch(`${server.url}/a`);
 * console.log(await response.text(), server.requests); // You asked for /a 1
 * ```
 */
export async function startServer(handler: Handler, options: StartServerOptions = {}): Promise<TestServer> {
  const server = new RunningServer(handler, options);
  await server.start();
  return server;
}

class RunningServer implements TestServer {
  url = '';
  port = 0;
  requests = 0;
  concurrentRequests = 0;
  peakConcurrentRequests = 0;
  readonly requestsByPath = new Map<string, number>();
  readonly log: RequestRecord[] = [];
  readonly errors: unknown[] = [];
  readonly #handler: Handler;
  readonly #options: StartServerOptions;
  readonly #server: Server;
  readonly #sockets = new OpenSockets();
  readonly #waiters = new ConditionWaiters();
  readonly #startedAt = performance.now();
  #closing: Promise<void> | null = null;

  constructor(handler: Handler, options: StartServerOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#server = createServer(options.http ?? {}, (request, response) => this.#accept(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.track(socket, () => this.#waiters.notice());
      this.#waiters.notice();
    });
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get peakConnections(): number {
    return this.#sockets.peak;
  }

  get totalConnections(): number {
    return this.#sockets.total;
  }

  async start(): Promise<void> {
    const host = this.#options.host ?? '127.0.0.1';
    this.port = await listen(this.#server, this.#options.port, host);
    this.url = `http://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  idle(): Promise<void> {
    return this.#waiters.until('no request in flight', () => this.concurrentRequests === 0);
  }

  waitForRequests(count: number): Promise<void> {
    return this.#waiters.until(`${count} requests`, () => this.requests >= count);
  }

  waitForConnections(count: number): Promise<void> {
    return this.#waiters.until(`${count} connections open`, () => this.connections === count);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(): Promise<void> {
    const stopped = stopListening(this.#server);
    this.#sockets.destroyAll();
    await stopped;
    await this.waitForConnections(0);
    this.#waiters.failAll();
  }

  #accept(request: IncomingMessage, response: ServerResponse): void {
    this.requests++;
    this.concurrentRequests++;
    this.peakConcurrentRequests = Math.max(this.peakConcurrentRequests, this.concurrentRequests);
    const record = this.#options.record === false ? null : this.#record(request);
    response.once('close', () => {
      this.concurrentRequests--;
      if (record !== null) record.aborted = !response.writableFinished;
      this.#waiters.notice();
    });
    this.#waiters.notice();
    void this.#answer(request, response);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#handler(request, response);
    } catch (error) {
      this.errors.push(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`The handler failed: ${String(error)}\n`);
    }
  }

  #record(request: IncomingMessage): { aborted: boolean } {
    const target = request.url ?? '';
    const path = target.split('?', 1)[0] ?? '';
    const record = {
      method: request.method ?? '',
      target,
      path,
      headers: request.headers,
      connection: this.#sockets.numberOf(request.socket),
      at: performance.now() - this.#startedAt,
      aborted: false,
    };
    this.requestsByPath.set(path, (this.requestsByPath.get(path) ?? 0) + 1);
    this.log.push(record);
    if (this.log.length > (this.#options.logLimit ?? 10_000)) this.log.shift();
    return record;
  }
}
