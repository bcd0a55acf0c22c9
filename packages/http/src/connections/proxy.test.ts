import { coroutine, createTask, run, sleep } from 'cotask';
import { findProgram, startServer, startTinyproxy, type TestServer } from '@cotask/test-servers';
import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import net, { type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ClientSession, InvalidOptionError, type ClientSessionOptions, type RequestOptions } from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';
import { ProxyEnvironment } from './proxy.ts';
import { splitUrl } from '../message/request-url.ts';

const portOf = (server: Server | net.Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

async function listen<S extends Server | net.Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What a proxy was asked. */
interface Asked {
  method: string;
  target: string;
  authorization: string | undefined;
  header: string | undefined;
}

/** A forward proxy that writes down what it is asked. */
class Proxy {
  readonly asked: Asked[] = [];
  readonly sockets = new Set<Socket>();
  readonly server: Server;

  constructor(secure: boolean) {
    const forward = (request: IncomingMessage, response: ServerResponse): void => {
      this.note(request);
      const { 'proxy-authorization': _drop, ...headers } = request.headers;
      const onward = ask(request.url ?? '', { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward.on('error', () => response.destroy()));
    };
    this.server = secure ? createTlsServer({ key, cert }, forward) : createServer(forward);
    this.server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.sockets.add(socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined));
    });
    this.server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.note(request);
      // A server's sockets stay open for writing until they are told otherwise.
      socket.on('end', () => socket.end());
      if (request.headers['x-mode'] !== undefined) socket.resume();
      if (request.headers['x-mode'] === 'refuse') return void socket.end('HTTP/1.1 407 Who are you\r\n\r\n');
      if (request.headers['x-mode'] === 'close') return void socket.end();
      if (request.headers['x-mode'] === 'garbage') return void socket.end('SSH-2.0 hello\r\n\r\n');
      if (request.headers['x-mode'] === 'endless') return void socket.write('x'.repeat(100_000));
      if (request.headers['x-mode'] === 'silent') return;
      if (request.headers['x-mode'] === 'talks') return void socket.write('HTTP/1.1 200 OK\r\n\r\nmore');
      const [host = '', port] = (request.url ?? '').split(':');
      const onward = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\nvia: me\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  }

  note({ method = '', url = '', headers }: IncomingMessage): void {
    const header = headers['x-for-proxy'];
    this.asked.push({ method, target: url, authorization: headers['proxy-authorization'], header: String(header) });
  }

  get url(): string {
    return `${'key' in this.server ? 'https' : 'http'}://127.0.0.1:${portOf(this.server)}`;
  }
}

let origin: TestServer;
let secureOrigin: Server;
let proxy: Proxy;
let secureProxy: Proxy;

beforeAll(async () => {
  origin = await startServer((request, response) => {
    if (request.url === '/away')
      response.writeHead(302, { location: `https://localhost:${portOf(secureOrigin)}/landed` });
    response.end(`${request.url} ${request.headers['proxy-authorization']} ${String(request.headers['x-for-proxy'])}`);
  });
  secureOrigin = await listen(
    createTlsServer({ key, cert }, (request, response) => {
      response.end(
        `${request.url} ${request.headers['proxy-authorization']} ${String(request.headers['x-for-proxy'])}`,
      );
    }),
  );
  proxy = new Proxy(false);
  secureProxy = new Proxy(true);
  await listen(proxy.server);
  await listen(secureProxy.server);
});

afterAll(async () => {
  await origin.close();
  for (const server of [secureOrigin, proxy.server, secureProxy.server]) {
    server.closeAllConnections();
    server.close();
  }
});

const secureUrl = (): string => `https://localhost:${portOf(secureOrigin)}`;
const trusting = { tls: { ca: cert }, proxyTls: { ca: cert } };

/** Asks over a session of its own and gives the text; the proxies have no socket left then. */
async function read(url: string, session: ClientSessionOptions, options: RequestOptions = {}): Promise<string> {
  const client = new ClientSession(session);
  try {
    return await (await client.get(url, options)).text();
  } finally {
    await client.close();
    await vi.waitFor(() => expect(proxy.sockets.size + secureProxy.sockets.size).toBe(0));
  }
}

describe.each([
  ['http', () => proxy, () => `http://127.0.0.1:${portOf(proxy.server)}`],
  ['https', () => secureProxy, () => `https://127.0.0.1:${portOf(secureProxy.server)}`],
])('an %s proxy', (_scheme, which, url) => {
  test('is asked for an http URL whole, with the fields that are for it', async () => {
    which().asked.length = 0;
    const credentials = url().replace('//', '//me:word@');
    const options = { ...trusting, proxy: credentials, proxyHeaders: { 'x-for-proxy': 'yes' } };
    expect(await read(`${origin.url}/a?b`, options)).toBe('/a?b undefined yes');
    expect(which().asked).toEqual([
      { method: 'GET', target: `${origin.url}/a?b`, authorization: `Basic ${btoa('me:word')}`, header: 'yes' },
    ]);
  });

  test('makes a tunnel to an https server, which hears nothing of what is for the proxy', async () => {
    which().asked.length = 0;
    const proxyAuth = { username: 'me', password: 'word' };
    const options = { ...trusting, proxy: new URL(url()), proxyAuth, proxyHeaders: { 'x-for-proxy': 'yes' } };
    expect(await read(`${secureUrl()}/a`, options)).toBe('/a undefined undefined');
    expect(which().asked).toEqual([
      {
        method: 'CONNECT',
        target: `localhost:${portOf(secureOrigin)}`,
        authorization: `Basic ${btoa('me:word')}`,
        header: 'yes',
      },
    ]);
  });

  test('is asked over connections that are kept, and for every hop', async () => {
    which().asked.length = 0;
    await using session = new ClientSession({ ...trusting, proxy: url() });
    for (let at = 0; at < 3; at += 1) {
      expect(await (await session.get(`${origin.url}/${at}`)).text()).toContain(`/${at}`);
      expect(await (await session.get(`${secureUrl()}/${at}`)).text()).toContain(`/${at}`);
    }
    expect(await (await session.get(`${origin.url}/away`)).text()).toContain('/landed');
    expect(
      which()
        .asked.map(({ method }) => method)
        .filter((method) => method === 'CONNECT'),
    ).toHaveLength(1);
    expect(which().sockets.size).toBe(2);
  });
});

test.each([
  ['refuse', { code: 'COTASK_HTTP_PROXY', status: 407, reason: 'Who are you' }],
  ['close', { code: 'COTASK_HTTP_PROXY_CONNECT' }],
  ['garbage', { code: 'COTASK_HTTP_PROXY_CONNECT' }],
  ['endless', { code: 'COTASK_HTTP_PROXY_CONNECT' }],
  ['talks', { code: 'COTASK_HTTP_PROXY_CONNECT' }],
  ['silent', { code: 'COTASK_HTTP_CONNECT_TIMEOUT', deadline: 'sockConnect' }],
])('a proxy that answers CONNECT with %s is an error of its own', async (mode, wanted) => {
  const options = { ...trusting, timeout: { sockConnect: 300 }, proxy: proxy.url, proxyHeaders: { 'x-mode': mode } };
  await expect(read(secureUrl(), options)).rejects.toMatchObject(wanted);
});

test('a proxy that is not there is told of by its own address', async () => {
  const closed = await listen(net.createServer());
  const port = portOf(closed);
  closed.close();
  for (const url of [origin.url, secureUrl()]) {
    await expect(read(url, { proxy: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'COTASK_HTTP_PROXY_CONNECT',
      host: '127.0.0.1',
      port,
      cause: { code: 'ECONNREFUSED' },
    });
  }
});

test('the certificate of the server is looked at through the tunnel', async () => {
  await expect(read(secureUrl(), { proxy: proxy.url })).rejects.toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
});

test('a request may go through another proxy, or directly, or with TLS options of its own', async () => {
  await using session = new ClientSession({ ...trusting, proxy: 'http://127.0.0.1:1' });
  expect(await (await session.get(origin.url, { proxy: null })).text()).toContain('/');
  proxy.asked.length = 0;
  expect(await (await session.get(origin.url, { proxy: proxy.url })).text()).toContain('/');
  expect(proxy.asked).toHaveLength(1);
  await using strict = new ClientSession();
  await expect(strict.get(secureUrl())).rejects.toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
  const tls = { ca: cert };
  for (let at = 0; at < 2; at += 1) expect((await strict.get(secureUrl(), { tls })).status).toBe(200);
  await expect(strict.get(secureUrl())).rejects.toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
});

test('a cancel while the tunnel is made leaves no socket', async () => {
  await using session = new ClientSession({ ...trusting, proxy: proxy.url, proxyHeaders: { 'x-mode': 'silent' } });
  const main = coroutine(async () => {
    for (const wait of [0, 1, 5, 30]) {
      const task = createTask(session.get(secureUrl()));
      await sleep(wait);
      task.cancel();
      await expect(task).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
    }
  });
  await run(main());
  await vi.waitFor(() => expect(proxy.sockets.size).toBe(0));
});

test.each<[ClientSessionOptions, string]>([
  [{ proxy: 'ftp://x' }, 'proxy must be an http:, https:, socks5: or socks5h: URL'],
  [{ proxy: 'nonsense' }, 'proxy must be'],
  [{ proxyAuth: { bearer: 'x' } }, 'proxyAuth is given without a proxy'],
  [{ proxy: 'http://u:p@x', proxyAuth: { bearer: 'x' } }, 'given twice'],
  [{ proxy: 'http://x', proxyHeaders: { a: 'b\r\nc: d' } }, 'holds a line end'],
])('refuses %o', (options, words) => {
  expect(() => new ClientSession(options)).toThrow(InvalidOptionError);
  expect(() => new ClientSession(options)).toThrow(words);
});

test('publicAddressesOnly and a proxy exclude each other', async () => {
  await using session = new ClientSession({ publicAddressesOnly: true });
  await expect(session.get('http://x.test/', { proxy: proxy.url })).rejects.toThrow('exclude each other');
});

describe('the environment', () => {
  test.each<[Record<string, string>, string, string | null]>([
    [{}, 'http://a.test/', null],
    [{ http_proxy: 'http://p:1' }, 'http://a.test/', 'p:1'],
    [{ http_proxy: 'p:1' }, 'http://a.test/', 'p:1'],
    [{ HTTP_PROXY: 'http://p:1' }, 'http://a.test/', null],
    [{ http_proxy: 'http://p:1' }, 'https://a.test/', null],
    [{ HTTPS_PROXY: 'https://p' }, 'https://a.test/', 'p:443'],
    [{ all_proxy: 'http://p:1', https_proxy: '' }, 'https://a.test/', null],
    [{ all_proxy: 'http://p:1' }, 'https://a.test/', 'p:1'],
    [{ all_proxy: 'http://p:1', no_proxy: '*' }, 'http://a.test/', null],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.test' }, 'http://a.test/', null],
    [{ all_proxy: 'http://p:1', no_proxy: 'b.test, .A.test' }, 'http://sub.a.test/', null],
    [{ all_proxy: 'http://p:1', no_proxy: '*.a.test' }, 'http://sub.a.test/', null],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.test' }, 'http://ba.test/', 'p:1'],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.test:80' }, 'http://a.test/', null],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.test:81' }, 'http://a.test/', 'p:1'],
    [{ all_proxy: 'http://p:1', NO_PROXY: '10.0.0.0/8 fc00::/7' }, 'http://10.1.2.3/', null],
    [{ all_proxy: 'http://p:1', NO_PROXY: '10.0.0.0/8 fc00::/7' }, 'http://11.1.2.3/', 'p:1'],
    [{ all_proxy: 'http://p:1', NO_PROXY: '10.0.0.0/8 fc00::/7' }, 'http://[fd00::1]:8080/', null],
    [{ all_proxy: 'http://p:1', no_proxy: '[::1]' }, 'http://[::1]/', null],
    [{ all_proxy: 'http://p:1', no_proxy: '0.0.1' }, 'http://127.0.0.1/', 'p:1'],
  ])('%o sends %s through %s', (env, url, wanted) => {
    const found = new ProxyEnvironment(env).proxyFor(splitUrl(url));
    expect(found === null ? null : `${found.hostname}:${found.port}`).toBe(wanted);
  });

  test('is asked with trustEnv only, and a bad variable is refused at once', async () => {
    proxy.asked.length = 0;
    vi.stubEnv('http_proxy', proxy.url);
    vi.stubEnv('no_proxy', '');
    try {
      await read(origin.url, {});
      expect(proxy.asked).toHaveLength(0);
      await read(origin.url, { trustEnv: true });
      expect(proxy.asked).toHaveLength(1);
      await read(origin.url, { trustEnv: true }, { proxy: null });
      expect(proxy.asked).toHaveLength(1);
      vi.stubEnv('http_proxy', 'socks4://x');
      expect(() => new ClientSession({ trustEnv: true })).toThrow('the variable http_proxy');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

const tinyproxy = findProgram('tinyproxy');

describe.skipIf(tinyproxy === null)('tinyproxy', () => {
  const configuration = ['BasicAuth me word', 'MaxClients 20', 'ConnectPort 1'];

  test('takes http, tunnels https, and wants to know who asks', async () => {
    const lines = [...configuration, `ConnectPort ${portOf(secureOrigin)}`];
    await using daemon = await startTinyproxy({ program: tinyproxy ?? '', configuration: lines });
    const through = { ...trusting, proxy: `http://me:word@127.0.0.1:${daemon.ports[0]}` };
    expect(await read(`${origin.url}/tiny`, through)).toContain('/tiny');
    expect(await read(`${secureUrl()}/tiny`, through)).toContain('/tiny');
    const wrong = { ...trusting, proxy: `http://127.0.0.1:${daemon.ports[0]}` };
    await expect(read(secureUrl(), wrong)).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY', status: 407 });
    await using session = new ClientSession(wrong);
    expect((await session.get(origin.url)).status).toBe(407);
  });

  test('makes tunnels to the ports of its list alone, and says what it cannot reach', async () => {
    await using daemon = await startTinyproxy({ program: tinyproxy ?? '', configuration });
    const through = { ...trusting, proxy: `http://me:word@127.0.0.1:${daemon.ports[0]}` };
    await expect(read(secureUrl(), through)).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY', status: 403 });
    await expect(read('https://127.0.0.1:1/', through)).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY' });
    await using session = new ClientSession(through);
    const unreachable = await session.get('http://127.0.0.1:1/');
    expect(unreachable.status).toBeGreaterThanOrEqual(500);
  });
});
