/**
 * Servers that keep a request waiting at each place of its way: the name, TCP, TLS, the head, the body, a redirect; and a
 * look at what a process has open, so that a test can say that nothing is left.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { connect, createServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { cert, key } from './localhost-certificate.ts';

/** What HTTP/1.1 and HTTP/2 have in common. */
type Request = IncomingMessage | Http2ServerRequest;

interface Answer {
  writeHead(status: number, headers?: Record<string, string>): this;
  writeEarlyHints(hints: Record<string, string>): void;
  write(chunk: string | Uint8Array): boolean;
  end(chunk?: string | Uint8Array): void;
  on(event: 'close', listener: () => void): unknown;
}

/** A server whose sockets are counted. */
interface Counted {
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly port: number;
}

const zipped = gzipSync(Buffer.alloc(300_000, 'gzip '));

/** What stands at each path; nothing of it is ever wrong, only slow or endless. */
const places: { readonly [path: string]: (request: Request, response: Answer) => void } = {
  '/quick': (_request, response) => response.end('quick'),
  '/large': (_request, response) => response.end(Buffer.alloc(300_000)),
  '/gzip': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped),
  '/half-gzip': (_request, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).write(zipped.subarray(0, 200)),
  '/head': () => undefined,
  '/late': (_request, response) => void setTimeout(() => response.end('late'), 5),
  '/body': (_request, response) => void response.writeHead(200).write('the first piece'),
  '/drip': (_request, response) => {
    const timer = setInterval(() => response.write('x'), 2);
    response.on('close', () => clearInterval(timer));
  },
  '/interim': (_request, response) => {
    const timer = setInterval(() => response.writeEarlyHints({ link: '</next>; rel=preload' }), 2);
    response.on('close', () => clearInterval(timer));
  },
  '/redirect': (_request, response) => response.writeHead(302, { location: '/quick' }).end('over there'),
  '/redirect-late': (_request, response) => response.writeHead(302, { location: '/late' }).end(),
  '/redirect-endless': (_request, response) =>
    void response.writeHead(307, { location: '/quick' }).write('a body that never ends'),
  '/busy': (_request, response) => response.writeHead(503, { 'retry-after': '0' }).end('busy'),
  '/cookie': (_request, response) => response.writeHead(200, { 'set-cookie': 'a=b' }).end(),
  '/upload': (request, response) => void request.resume().on('end', () => response.end('taken')),
  // A socket that nobody reads does not tell that the other side has gone: after a while it is read.
  '/deaf': (request) => {
    request.pause();
    setTimeout(() => request.resume(), 100);
  },
};

/** The paths that answer in the end. */
export const pathsThatEnd: readonly string[] = [
  '/quick',
  '/large',
  '/gzip',
  '/late',
  '/redirect',
  '/redirect-late',
  '/cookie',
];
export const allPaths: readonly string[] = Object.keys(places);

/** The cast. */
export class SlowPlaces implements AsyncDisposable {
  readonly #counted: readonly Counted[];
  readonly #deaf: DeafListener | null;

  static async open(): Promise<SlowPlaces> {
    const answer = (request: Request, response: Answer): void =>
      (places[request.url ?? ''] ?? places['/quick'])?.(request, response);
    const counted = [
      await listen(createHttp((request: IncomingMessage, response: ServerResponse) => answer(request, response))),
      await listen(
        createSecureServer(
          { key, cert, allowHTTP1: true },
          (request: Http2ServerRequest, response: Http2ServerResponse) => answer(request, response),
        ),
      ),
      await listen(createServer((socket) => void socket.resume())),
    ];
    return new SlowPlaces(counted, process.platform === 'linux' ? await DeafListener.open() : null);
  }

  private constructor(counted: readonly Counted[], deaf: DeafListener | null) {
    this.#counted = counted;
    this.#deaf = deaf;
  }

  /** The origins: plain, TLS, one whose name is answered late or never, one that is silent in TLS, one deaf in TCP. */
  get origins(): readonly string[] {
    const [plain = 0, secure = 0, silent = 0] = this.#counted.map(({ port }) => port);
    const origins = [
      `http://127.0.0.1:${plain}`,
      `https://127.0.0.1:${secure}`,
      `http://late.test:${plain}`,
      `http://never.test:${plain}`,
      `https://127.0.0.1:${silent}`,
    ];
    return this.#deaf === null ? origins : [...origins, `http://127.0.0.1:${this.#deaf.port}`];
  }

  /** Those of TLS: one that answers, in HTTP/2 to who asks for it, three times as often as one that is silent. */
  get secure(): readonly string[] {
    const [, answering = '', , , silent = ''] = this.origins;
    return [answering, answering, answering, silent];
  }

  /** The two that answer. */
  get answering(): readonly string[] {
    return this.origins.slice(0, 2);
  }

  /** Sockets that clients hold open. */
  get sockets(): number {
    return this.#counted.reduce((sum, { sockets }) => sum + sockets.size, 0);
  }

  /** Resolves when every client's socket is closed. */
  async untilAllClosed(): Promise<void> {
    while (this.sockets > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#deaf?.close();
    for (const { server, sockets } of this.#counted) {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

/** Answers names ending in `.test`: late, or never. */
export const slowLookup: LookupFunction = (name, options, callback) => {
  if (name.startsWith('never')) return;
  setTimeout(() => {
    if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  }, 3);
};

async function listen(server: Server): Promise<Counted> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, sockets, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** A port whose owner sleeps and whose queue is full: a connection to it neither fails nor is made. */
class DeafListener {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #fillers: readonly Socket[];

  static async open(): Promise<DeafListener> {
    const program = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      console.log(this.address().port);
    })`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const port = Number(String(line));
    const fillers = Array.from({ length: 6 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await once(fillers[0] ?? child, 'connect');
    return new DeafListener(port, child, fillers);
  }

  private constructor(port: number, child: ChildProcess, fillers: readonly Socket[]) {
    this.port = port;
    this.#child = child;
    this.#fillers = fillers;
  }

  close(): void {
    for (const socket of this.#fillers) socket.destroy();
    this.#child.kill('SIGKILL');
  }
}

/** What the process has open: the kinds of handles and requests with their counts, and file descriptors where they can be counted. */
export function openResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  if (process.platform === 'linux') counts.files = readdirSync('/proc/self/fd').length;
  return counts;
}
