/** HTTP/2: what is shared, what is bounded, and what a server may say in the middle. */
import { answerWell, http2Frames, startHttp2Wire, startServer, type Http2Wire } from '@cotask/test-servers';
import { coroutine, createTask, gather, run, sleep, wait } from 'cotask';
import { once } from 'node:events';
import { createSecureServer, createServer, type Http2Server, type Http2SecureServer } from 'node:http2';
import { connect, createServer as createPlain, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ClientSession, type ClientSessionOptions, type ClientTimeout, type TraceConfig } from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';

const { frame, frameTypes, goAwayFrame, headersFrame, dataFrame, rstFrame, settings, settingsFrame, flags } =
  http2Frames;
const ok = [[':status', '200']] as const;
const mebibyte = 1024 * 1024;

/** A server of Node's that keeps the rules. */
class Friendly implements AsyncDisposable {
  url = '';
  connections = 0;
  /** Requests that are being answered, and the most that were at once. */
  open = 0;
  most = 0;
  written = 0;
  readonly sockets = new Set<Socket>();
  readonly #server: Http2Server | Http2SecureServer;

  constructor(server: Http2Server | Http2SecureServer) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined));
    });
  }

  static async start(secure: boolean, own: { maxConcurrentStreams?: number } = {}): Promise<Friendly> {
    const server = secure
      ? createSecureServer({ key, cert, allowHTTP1: true, settings: own })
      : createServer({ settings: own });
    const friendly = new Friendly(server);
    server.on('request', (request, response) => {
      friendly.open += 1;
      friendly.most = Math.max(friendly.most, friendly.open);
      response.on('close', () => (friendly.open -= 1));
      const { pathname } = new URL(request.url, 'http://x');
      if (pathname === '/silent') return;
      if (pathname === '/moved')
        return void response.writeHead(302, { location: String(request.headers['x-to']) }).end();
      if (pathname === '/early') return void response.writeHead(413).end('too much');
      if (pathname === '/slow') return void setTimeout(() => response.end('slow'), 20);
      if (pathname === '/drip') {
        const timer = setInterval(() => response.write('x'), 5);
        return void response.on('close', () => clearInterval(timer));
      }
      if (pathname === '/large') {
        const goOn = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536))) friendly.written += 65_536;
          friendly.written += 65_536;
        };
        response.on('drain', goOn);
        return goOn();
      }
      if (pathname === '/echo') return void request.pipe(response);
      response.writeHead(200, { 'x-version': request.httpVersion }).end(`${request.method} ${request.url}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    friendly.url = `${secure ? 'https' : 'http'}://127.0.0.1:${port}`;
    return friendly;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let secure: Friendly;
beforeAll(async () => void (secure = await Friendly.start(true)));
afterAll(async () => await secure[Symbol.asyncDispose]());

const overTls = (options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ allowH2: true, tls: { ca: cert }, ...options });

const failure = async (asked: PromiseLike<unknown>): Promise<unknown> =>
  asked.then(
    () => 'no error',
    (error: unknown) => error,
  );

const text = coroutine(function* (session: ClientSession, url: string) {
  const response = yield* session.get(url);
  return yield* response.text();
});

describe('connections', () => {
  test('a hundred requests at once share the first connection, in both gears', async () => {
    const before = secure.connections;
    await using session = overTls({ limit: 0 });
    const asyncText = coroutine(async (url: string) => await (await session.get(url)).text());
    const main = coroutine(async () =>
      gather(
        Array.from({ length: 100 }, (_, at) =>
          at % 2 === 0 ? text(session, `${secure.url}/${at}`) : asyncText(`${secure.url}/${at}`),
        ),
      ),
    );
    expect(await run(main())).toEqual(Array.from({ length: 100 }, (_, at) => `GET /${at}`));
    expect(secure.connections).toBe(before + 1);
  });

  test('no more at once than the server allows; what is beyond goes over further connections', async () => {
    await using few = await Friendly.start(false, { maxConcurrentStreams: 4 });
    await using session = new ClientSession({ version: '2' });
    const main = coroutine(async () => gather(Array.from({ length: 12 }, () => text(session, `${few.url}/slow`))));
    expect(new Set(await run(main()))).toEqual(new Set(['slow']));
    expect(few.connections).toBeLessThanOrEqual(4);
    expect(few.most).toBeGreaterThan(4);
  });

  test('limit and limitPerHost bound requests', async () => {
    for (const options of [{ limit: 3 }, { limitPerHost: 3 }]) {
      await using one = await Friendly.start(false);
      await using session = new ClientSession({ version: '2', ...options });
      await run(coroutine(async () => gather(Array.from({ length: 12 }, () => text(session, `${one.url}/slow`))))());
      expect([one.most, one.connections]).toEqual([3, 1]);
    }
  });

  test('keepAlive: false gives each request its own, an idle one ends after keepAliveTimeout', async () => {
    await using one = await Friendly.start(false);
    await using session = new ClientSession({ version: '2', keepAlive: false });
    for (let i = 0; i < 3; i++) expect(await (await session.get(one.url)).text()).toBe('GET /');
    await vi.waitFor(() => expect([one.connections, one.sockets.size]).toEqual([3, 0]));
    await using idle = new ClientSession({ version: '2', keepAliveTimeout: 30 });
    for (let i = 0; i < 2; i++) await (await idle.get(one.url)).text();
    await vi.waitFor(() => expect([one.connections, one.sockets.size]).toEqual([4, 0]));
  });

  test('who gives up while the connection is made leaves it to the others', async () => {
    const before = secure.connections;
    await using session = overTls();
    const main = coroutine(async () => {
      const tasks = Array.from({ length: 5 }, () => createTask(text(session, secure.url)));
      await sleep(0);
      tasks[0]?.cancel();
      await wait(tasks);
      return tasks.slice(1).map((task) => task.result());
    });
    expect(await run(main())).toEqual(Array.from({ length: 4 }, () => 'GET /'));
    expect(secure.connections).toBe(before + 1);
  });

  test('a server that chooses HTTP/1.1 gets a connection for each', async () => {
    const { createServer: createHttps } = await import('node:https');
    let connections = 0;
    const server = createHttps({ key, cert }, (_request, response) => void setTimeout(() => response.end('1.1'), 10));
    server.on('connection', () => (connections += 1)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
    await using session = overTls();
    for (let round = 0; round < 2; round++)
      expect(await run(coroutine(async () => gather([1, 2, 3].map(() => text(session, url))))())).toEqual([
        '1.1',
        '1.1',
        '1.1',
      ]);
    expect(connections).toBe(3);
    await session.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a connection on which a hundred requests were given up takes no more', async () => {
    await using one = await Friendly.start(false);
    await using session = new ClientSession({ version: '2' });
    const main = coroutine(async () => {
      for (let round = 0; round < 11; round++) {
        const tasks = Array.from({ length: 10 }, () => createTask(text(session, `${one.url}/silent`)));
        await sleep(5);
        for (const task of tasks) task.cancel();
        await wait(tasks);
      }
      return await text(session, one.url);
    });
    expect(await run(main())).toBe('GET /');
    await vi.waitFor(() => expect([one.connections, one.sockets.size]).toEqual([2, 1]));
  });

  test('one that has fallen silent is asked whether it lives, and left', async () => {
    let silent = false;
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => {
        if (wire.number > 1 || !silent) answerWell(wire, stream);
      },
    });
    await using session = new ClientSession({ version: '2', timeout: { sockRead: 1050 } });
    expect(await (await session.get(server.url)).text()).toBe('good');
    silent = true;
    expect(await failure(session.get(server.url))).toMatchObject({ deadline: 'sockRead' });
    await vi.waitFor(() => expect(server.wires[0]?.received.some(({ type }) => type === frameTypes.ping)).toBe(true));
  });
});

describe('versions', () => {
  test('response.version says what was spoken', async () => {
    await using session = overTls();
    await using plain = await startServer((_request, response) => void response.end('x'));
    expect((await session.get(secure.url)).version).toBe('2.0');
    expect((await session.get(plain.url)).version).toBe('1.1');
  });

  test('version 2 wants HTTP/2 of an https server, and speaks it to an http server', async () => {
    await using one = await Friendly.start(false);
    await using session = new ClientSession({ version: '2', tls: { ca: cert } });
    expect(await (await session.get(one.url)).text()).toBe('GET /');
    expect((await session.get(secure.url)).version).toBe('2.0');
    const { createServer: createHttps } = await import('node:https');
    const server = createHttps({ key, cert, ALPNProtocols: ['http/1.1'] }, () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
    expect(await failure(session.get(url))).toMatchObject({
      code: expect.stringMatching(/^COTASK_HTTP_(TLS|CONNECT)$/u),
    });
    await session.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each<ClientSessionOptions>([
    { version: '1.1', allowH2: true },
    { version: '2', allowH2: false },
  ])('%o is refused', (options) => {
    expect(() => new ClientSession(options)).toThrow(/exclude each other/u);
  });

  test('an unknown version is refused', () => {
    const options: object = { version: '1.0' };
    expect(() => new ClientSession(options)).toThrow("version must be '1.1' or '2'");
  });

  test('a host of another name, and WebSockets, go over HTTP/1.1', async () => {
    await using session = overTls();
    expect((await session.get(secure.url)).version).toBe('2.0');
    const other = await session.get(secure.url, { headers: { host: 'localhost' } });
    expect([other.version, await other.text()]).toEqual(['1.1', 'GET /']);
  });

  test('a redirect may lead from HTTP/2 to HTTP/1.1', async () => {
    await using plain = await startServer((_request, response) => void response.end('over there'));
    await using session = overTls();
    const options = { headers: { 'x-to': plain.url }, allowInsecureRedirects: true };
    const response = await session.get(`${secure.url}/moved`, options);
    expect([await response.text(), response.version, response.history.length]).toEqual(['over there', '1.1', 1]);
  });

  test('through a proxy’s tunnel too; what is asked of the proxy itself cannot be', async () => {
    const tunnels: string[] = [];
    const proxy = createPlain((client) => {
      client.on('error', () => undefined);
      client.once('data', (head: Buffer) => {
        const [, host = '', port = ''] = /^CONNECT (\S+):(\d+) /u.exec(head.toString()) ?? [];
        tunnels.push(`${host}:${port}`);
        const server = connect(Number(port), host, () => void client.write('HTTP/1.1 200 OK\r\n\r\n'));
        server.on('error', () => undefined);
        client.pipe(server).pipe(client);
      });
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    await using session = overTls({ proxy: url });
    const texts = await run(coroutine(async () => gather([1, 2, 3].map(() => text(session, secure.url))))());
    expect([texts, tunnels.length]).toEqual([['GET /', 'GET /', 'GET /'], 1]);
    expect((await session.get(secure.url)).version).toBe('2.0');
    await session.close();
    await using only = new ClientSession({ version: '2', proxy: url });
    expect(await failure(only.get('http://x.test/'))).toMatchObject({ code: 'COTASK_HTTP_OPTION' });
    await new Promise((resolve) => proxy.close(resolve));
  });

  test('guards hold', async () => {
    await using session = overTls({ publicAddressesOnly: true });
    expect(await failure(session.get(secure.url))).toMatchObject({ code: 'COTASK_HTTP_NON_PUBLIC_ADDRESS' });
  });
});

describe('what a server may say in the middle', () => {
  const codes = [1, 2, 3, 5, 6, 8, 9, 10, 11, 12];

  test.each(codes)('a reset with code %i is an error, before the head and after it', async (code) => {
    let half = false;
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => {
        if (half) wire.send(headersFrame(stream, ok), dataFrame(stream, 'go'));
        wire.send(rstFrame(stream, code));
      },
    });
    await using session = new ClientSession({ version: '2' });
    expect(await failure(session.get(server.url))).toMatchObject({
      code: expect.stringMatching(/^COTASK_HTTP_(DISCONNECTED|MESSAGE)$/u),
      message: expect.stringContaining('reset'),
    });
    half = true;
    const reading = coroutine(async () => await (await session.get(server.url)).text());
    expect(await failure(reading())).toMatchObject({ code: 'COTASK_HTTP_PAYLOAD', bytes: 2 });
    expect(server.wires).toHaveLength(1);
  });

  test.each(['GET', 'POST'])('a %s that was refused unseen is sent again, body and all', async (method) => {
    const bodies: string[] = [];
    let refusals = 2;
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => {
        if (refusals-- > 0) wire.send(rstFrame(stream, 7));
        else setTimeout(() => answerWell(wire, stream), 10);
      },
      onFrame: (_wire, { type, payload }) => void (type === frameTypes.data && bodies.push(payload.toString())),
    });
    await using session = new ClientSession({ version: '2' });
    const response = await session.request(method, server.url, method === 'POST' ? { data: 'once' } : {});
    expect(await response.text()).toBe('good');
    expect(server.wires.length).toBeLessThanOrEqual(2);
    if (method === 'POST') expect(bodies.at(-1)).toBe('once');
  });

  test('a stream that was refused is not sent again', async () => {
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => wire.send(rstFrame(stream, 7)),
    });
    await using session = new ClientSession({ version: '2' });
    const data = (async function* (): AsyncGenerator<string> {
      yield 'once';
    })();
    expect(await failure(session.post(server.url, { data }))).toMatchObject({ code: 'COTASK_HTTP_DISCONNECTED' });
    expect(server.wires).toHaveLength(1);
  });

  test('GOAWAY: what was accepted is answered, the rest and what follows goes elsewhere', async () => {
    const held: [Http2Wire, number][] = [];
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => {
        if (wire.number > 1) return answerWell(wire, stream);
        held.push([wire, stream]);
        if (held.length < 4) return;
        wire.send(goAwayFrame(3, 0));
        for (const [on, id] of held.slice(0, 2)) answerWell(on, id);
      },
    });
    await using session = new ClientSession({ version: '2' });
    const main = coroutine(async () => gather([1, 2, 3, 4].map(() => text(session, server.url))));
    expect(await run(main())).toEqual(['good', 'good', 'good', 'good']);
    expect(await (await session.get(server.url)).text()).toBe('good');
    expect(server.wires).toHaveLength(2);
    await vi.waitFor(() => expect(server.connections).toBe(1));
  });

  test('HTTP_1_1_REQUIRED is obeyed', async () => {
    const server = createSecureServer({ key, cert, allowHTTP1: true });
    server.on('stream', (stream) => stream.on('error', () => undefined).close(13));
    server.on('request', (request, response) => {
      if (request.httpVersionMajor === 1) response.end('over 1.1');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
    await using session = overTls();
    expect(await (await session.get(url)).text()).toBe('over 1.1');
    await session.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a server that takes none for now is waited for, within the deadline of connecting', async () => {
    await using server = await startHttp2Wire({
      onOpen: (wire) => {
        wire.send(settingsFrame({ [settings.maxConcurrentStreams]: 1 }));
      },
      onRequest: (wire, stream, count) => {
        if (count > 1) return answerWell(wire, stream);
        wire.send(settingsFrame({ [settings.maxConcurrentStreams]: 0 }));
        answerWell(wire, stream);
      },
    });
    await using session = new ClientSession({ version: '2' });
    expect(await (await session.get(server.url)).text()).toBe('good');
    await sleep(20);
    expect(await failure(session.get(server.url, { timeout: { connect: 50 } }))).toMatchObject({ deadline: 'connect' });
    const waiting = createTask(text(session, server.url));
    await sleep(20);
    for (const wire of server.wires) wire.send(settingsFrame({ [settings.maxConcurrentStreams]: 5 }));
    expect(await waiting).toBe('good');
  });

  test('what comes after a request was given up does no harm, and the connection goes on', async () => {
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream, count) => void (count % 2 === 0 && answerWell(wire, stream)),
      onFrame: (wire, { type, stream }) => {
        if (type === frameTypes.rstStream) wire.send(headersFrame(stream, ok), dataFrame(stream, 'late'.repeat(1000)));
      },
    });
    await using session = new ClientSession({ version: '2' });
    for (let round = 0; round < 20; round++) {
      expect(await failure(session.get(server.url, { timeout: 5 }))).toMatchObject({ deadline: 'total' });
      expect(await (await session.get(server.url)).text()).toBe('good');
    }
    expect(server.wires).toHaveLength(1);
  });

  test('a body that came whole is handed on though the connection has ended since', async () => {
    const size = 200_000;
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => {
        wire.send(headersFrame(stream, ok));
        for (let sent = 0; sent < size; sent += 10_000)
          wire.send(dataFrame(stream, Buffer.alloc(10_000), sent + 10_000 >= size));
        wire.send(goAwayFrame(stream, 0));
        wire.end();
      },
    });
    await using session = new ClientSession({ version: '2' });
    const response = await session.get(server.url);
    let bytes = (await response.readChunk())?.byteLength ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (let chunk = await response.readChunk(); chunk !== null; chunk = await response.readChunk())
      bytes += chunk.byteLength;
    expect(bytes).toBe(size);
  });
});

describe('bodies', () => {
  test('a slow reader holds the server back, and nobody else', async () => {
    await using one = await Friendly.start(false);
    await using session = new ClientSession({ version: '2' });
    const held = await Promise.all(Array.from({ length: 5 }, () => session.get(`${one.url}/large`)));
    for (const response of held) await response.readChunk();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(one.written).toBeLessThan(5 * mebibyte);
    expect(await (await session.get(one.url)).text()).toBe('GET /');
    for (const response of held) response.close();
    expect(one.connections).toBe(1);
  });

  test('uploads come whole, bytes and streams', async () => {
    await using session = overTls();
    const pieces = ['a'.repeat(100_000), 'b'.repeat(200_000)];
    const stream = (async function* (): AsyncGenerator<string> {
      yield* pieces;
    })();
    for (const data of [pieces.join(''), stream]) {
      const response = await session.post(`${secure.url}/echo`, { data });
      expect(await response.text()).toBe(pieces.join(''));
    }
    expect(await (await session.put(`${secure.url}/echo`)).text()).toBe('');
  });

  test('an answer in the middle of an upload ends it', async () => {
    await using session = overTls();
    let closed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield new Uint8Array(10_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        closed = true;
      }
    };
    const response = await session.post(`${secure.url}/early`, { data: endless() });
    expect([response.status, await response.text()]).toEqual([413, 'too much']);
    await vi.waitFor(() => expect(closed).toBe(true));
    expect(await (await session.get(secure.url)).text()).toBe('GET /');
  });

  test('a length that is not the body’s is refused, what its source throws is thrown', async () => {
    await using session = overTls();
    const data = async function* (fails: boolean): AsyncGenerator<string> {
      yield 'four';
      if (fails) throw new RangeError('the source');
    };
    const options = { data: data(false), headers: { 'content-length': '5' } };
    expect(await failure(session.post(`${secure.url}/echo`, options))).toMatchObject({ code: 'COTASK_HTTP_OPTION' });
    expect(await failure(session.post(`${secure.url}/silent`, { data: data(true) }))).toBeInstanceOf(RangeError);
  });

  test('HEAD has no body and leaves the connection; headers of HTTP/1.1 are left out', async () => {
    const before = secure.connections;
    await using session = overTls();
    for (let i = 0; i < 2; i++) {
      const response = await session.head(secure.url, { headers: { connection: 'close' } });
      expect([response.status, await response.text(), response.framed]).toEqual([200, '', true]);
    }
    expect(secure.connections).toBe(before + 1);
  });
});

describe('deadlines', () => {
  test.each<[keyof ClientTimeout, ClientTimeout, string, object]>([
    ['total', { total: 60 }, '/silent', { stage: 'head' }],
    ['firstByte', { firstByte: 60 }, '/silent', { stage: 'head' }],
    ['sockRead', { sockRead: 60 }, '/silent', { stage: 'head' }],
    ['minThroughput', { minThroughput: 100_000, throughputWindow: 50 }, '/drip', { code: 'COTASK_HTTP_TOO_SLOW' }],
  ])('%s: %o', async (deadline, timeout, path, facts) => {
    await using session = overTls({ timeout });
    expect(await failure(text(session, secure.url + path))).toMatchObject({ deadline, ...facts });
  });

  test('sockRead in a body', async () => {
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame()),
      onRequest: (wire, stream) => wire.send(headersFrame(stream, ok), dataFrame(stream, 'go')),
    });
    await using session = new ClientSession({ version: '2', timeout: { sockRead: 60 } });
    expect(await failure(text(session, server.url))).toMatchObject({ deadline: 'sockRead', stage: 'body', bytes: 2 });
  });

  test('a window that never opens is a silence', async () => {
    await using server = await startHttp2Wire({
      onOpen: (wire) => wire.send(settingsFrame({ [settings.initialWindowSize]: 0 })),
      onRequest: () => undefined,
    });
    await using session = new ClientSession({ version: '2', timeout: { sockRead: 60 } });
    const error = await failure(session.post(server.url, { data: new Uint8Array(100_000) }));
    expect(error).toMatchObject({ deadline: 'sockRead', stage: 'sending' });
  });
});

describe('what is told', () => {
  test('one request makes the connection, those that wait for it find it there', async () => {
    const told: string[] = [];
    const trace: TraceConfig = {
      onConnectionCreateStart: () => void told.push('create'),
      onConnectionCreateEnd: () => void told.push('created'),
      onConnectionReuse: () => void told.push('reuse'),
    };
    await using session = overTls({ traces: [trace] });
    const ask = coroutine(async () => {
      const response = await session.get(secure.url);
      await response.text();
      return response.timings;
    });
    const timings = await run(coroutine(async () => gather([ask(), ask(), ask()]))());
    expect(told.sort()).toEqual(['create', 'created', 'reuse', 'reuse']);
    expect(timings.map(({ tls }) => tls !== null)).toEqual([true, false, false]);
    expect(timings.every(({ firstByte, body, total }) => firstByte !== null && body !== null && total !== null)).toBe(
      true,
    );
  });
});

test('frames have the form that the wire wants', () => {
  expect(frame(frameTypes.ping, flags.ack, 0, Buffer.alloc(8)).toString('hex')).toBe(
    `000008060100000000${'00'.repeat(8)}`,
  );
});
