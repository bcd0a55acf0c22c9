/** SOCKS5 proxies: who looks names up, who may pass, what a proxy may say, and what a cancel leaves. */
import { coroutine, createTask, run, sleep } from 'cotask';
import { startServer, startSocksServer, type SocksServerOptions, type TestServer } from '@cotask/test-servers';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ClientSession, InvalidOptionError, type ClientSessionOptions, type RequestOptions } from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';

let origin: TestServer;
let secure: Server;
let securePort = 0;

beforeAll(async () => {
  origin = await startServer((request, response) => void response.end(`${request.headers.host} ${request.url}`));
  secure = createServer({ key, cert }, (request, response) => void response.end(`safe ${request.url}`));
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const address = secure.address();
  securePort = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(async () => {
  await origin.close();
  secure.closeAllConnections();
  secure.close();
});

async function read(url: string, options: ClientSessionOptions, request: RequestOptions = {}): Promise<string> {
  await using session = new ClientSession(options);
  return await (await session.get(url, request)).text();
}

const failureOf = (url: string, options: ClientSessionOptions): Promise<unknown> =>
  read(url, options).then(
    (text) => text,
    (error: unknown) => error,
  );

/** Knows one name. */
const nameServer: LookupFunction = (name, options, callback) => {
  if (name !== 'a.test') return callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '', 0);
  callback(null, options.all === true ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4);
};

describe('a request through a SOCKS proxy', () => {
  test('has its name looked up here with socks5:, by the proxy with socks5h:', async () => {
    await using proxy = await startSocksServer();
    const { port } = origin;
    const local = { proxy: `socks5://${proxy.authority}`, lookup: nameServer };
    expect(await read(`http://a.test:${port}/x`, local)).toBe(`a.test:${port} /x`);
    const remote = { proxy: `socks5h://${proxy.authority}`, lookup: (): never => expect.unreachable() };
    expect(await read(`http://localhost:${port}/y`, remote)).toBe(`localhost:${port} /y`);
    expect(await read(`http://127.0.0.1:${port}/z`, remote)).toBe(`127.0.0.1:${port} /z`);
    expect(proxy.asked).toEqual([
      { kind: 'ipv4', host: '127.0.0.1', port },
      { kind: 'name', host: 'localhost', port },
      { kind: 'ipv4', host: '127.0.0.1', port },
    ]);
    await proxy.waitForConnections(0);
  });

  test('may be https, over one connection for several', async () => {
    await using proxy = await startSocksServer();
    await using session = new ClientSession({ proxy: `socks5h://${proxy.authority}`, tls: { ca: cert } });
    for (const path of ['/a', '/b']) {
      const response = await session.get(`https://localhost:${securePort}${path}`);
      expect(await response.text()).toBe(`safe ${path}`);
      expect(response.connection).toMatchObject({ reused: path === '/b', tls: { authorized: true } });
    }
    expect(proxy.asked).toEqual([{ kind: 'name', host: 'localhost', port: securePort }]);
  });

  test('goes to an IPv6 address too', async () => {
    await using proxy = await startSocksServer({ to: { host: '127.0.0.1', port: origin.port } });
    await read('http://[2001:db8::17]:81/', { proxy: `socks5://${proxy.authority}` });
    await read('http://[::1]/', { proxy: `socks5h://${proxy.authority}` });
    expect(proxy.asked).toEqual([
      { kind: 'ipv6', host: '2001:db8::17', port: 81 },
      { kind: 'ipv6', host: '::1', port: 80 },
    ]);
  });

  test('logs in with the credentials of the URL or of proxyAuth', async () => {
    const credentials = { username: 'mé:', password: 'pass word' };
    await using proxy = await startSocksServer({ credentials });
    const url = `http://127.0.0.1:${origin.port}/`;
    const inUrl = { proxy: `socks5://m%C3%A9%3A:pass%20word@${proxy.authority}` };
    expect(await read(url, inUrl)).toContain(' /');
    await using open = await startSocksServer();
    expect(await read(url, { proxy: `socks5://a:b@${open.authority}` })).toContain(' /');
    expect(open.stages).not.toContain('login');
    await using plain = await startSocksServer({ credentials: { username: 'me', password: 'word' } });
    const given = { proxy: `socks5://${plain.authority}`, proxyAuth: { username: 'me', password: 'word' } };
    expect(await read(url, given)).toContain(' /');
    const failure = { code: 'COTASK_HTTP_PROXY_CONNECT', host: '127.0.0.1', port: plain.port };
    expect(await failureOf(url, { ...given, proxyAuth: { username: 'me', password: 'wrong' } })).toMatchObject({
      ...failure,
      message: expect.stringContaining('refuses the credentials'),
    });
    expect(await failureOf(url, { proxy: given.proxy })).toMatchObject({
      ...failure,
      message: expect.stringContaining('none of the ways to log in'),
    });
    await plain.waitForConnections(0);
  });

  test('is found in the environment', async () => {
    await using proxy = await startSocksServer();
    vi.stubEnv('all_proxy', `socks5h://${proxy.authority}`);
    vi.stubEnv('http_proxy', undefined);
    vi.stubEnv('no_proxy', '');
    try {
      await read(`http://127.0.0.1:${origin.port}/`, { trustEnv: true });
    } finally {
      vi.unstubAllEnvs();
    }
    expect(proxy.asked).toHaveLength(1);
  });
});

describe('publicAddressesOnly', () => {
  const guarded = { publicAddressesOnly: true } as const;

  test('is kept by socks5:, which is given addresses', async () => {
    await using proxy = await startSocksServer({ to: { host: '127.0.0.1', port: origin.port } });
    const lookup: LookupFunction = (name, options, callback) => {
      const address = name === 'public.test' ? '93.184.215.14' : '10.0.0.1';
      callback(null, options.all === true ? [{ address, family: 4 }] : address, 4);
    };
    const options = { ...guarded, lookup, proxy: `socks5://${proxy.authority}` };
    expect(await read('http://public.test/', options)).toContain('public.test');
    const refused = { code: 'COTASK_HTTP_NON_PUBLIC_ADDRESS' };
    expect(await failureOf('http://inner.test/', options)).toMatchObject({ ...refused, address: '10.0.0.1' });
    expect(await failureOf('http://127.0.0.1/', options)).toMatchObject({ ...refused, address: '127.0.0.1' });
    expect(await failureOf('http://[::1]/', options)).toMatchObject({ ...refused, address: '::1' });
    expect(proxy.asked).toEqual([{ kind: 'ipv4', host: '93.184.215.14', port: 80 }]);
    await proxy.waitForConnections(0);
  });

  test('excludes socks5h:, which looks names up', async () => {
    const options = { ...guarded, proxy: 'socks5h://127.0.0.1:1' };
    expect(await failureOf('http://public.test/', options)).toBeInstanceOf(InvalidOptionError);
  });
});

describe('what goes wrong', () => {
  const cases: [string, SocksServerOptions, string][] = [
    ['a reply that says no', { to: { host: '127.0.0.1', port: 1 } }, 'the connection was refused (SOCKS reply 5)'],
    ['a reply that nobody knows', { instead: { stage: 'request', bytes: [5, 99, 0, 1] } }, 'it answered 99'],
    ['a greeting of another protocol', { instead: { stage: 'greeting', bytes: [72, 84] } }, 'is no SOCKS5'],
    [
      'a reply of another protocol',
      { instead: { stage: 'request', bytes: [4, 0, 0, 1, 1, 1, 1, 1, 0, 0] } },
      'no SOCKS5',
    ],
    ['an address of no kind', { instead: { stage: 'request', bytes: [5, 0, 0, 9, 1] } }, 'is no SOCKS5'],
    ['more than the answer', { instead: { stage: 'greeting', bytes: [5, 0, 0] } }, 'it sent more than its answer'],
    ['an end', { instead: { stage: 'request', bytes: [5], end: true } }, 'it ended the connection'],
  ];
  test.each(cases)('%s is an error of the proxy', async (_what, behaviour, words) => {
    await using proxy = await startSocksServer(behaviour);
    const error = await failureOf(`http://127.0.0.1:${origin.port}/`, { proxy: `socks5://${proxy.authority}` });
    expect(error).toMatchObject({
      code: 'COTASK_HTTP_PROXY_CONNECT',
      port: proxy.port,
      message: expect.stringContaining(words),
    });
    await proxy.waitForConnections(0);
  });

  test('a reply with a name in it is read to its end', async () => {
    const bytes = [5, 0, 0, 3, 4, 97, 98, 99, 100, 0, 80];
    await using proxy = await startSocksServer({ instead: { stage: 'request', bytes } });
    const options = { proxy: `socks5://${proxy.authority}`, timeout: { firstByte: 50 } };
    const error = await failureOf(`http://127.0.0.1:${origin.port}/`, options);
    expect(error).toMatchObject({ deadline: 'firstByte' });
  });

  test('a proxy that is not there, a name that nobody knows', async () => {
    await using proxy = await startSocksServer();
    const gone = await startSocksServer();
    await gone.close();
    expect(await failureOf('http://127.0.0.1/', { proxy: `socks5://${gone.authority}` })).toMatchObject({
      code: 'COTASK_HTTP_PROXY_CONNECT',
      port: gone.port,
    });
    const options = { proxy: `socks5://${proxy.authority}`, lookup: nameServer };
    expect(await failureOf('http://b.test/', options)).toMatchObject({ code: 'COTASK_HTTP_DNS', host: 'b.test' });
    await proxy.waitForConnections(0);
  });

  test.each<[ClientSessionOptions, string]>([
    [{ proxy: 'socks4://x' }, 'proxy must be'],
    [{ proxy: 'socks5://x', proxyHeaders: { a: 'b' } }, 'neither proxyHeaders nor proxyTls'],
    [{ proxy: 'socks5://x', proxyTls: {} }, 'neither proxyHeaders nor proxyTls'],
    [{ proxy: 'socks5://a:b@x', proxyAuth: { username: 'a' } }, 'given twice'],
    [{ proxy: 'socks5://x', proxyAuth: { bearer: 'a' } }, 'a user name and a password'],
    [{ proxy: 'socks5://x', proxyAuth: { username: 'x'.repeat(256) } }, '1 to 255 bytes'],
    [{ proxy: 'socks5://:b@x' }, '1 to 255 bytes'],
  ])('refuses %o', (options, words) => {
    expect(() => new ClientSession(options)).toThrow(InvalidOptionError);
    expect(() => new ClientSession(options)).toThrow(words);
  });
});

describe('a cancel', () => {
  test.each(['greeting', 'login', 'request'] as const)('while the proxy is silent at the %s', async (stage) => {
    const credentials = { username: 'a', password: 'b' };
    await using proxy = await startSocksServer({ credentials, instead: { stage, bytes: [] } });
    await using session = new ClientSession({ proxy: `socks5://a:b@${proxy.authority}`, limit: 1, timeout: null });
    const main = coroutine(async () => {
      const task = createTask(session.get(`http://127.0.0.1:${origin.port}/`));
      while (!(proxy.stages.includes(stage) || proxy.asked.length > 0)) await sleep(2);
      task.cancel();
      await expect(task).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
      return await (await session.get(`http://127.0.0.1:${origin.port}/next`, { proxy: null })).text();
    });
    expect(await run(main())).toContain('/next');
    await proxy.waitForConnections(0);
  });

  test('while the name is looked up, and at random moments', async () => {
    await using proxy = await startSocksServer();
    let answer: () => void = () => undefined;
    const lookup: LookupFunction = (_name, _options, callback) => {
      answer = () => callback(null, '127.0.0.1', 4);
    };
    await using session = new ClientSession({ proxy: `socks5://${proxy.authority}`, lookup });
    const main = coroutine(async () => {
      const task = createTask(session.get(`http://a.test:${origin.port}/`));
      await sleep(30);
      task.cancel();
      await expect(task).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
      answer();
      for (const wait of [0, 1, 2, 3, 5]) {
        const other = createTask(session.get(`http://127.0.0.1:${origin.port}/`));
        await sleep(wait);
        other.cancel();
        await other.then(
          (response) => response.close(),
          (error: unknown) => expect(error).toMatchObject({ code: 'COTASK_CANCELLED' }),
        );
      }
    });
    await run(main());
    await session.close();
    await proxy.waitForConnections(0);
    expect(proxy.asked.every(({ kind }) => kind === 'ipv4')).toBe(true);
  });

  test('a deadline ends a proxy that is silent', async () => {
    await using proxy = await startSocksServer({ instead: { stage: 'greeting', bytes: [] } });
    const options = { proxy: `socks5://${proxy.authority}`, timeout: { sockConnect: 40 } };
    expect(await failureOf('http://127.0.0.1/', options)).toMatchObject({ deadline: 'sockConnect' });
    await proxy.waitForConnections(0);
  });
});
