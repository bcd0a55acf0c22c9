/** Lanes, slots and what becomes of connections. */
import { CotaskError, coroutine, createTask, gather, run, sleep } from 'cotask';
import { describeWaits } from 'cotask/lowlevel';
import { startHostileOrigin, startServer } from '@cotask/test-servers';
import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ClientError, ClientSession, type ClientSessionOptions } from '../index.ts';

test('uses a connection again, the one that was free last', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  await using session = new ClientSession();
  for (let i = 0; i < 5; i++) await (await session.get(server.url)).text();
  expect(server.totalConnections).toBe(1);
});

test('opens no more connections than requests that were in flight at once', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  await using session = new ClientSession();
  const worker = coroutine(function* () {
    for (let i = 0; i < 20; i++) yield* (yield* session.get(server.url)).bytes();
  });
  await run(coroutine(async () => gather(Array.from({ length: 8 }, () => worker())))());
  expect(server.requests).toBe(160);
  expect(server.totalConnections).toBe(8);
});

test('a request goes on with the connection of the response that ended just before', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  await using session = new ClientSession({ limit: 1 });
  await run(
    coroutine(async () => {
      await gather(Array.from({ length: 20 }, () => coroutine(async () => (await session.get(server.url)).bytes())()));
    })(),
  );
  expect(server.totalConnections).toBe(1);
});

test('limit bounds what is in flight in all, first come, first served', async () => {
  const held: { path: string; response: ServerResponse }[] = [];
  await using server = await startServer((request, response) => void held.push({ path: request.url ?? '', response }));
  await using session = new ClientSession({ limit: 2 });
  const order: string[] = [];
  const get = coroutine(function* (path: string) {
    order.push(yield* (yield* session.get(server.url + path)).text());
  });
  await run(
    coroutine(async () => {
      const all = gather(['/1', '/2', '/3', '/4', '/5'].map((path) => get(path)));
      for (let served = 0; served < 5; served++) {
        await server.waitForRequests(Math.min(5, served + 2));
        expect(server.concurrentRequests).toBeLessThanOrEqual(2);
        const next = held.find(({ path }) => path === `/${served + 1}`);
        next?.response.end(next.path);
        await server.waitForRequests(Math.min(5, served + 3));
      }
      await all;
    })(),
  );
  expect(order).toEqual(['/1', '/2', '/3', '/4', '/5']);
  expect(server.peakConcurrentRequests).toBe(2);
});

test('limitPerHost bounds each origin, and one that is busy holds up no other', async () => {
  const held: ServerResponse[] = [];
  await using busy = await startServer((_request, response) => void held.push(response));
  await using idle = await startServer((_request, response) => void response.end('idle'));
  await using session = new ClientSession({ limit: 3, limitPerHost: 1 });
  const get = coroutine(function* (url: string) {
    return yield* (yield* session.get(url)).text();
  });
  await run(
    coroutine(async () => {
      const stuck = gather([1, 2, 3, 4].map(() => get(busy.url)));
      await busy.waitForRequests(1);
      expect(await get(idle.url)).toBe('idle');
      for (let i = 1; i <= 4; i++) {
        await busy.waitForRequests(i);
        held[i - 1]?.end('busy');
      }
      expect(await stuck).toEqual(['busy', 'busy', 'busy', 'busy']);
    })(),
  );
  expect(busy.peakConcurrentRequests).toBe(1);
  expect(busy.totalConnections).toBe(1);
});

test.each(['close', 'release'] as const)('an unread response holds its slot until %s()', async (end) => {
  await using server = await startServer((_request, response) => void response.end('x'.repeat(1_000_000)));
  await using session = new ClientSession({ limit: 1 });
  const main = coroutine(async () => {
    const first = await session.get(server.url);
    const second = createTask(session.get(server.url));
    while (!describeWaits(second).startsWith('a slot')) await sleep(0);
    expect(server.requests).toBe(1);
    first[end]();
    (await second).close();
  });
  await run(main());
  expect(server.requests).toBe(2);
});

test('release() reads a short rest away and keeps the connection; close() ends it', async () => {
  await using server = await startServer((request, response) => {
    response.writeHead(200, { 'content-length': request.url === '/short' ? 1000 : 1_000_000 });
    response.write('x'.repeat(500));
    setTimeout(() => response.end('x'.repeat(request.url === '/short' ? 500 : 999_500)), 20);
  });
  await using session = new ClientSession({ limit: 1 });
  (await session.get(`${server.url}/short`)).release();
  (await session.get(`${server.url}/short`)).release();
  expect(server.totalConnections).toBe(1);
  (await session.get(`${server.url}/long`)).release();
  (await session.get(`${server.url}/short`)).close();
  (await session.get(`${server.url}/short`)).close();
  expect(server.totalConnections).toBe(3);
  await server.waitForConnections(0);
});

test('an idle connection ends after keepAliveTimeout', async () => {
  await using server = await startServer((_request, response) => void response.end('x'), {
    http: { keepAliveTimeout: 60_000 },
  });
  await using session = new ClientSession({ keepAliveTimeout: 50 });
  await (await session.get(server.url)).text();
  await server.waitForConnections(0);
});

test('keepAliveMaxTimeout caps what the server says', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(200, { connection: 'keep-alive', 'keep-alive': 'timeout=3600' });
    response.end('x');
  });
  await using session = new ClientSession({ keepAliveTimeout: 60_000, keepAliveMaxTimeout: 50 });
  await (await session.get(server.url)).text();
  await server.waitForConnections(0);
});

test.each(['closed-on-reuse', 'reset-on-reuse'])(
  'a connection that was closed while it was idle costs no error: %s',
  async (name) => {
    await using origin = await startHostileOrigin();
    await using session = new ClientSession();
    const url = origin.urlOf(name);
    await (await session.get(url)).text();
    expect((await session.get(url)).status).toBe(200);
    expect(origin.requests(name)).toHaveLength(3);
  },
);

/** Answers the first request of a connection and closes it at the second. */
async function closingServer(): Promise<{ port: number; requests: string[]; close(): Promise<void> }> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let first = true;
    socket.on('data', (data) => {
      requests.push(data.toString('latin1').split(' ', 1)[0] ?? '');
      if (first) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx');
      else socket.end();
      first = false;
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: address.port, requests, close };
}

const onlyOnce = (): Generator<string> =>
  (function* pieces(): Generator<string> {
    yield 'a body';
  })();

test.each([
  ['GET', {}, true],
  ['DELETE', {}, true],
  ['PUT', {}, true],
  ['POST', {}, false],
  ['POST', { data: 'a body' }, false],
  ['PUT', { data: 'a body' }, true],
  ['PUT', { data: new Blob(['a body']) }, true],
  ['PUT', { data: onlyOnce() }, false],
] as const)('the silent second try: %s with %o: %s', async (method, options, again) => {
  const server = await closingServer();
  await using session = new ClientSession();
  const url = `http://127.0.0.1:${server.port}/`;
  await (await session.get(url)).text();
  const second = session.request(method, url, options).then(
    (response): unknown => response.status,
    (error: unknown) => error instanceof CotaskError && error.code,
  );
  expect(await second).toBe(again ? 200 : 'COTASK_HTTP_DISCONNECTED');
  const requests = server.requests.filter((word) => /^[A-Z]+$/u.test(word));
  expect(requests).toEqual(again ? ['GET', method, method] : ['GET', method]);
  await session.close();
  await server.close();
});

test('a connection is used again after a HEAD', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  await using session = new ClientSession();
  for (const method of ['HEAD', 'HEAD', 'GET']) await (await session.request(method, server.url)).text();
  expect(server.totalConnections).toBe(1);
});

test('a fresh connection that the server closes is not tried again', async () => {
  await using origin = await startHostileOrigin();
  await using session = new ClientSession();
  await expect(session.get(origin.urlOf('closed-before-answer'))).rejects.toMatchObject({
    code: 'COTASK_HTTP_DISCONNECTED',
  });
  expect(origin.requests('closed-before-answer')).toHaveLength(1);
});

test('a server that ends its connection after each response is served by new ones', async () => {
  await using server = await startServer(
    (_request, response) => void response.writeHead(200, { connection: 'close' }).end('x'),
  );
  await using session = new ClientSession();
  for (let i = 0; i < 3; i++) expect(await (await session.get(server.url)).text()).toBe('x');
  expect(server.totalConnections).toBe(3);
  await server.waitForConnections(0);
});

test('close() in the middle fails what is under way, wherever it stands, and leaves no socket', async () => {
  await using server = await startServer((request, response) => {
    if (request.url === '/body') response.writeHead(200).write('a');
  });
  const lookup: ClientSessionOptions['lookup'] = () => undefined;
  const session = new ClientSession({ limit: 3, lookup });
  const codes = await run(
    coroutine(async () => {
      const body = await session.get(`${server.url}/body`);
      const failed = async (begun: PromiseLike<unknown>): Promise<unknown> => {
        try {
          return await begun;
        } catch (error) {
          return error instanceof ClientError ? `${error.code} ${error.url}` : error;
        }
      };
      const all = [
        failed(body.text()),
        failed(session.get(`${server.url}/head`)),
        failed(session.get('http://nowhere.test/connect')),
        failed(session.get(`${server.url}/queued`)),
      ];
      await server.waitForRequests(2);
      await session.close();
      return await Promise.all(all);
    })(),
  );
  expect(codes).toEqual(
    ['/body', '/head', '', '/queued'].map((path) =>
      path === ''
        ? 'COTASK_HTTP_SESSION_CLOSED http://nowhere.test/connect'
        : `COTASK_HTTP_SESSION_CLOSED ${server.url}${path}`,
    ),
  );
  await server.waitForConnections(0);
  expect(
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'TCPConnectWrap'),
  ).toEqual([]);
});

test('a session that is idle does not keep the process alive', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  const { spawn } = await import('node:child_process');
  const program = `
    import { ClientSession } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const session = new ClientSession();
    console.log(await (await session.get(${JSON.stringify(server.url)})).text());
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect([code, out]).toEqual([0, 'x\n']);
});
