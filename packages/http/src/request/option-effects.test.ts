/**
 * No option is taken and ignored: for each one that exists, something that servers or callers see is another with it than
 * without it.
 */
import { startServer, type TestServer } from '@cotask/test-servers';
import { createSecureServer } from 'node:http2';
import net, { type LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { MockAgent } from 'undici';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  ClientSession,
  Connector,
  type ClientSessionOptions,
  type ClientTimeout,
  type RequestOptions,
  type TraceConfig,
} from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';

let server: TestServer;
let secure: Server;
let http2: ReturnType<typeof createSecureServer>;
let unix: Server;
let silent: net.Server;
let proxy: TestServer;
const socketFile = path.join(tmpdir(), `option-effects-${process.pid}.sock`);
/** Requests in flight at once, at most. */
let peak = 0;
let inFlight = 0;

const portOf = (one: net.Server): number => {
  const address = one.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += Buffer.from(chunk).toString('latin1');
  const { method, url, headers, httpVersion, socket } = request;
  response.end(JSON.stringify({ method, url, headers, httpVersion, peer: socket.remoteAddress, body }));
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = '' } = request;
  if (url === '/hang') return;
  if (url === '/redirect') response.writeHead(302, { location: '/echo' }).end();
  else if (url === '/500') response.writeHead(500).end('wrong');
  else if (url === '/gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(2_000_000)));
  else if (url === '/large') response.end(Buffer.alloc(20_000_000));
  else if (url === '/cookie') response.setHeader('set-cookie', 'a=1').end();
  else if (url === '/latin') response.end(Buffer.from([0xe9]));
  else if (url === '/eof') response.socket?.end('HTTP/1.1 200 OK\r\n\r\nuntil the end');
  else if (url === '/downgrade') response.writeHead(302, { location: `${server.url}/echo` }).end();
  else if (url === '/hint') {
    response.writeEarlyHints({ link: '</a>; rel=preload' });
    response.end('after a hint');
  } else if (url === '/pieces') {
    for (const piece of ['one', 'two', 'three']) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
  } else if (url === '/slow') {
    peak = Math.max(peak, (inFlight += 1));
    setTimeout(() => {
      inFlight -= 1;
      response.end();
    }, 20);
  } else if (url === '/drip') {
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  } else await echo(request, response);
}

beforeAll(async () => {
  server = await startServer(serve);
  proxy = await startServer((request, response) => {
    const { 'proxy-authorization': authorization, 'x-for-proxy': own } = request.headers;
    response.end(`the proxy was asked for ${request.url} by ${String(authorization)} ${String(own)}`);
  });
  secure = createTlsServer({ key, cert }, (request, response) => void serve(request, response));
  http2 = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    response.end(request.httpVersion);
  });
  unix = createServer((_request, response) => void response.end('over a Unix socket'));
  silent = net.createServer((socket) => void socket.on('error', () => undefined));
  for (const one of [secure, http2, silent]) await once(one.listen(0, '127.0.0.1'), 'listening');
  await once(unix.listen(socketFile), 'listening');
});

afterAll(async () => {
  await server.close();
  await proxy.close();
  secure.closeAllConnections();
  unix.closeAllConnections();
  for (const one of [secure, http2, unix, silent]) one.close();
});

/** What is done with a session, and seen. */
type Ask = (session: ClientSession, request: RequestOptions) => Promise<unknown>;

const httpsUrl = (): string => `https://127.0.0.1:${portOf(secure)}/echo`;
const trusting = { rejectUnauthorized: false };

const post: Ask = async (session, request) => await (await session.post(`${server.url}/echo`, request)).text();
const getFrom =
  (url: () => string): Ask =>
  async (session, request) => {
    const response = await session.get(url(), request);
    return [response.status, await response.text()];
  };
const get = (where: string): Ask => getFrom(() => server.url + where);
const bytesOf =
  (where: string): Ask =>
  async (session, request) =>
    (await (await session.get(server.url + where, request)).bytes()).byteLength;
/** What never comes is given up. */
const hang =
  (url: () => string = () => `${server.url}/hang`): Ask =>
  async (session, request) =>
    await (await session.get(url(), { signal: AbortSignal.timeout(250), ...request })).text();
const two: Ask = async (session, request) => {
  peak = 0;
  const one = async (): Promise<void> => void (await (await session.get(`${server.url}/slow`, request)).text());
  const ends = await Promise.allSettled([one(), one()]);
  return [peak, ends.map(({ status }) => status)];
};
/** How many connections two requests take that are a while apart. */
const apart: Ask = async (session, request) => {
  const before = server.totalConnections;
  await get('/echo')(session, request);
  await new Promise((resolve) => setTimeout(resolve, 120));
  await get('/echo')(session, request);
  return server.totalConnections - before;
};
const unread: Ask = async (session, request) => {
  const response = await session.get(`${server.url}/large`, request);
  for (let before = -1; before !== response.totalRawBytes;) {
    before = response.totalRawBytes;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  response.close();
  return response.totalRawBytes > 1_500_000;
};

const addresses =
  (...found: string[]): LookupFunction =>
  (_name, options, callback) => {
    const list = found.map((address) => ({ address, family: 4 }));
    callback(null, options.all === true ? list : (list[0]?.address ?? ''), 4);
  };
const named = getFrom(() => `http://name.test:${server.port}/echo`);

/** Names that were asked for, and how. */
let looked: string[] = [];
const noting: LookupFunction = (name, options, callback) => {
  looked.push(`${name} ${options.family}`);
  addresses('127.0.0.1')(name, options, callback);
};
const lookUps =
  (...names: string[]): Ask =>
  async (session, request) => {
    looked = [];
    for (const name of names) await (await session.get(`http://${name}.test:${server.port}/`, request)).text();
    return looked;
  };

let told: string[] = [];
const trace: TraceConfig = { onRequestStart: ({ request }) => void told.push(request.method) };

interface Row<Options> {
  /** The option's value. */
  readonly give: () => Options;
  readonly ask: Ask;
  /** What is there with it and without it. */
  readonly session?: () => ClientSessionOptions;
  readonly request?: () => RequestOptions;
}

const shared: { [Name in keyof (ClientSessionOptions | RequestOptions)]?: Row<ClientSessionOptions & RequestOptions> } =
  {
    timeout: { give: () => ({ timeout: 30 }), ask: hang() },
    raiseForStatus: { give: () => ({ raiseForStatus: true }), ask: get('/500') },
    allowRedirects: { give: () => ({ allowRedirects: false }), ask: get('/redirect') },
    maxRedirects: { give: () => ({ maxRedirects: 0 }), ask: get('/redirect') },
    allowInsecureRedirects: {
      give: () => ({ allowInsecureRedirects: true }),
      session: () => ({ tls: trusting }),
      ask: getFrom(() => `https://127.0.0.1:${portOf(secure)}/downgrade`),
    },
    maxBodySize: { give: () => ({ maxBodySize: 3 }), ask: get('/echo') },
    auth: { give: () => ({ auth: { bearer: 'x' } }), ask: get('/echo') },
    cookies: { give: () => ({ cookies: { a: 'b' } }), ask: get('/echo') },
    skipAutoHeaders: { give: () => ({ skipAutoHeaders: ['user-agent'] }), ask: get('/echo') },
    middlewares: {
      give: () => ({
        middlewares: [
          (request, next) => {
            request.headers.set('x-mine', '1');
            return next(request);
          },
        ],
      }),
      ask: get('/echo'),
    },
    autoDecompress: { give: () => ({ autoDecompress: false }), ask: bytesOf('/gzip') },
    maxDecompressedSize: {
      give: () => ({ maxDecompressedSize: 10 }),
      session: () => ({ maxExpansion: Infinity }),
      ask: bytesOf('/gzip'),
    },
    maxExpansion: {
      give: () => ({ maxExpansion: 2 }),
      session: () => ({ maxExpansion: Infinity }),
      ask: bytesOf('/gzip'),
    },
    maxChunks: { give: () => ({ maxChunks: 1 }), ask: get('/pieces') },
    readBufferSize: { give: () => ({ readBufferSize: 4_000_000 }), ask: unread },
    proxy: { give: () => ({ proxy: proxy.url }), ask: get('/echo') },
    proxyAuth: {
      give: () => ({ proxy: proxy.url, proxyAuth: { bearer: 'x' } }),
      session: () => ({ proxy: proxy.url }),
      request: () => ({ proxy: proxy.url }),
      ask: get('/echo'),
    },
    proxyHeaders: {
      give: () => ({ proxy: proxy.url, proxyHeaders: { 'x-for-proxy': 'x' } }),
      session: () => ({ proxy: proxy.url }),
      request: () => ({ proxy: proxy.url }),
      ask: get('/echo'),
    },
    proxyTls: {
      give: () => ({ proxy: `https://127.0.0.1:${portOf(secure)}`, proxyTls: trusting }),
      session: () => ({ proxy: `https://127.0.0.1:${portOf(secure)}` }),
      request: () => ({ proxy: `https://127.0.0.1:${portOf(secure)}` }),
      ask: get('/echo'),
    },
  };

const ofSession: { [Name in keyof ClientSessionOptions]?: Row<ClientSessionOptions> } = {
  connector: {
    give: () => {
      const connector = new Connector();
      void connector.close().then();
      return { connector };
    },
    ask: get('/echo'),
  },
  connectorOwner: {
    give: () => ({ connector: new Connector(), connectorOwner: true }),
    session: () => ({ connector: new Connector() }),
    ask: async (session) => {
      const { connector } = session;
      await session.close();
      const { closed } = connector;
      await connector.close();
      return closed;
    },
  },
  baseUrl: { give: () => ({ baseUrl: `${server.url}/` }), ask: async (session) => (await session.get('echo')).status },
  headers: { give: () => ({ headers: { 'x-mine': '1' } }), ask: get('/echo') },
  params: { give: () => ({ params: { a: 1 } }), ask: get('/echo') },
  cookieJar: {
    give: () => ({ cookieJar: null }),
    ask: async (session) => {
      await get('/cookie')(session, {});
      return await get('/echo')(session, {});
    },
  },
  fallbackCharset: { give: () => ({ fallbackCharset: 'latin1' }), ask: get('/latin') },
  jsonSerialize: {
    give: () => ({ jsonSerialize: () => '"mine"' }),
    ask: (session) => post(session, { json: { a: 1 } }),
  },
  trustEnv: { give: () => ({ trustEnv: true }), ask: get('/echo') },
  maxWaiting: { give: () => ({ maxWaiting: 0 }), session: () => ({ limit: 1 }), ask: two },
  schemes: { give: () => ({ schemes: ['https'] }), ask: get('/echo') },
  maxHeaders: { give: () => ({ maxHeaders: 1 }), ask: get('/echo') },
  maxInformational: { give: () => ({ maxInformational: 0 }), ask: get('/hint') },
  traces: {
    give: () => ({ traces: [trace] }),
    ask: async (session) => {
      told = [];
      await get('/echo')(session, {});
      return told;
    },
  },
  limit: { give: () => ({ limit: 1 }), ask: two },
  limitPerHost: { give: () => ({ limitPerHost: 1 }), ask: two },
  maxConnections: { give: () => ({ maxConnections: 1 }), ask: two },
  publicAddressesOnly: { give: () => ({ publicAddressesOnly: true }), ask: get('/echo') },
  maxDnsAnswers: {
    give: () => ({ maxDnsAnswers: 1 }),
    session: () => ({ lookup: addresses('127.0.0.9', '127.0.0.1') }),
    ask: named,
  },
  maxHeaderSize: { give: () => ({ maxHeaderSize: 20 }), ask: get('/echo') },
  lookup: { give: () => ({ lookup: addresses('127.0.0.1') }), ask: named },
  dnsCacheTtl: {
    give: () => ({ dnsCacheTtl: 60_000 }),
    session: () => ({ lookup: noting, keepAlive: false }),
    ask: lookUps('a', 'a'),
  },
  maxDnsEntries: {
    give: () => ({ maxDnsEntries: 1 }),
    session: () => ({ lookup: noting, dnsCacheTtl: 60_000, keepAlive: false }),
    ask: lookUps('a', 'b', 'a'),
  },
  family: { give: () => ({ family: 4 }), session: () => ({ lookup: noting }), ask: lookUps('a') },
  autoSelectFamily: {
    give: () => ({ autoSelectFamily: false }),
    session: () => ({ lookup: addresses('127.0.0.9', '127.0.0.1') }),
    ask: named,
  },
  autoSelectFamilyAttemptTimeout: {
    give: () => ({ autoSelectFamilyAttemptTimeout: 1234 }),
    ask: async (session) => {
      const connect = vi.spyOn(net, 'connect');
      await get('/echo')(session, {});
      const given = JSON.stringify(connect.mock.calls);
      connect.mockRestore();
      return given.includes('1234');
    },
  },
  localAddress: { give: () => ({ localAddress: '127.0.0.5' }), ask: get('/echo') },
  socketPath: { give: () => ({ socketPath: socketFile }), ask: get('/echo') },
  keepAlive: { give: () => ({ keepAlive: false }), ask: get('/echo') },
  keepAliveTimeout: { give: () => ({ keepAliveTimeout: 20 }), ask: apart },
  keepAliveMaxTimeout: { give: () => ({ keepAliveMaxTimeout: 20 }), ask: apart },
  allowH2: {
    give: () => ({ allowH2: true }),
    session: () => ({ tls: trusting }),
    ask: getFrom(() => `https://127.0.0.1:${portOf(http2)}/`),
  },
  version: {
    give: () => ({ version: '2' }),
    session: () => ({ tls: trusting }),
    ask: getFrom(() => `https://127.0.0.1:${portOf(http2)}/`),
  },
  tls: { give: () => ({ tls: trusting }), ask: getFrom(httpsUrl) },
  dispatcher: {
    give: () => {
      const agent = new MockAgent();
      agent.get(server.url).intercept({ path: '/echo' }).reply(200, 'mocked');
      return { dispatcher: agent };
    },
    ask: get('/echo'),
  },
};

const ofRequest: { [Name in keyof RequestOptions]?: Row<RequestOptions> } = {
  headers: { give: () => ({ headers: { 'x-mine': '1' } }), ask: get('/echo') },
  params: { give: () => ({ params: { a: 1 } }), ask: get('/echo') },
  json: { give: () => ({ json: { a: 1 } }), ask: post },
  form: { give: () => ({ form: { a: 1 } }), ask: post },
  data: { give: () => ({ data: 'x' }), ask: post },
  signal: { give: () => ({ signal: AbortSignal.abort() }), ask: get('/echo') },
  tls: { give: () => ({ tls: trusting }), ask: getFrom(httpsUrl) },
  serverHostname: {
    give: () => ({ serverHostname: 'localhost' }),
    session: () => ({ tls: { ca: cert }, lookup: addresses('127.0.0.1') }),
    ask: getFrom(() => `https://name.test:${portOf(secure)}/echo`),
  },
  compress: { give: () => ({ compress: 'gzip' }), request: () => ({ data: 'x' }), ask: post },
  chunked: { give: () => ({ chunked: true }), request: () => ({ data: 'x' }), ask: post },
  expect100: { give: () => ({ expect100: true }), request: () => ({ data: 'x' }), ask: post },
  readUntilEof: { give: () => ({ readUntilEof: false }), ask: get('/eof') },
  context: {
    give: () => ({ context: 'mine' }),
    session: () => ({
      middlewares: [
        (request, next) => {
          request.headers.set('x-context', String(request.context));
          return next(request);
        },
      ],
    }),
    ask: get('/echo'),
  },
};

const never: LookupFunction = () => undefined;
const ofTimeout: { [Name in keyof ClientTimeout]?: Row<ClientTimeout> } = {
  total: { give: () => ({ total: 30 }), ask: hang() },
  connect: {
    give: () => ({ connect: 30 }),
    session: () => ({ limit: 1 }),
    ask: async (session, request) => {
      const first = new AbortController();
      const holding = session.get(`${server.url}/hang`, { signal: first.signal, timeout: null }).then(null, () => null);
      try {
        return await hang()(session, request);
      } finally {
        first.abort();
        await holding;
      }
    },
  },
  sockConnect: {
    give: () => ({ sockConnect: 30 }),
    session: () => ({ lookup: never }),
    ask: hang(() => 'http://name.test/'),
  },
  tlsHandshake: { give: () => ({ tlsHandshake: 30 }), ask: hang(() => `https://127.0.0.1:${portOf(silent)}/`) },
  firstByte: { give: () => ({ firstByte: 30 }), ask: hang() },
  sockRead: { give: () => ({ sockRead: 30 }), ask: hang() },
  read: { give: () => ({ read: 30 }), ask: hang() },
  minThroughput: {
    give: () => ({ minThroughput: 1_000_000, throughputWindow: 30 }),
    request: () => ({ timeout: { throughputWindow: 30 } }),
    ask: hang(() => `${server.url}/drip`),
  },
  throughputWindow: {
    give: () => ({ minThroughput: 1_000_000, throughputWindow: 30 }),
    request: () => ({ timeout: { minThroughput: 1_000_000 } }),
    ask: hang(() => `${server.url}/drip`),
  },
};

/** What comes of it, an error by its code or name; what differs from run to run is left out. */
async function outcome(make: () => ClientSessionOptions, request: () => RequestOptions, ask: Ask): Promise<string> {
  let session: ClientSession | null = null;
  vi.stubEnv('http_proxy', proxy.url);
  vi.stubEnv('no_proxy', '');
  try {
    session = new ClientSession(make());
    return JSON.stringify(await ask(session, request()));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  } finally {
    vi.unstubAllEnvs();
    await session?.close();
  }
}

const nothing = (): object => ({});

/** The options that exist, as the refusal of one that does not says them. */
function known(refuse: () => unknown): string[] {
  try {
    refuse();
  } catch (error) {
    return (/it knows (.*)$/u.exec(String(error))?.[1] ?? '').split(', ');
  }
  return expect.unreachable();
}

const stranger: object = { zzzzzzzz: 1 };

describe('an option of a session', () => {
  const rows = { ...shared, ...ofSession };

  test.each(Object.entries(rows))('does something: %s', async (_name, { give, ask, session = nothing }) => {
    // A session's option needs nothing of a request.
    const without = await outcome(session, nothing, ask);
    expect(await outcome(session, nothing, ask)).toBe(without);
    expect(await outcome(() => ({ ...session(), ...give() }), nothing, ask)).not.toBe(without);
  });

  test('is among these', () => {
    expect(known(() => new ClientSession(stranger)).sort()).toEqual(Object.keys(rows).sort());
    const ofConnector = known(() => new Connector(stranger));
    expect(ofConnector.filter((name) => !Object.hasOwn(ofSession, name))).toEqual([]);
    expect(ofConnector.length).toBeGreaterThan(15);
  });
});

describe('an option of a request', () => {
  const rows = { ...shared, ...ofRequest };

  test.each(Object.entries(rows))('does something: %s', async (_name, row) => {
    const { give, ask, session = nothing, request = nothing } = row;
    const without = await outcome(session, request, ask);
    expect(await outcome(session, request, ask)).toBe(without);
    expect(await outcome(session, () => ({ ...request(), ...give() }), ask)).not.toBe(without);
  });

  test('is among these', async () => {
    await using session = new ClientSession();
    const error: unknown = await session.get('http://a.test/', stranger).then(null, (reason: unknown) => reason);
    const names = known(() => {
      throw error;
    });
    expect(names.sort()).toEqual(Object.keys(rows).sort());
  });
});

describe('a deadline', () => {
  test.each(Object.entries(ofTimeout))('does something: %s', async (_name, row) => {
    const { give, ask, session = nothing, request = nothing } = row;
    const without = await outcome(session, request, ask);
    expect(without).toBe('TimeoutError');
    const withIt = await outcome(session, () => ({ timeout: give() }), ask);
    expect(withIt).toMatch(/^COTASK_HTTP_(TOTAL_TIMEOUT|CONNECT_TIMEOUT|SOCKET_TIMEOUT|TOO_SLOW)$/u);
  });

  test('is among these', () => {
    const names = known(() => new ClientSession({ timeout: stranger }));
    expect(names.sort()).toEqual(Object.keys(ofTimeout).sort());
  });
});
