/**
 * Deadlines. Those of the queue and of the loop run on virtual time; those that need a server that is silent at one point
 * are short and real, and the server is silent for ever, so that only the deadline can end them.
 */
import { coroutine, createTask, getEventLoop, run, sleep, timeout, type Awaitable } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { startServer, type TestServer } from '@cotask/test-servers';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClientSession, type ClientSessionOptions, type ClientTimeout } from '../index.ts';

/** A name server that never answers: a request to any name connects for ever. */
const silentLookup: ClientSessionOptions['lookup'] = () => undefined;
const nowhere = 'http://nowhere.test/';

let server: TestServer;

beforeEach(async () => {
  server = await startServer((request, response) => {
    if (request.url === '/quick') response.end('quick');
    else if (request.url === '/body') response.writeHead(200).write('12345');
    else if (request.url === '/upload') response.writeHead(200).write('go on');
  });
});

afterEach(async () => {
  await server.waitForConnections(0);
  await server.close();
});

async function failure(begin: () => Awaitable<unknown> | Promise<unknown>): Promise<unknown> {
  try {
    await begin();
    return 'no error';
  } catch (error) {
    return error;
  }
}

describe('each deadline says which it was, how long, and how far the request had come', () => {
  const ask = async (deadlines: ClientTimeout, path: string): Promise<unknown> => {
    await using session = new ClientSession({ timeout: deadlines });
    return await failure(async () => (await session.get(server.url + path)).text());
  };

  test('sockRead while the response is waited for', async () => {
    expect(await ask({ sockRead: 40 }, '/head')).toMatchObject({
      name: 'SocketTimeoutError',
      code: 'COTASK_HTTP_SOCKET_TIMEOUT',
      deadline: 'sockRead',
      limit: 40,
      stage: 'head',
      url: `${server.url}/head`,
      message: `GET ${server.url}/head: the sockRead deadline of 40 ms passed while it waited for the response`,
    });
  });

  test('sockRead in the body', async () => {
    expect(await ask({ sockRead: 40 }, '/body')).toMatchObject({ deadline: 'sockRead', stage: 'body', bytes: 5 });
  });

  test('total in the body', async () => {
    expect(await ask({ total: 200 }, '/body')).toMatchObject({
      code: 'COTASK_HTTP_TOTAL_TIMEOUT',
      deadline: 'total',
      limit: 200,
    });
  });

  test.each(['sockConnect', 'connect'] as const)('%s while the name is looked up', async (deadline) => {
    await using session = new ClientSession({ lookup: silentLookup, timeout: { sockConnect: null, [deadline]: 30 } });
    const error = await failure(() => session.get(nowhere));
    expect(error).toMatchObject({
      name: 'ConnectionTimeoutError',
      code: 'COTASK_HTTP_CONNECT_TIMEOUT',
      deadline,
      limit: 30,
      stage: 'resolving',
    });
  });

  test.each(['sockConnect', 'tlsHandshake'] as const)(
    '%s in the TLS handshake; the socket is closed',
    async (deadline) => {
      const closed: Promise<unknown>[] = [];
      const silent = createServer((socket) => void closed.push(once(socket.resume(), 'close'))).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const address = silent.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      await using session = new ClientSession({ timeout: { sockConnect: null, [deadline]: 60 } });
      const error = await failure(() => session.get(`https://127.0.0.1:${port}/`));
      expect(error).toMatchObject({
        code: 'COTASK_HTTP_CONNECT_TIMEOUT',
        deadline,
        limit: 60,
        stage: 'handshake',
        url: `https://127.0.0.1:${port}/`,
      });
      await Promise.all(closed);
      await new Promise((resolve) => silent.close(resolve));
    },
  );

  test('connect while a slot is waited for, on virtual time', async () => {
    const main = coroutine(async () => {
      await using session = new ClientSession({
        lookup: silentLookup,
        limit: 1,
        timeout: { connect: 60_000, sockConnect: null },
      });
      const first = createTask(coroutine(() => failure(() => session.get(nowhere, { timeout: null })))());
      await sleep(0);
      const began = getEventLoop().time();
      const second = await failure(() => session.get(nowhere));
      expect(getEventLoop().time() - began).toBe(60_000);
      await session.close();
      expect(await first).toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
      return second;
    });
    expect(await run(main(), { host: new VirtualHost() })).toMatchObject({
      deadline: 'connect',
      limit: 60_000,
      stage: 'queued',
    });
  });
});

test('the default is 300 seconds in all and 30 for a connection; null is none', async () => {
  const ask = async (timeout: ClientSessionOptions['timeout']): Promise<unknown> => {
    await using session = new ClientSession({ lookup: silentLookup, timeout });
    return await failure(() => run(session.get(nowhere), { host: new VirtualHost() }));
  };
  expect(await ask(undefined)).toMatchObject({ deadline: 'sockConnect', limit: 30_000 });
  expect(await ask({ sockConnect: null })).toMatchObject({ deadline: 'total', limit: 300_000 });
  expect(await ask(null)).toMatchObject({ code: 'COTASK_DEADLOCK' });
});

test('total covers redirects: it does not begin anew with each', async () => {
  await using loop = await startServer(
    (request, response) => void response.writeHead(302, { location: request.url }).end(),
  );
  await using session = new ClientSession({ timeout: 150, maxRedirects: 1_000_000 });
  expect(await failure(() => session.get(loop.url))).toMatchObject({ deadline: 'total' });
});

test('a byte now and then keeps sockRead from passing', async () => {
  const pieces = 12;
  await using drip = await startServer(async (_request, response) => {
    for (let i = 0; i < pieces; i++) {
      response.write('x');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    response.end();
  });
  await using session = new ClientSession({ timeout: { sockRead: 250 } });
  expect(await (await session.get(drip.url)).text()).toBe('x'.repeat(pieces));
});

test('bytes that are sent keep sockRead from passing too', async () => {
  await using sink = await startServer(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    response.end(String(size));
  });
  await using session = new ClientSession({ timeout: { sockRead: 250 } });
  const slow = async function* (): AsyncGenerator<string> {
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      yield 'x';
    }
  };
  expect(await (await session.post(sink.url, { data: slow() })).text()).toBe('12');
});

test('sockRead does not run while the reader holds the body back', async () => {
  await using large = await startServer((_request, response) => void response.end(Buffer.alloc(4_000_000)));
  await using session = new ClientSession({ timeout: { sockRead: 60 } });
  const response = await session.get(large.url);
  let size = 0;
  let waited = false;
  await response.consume((chunk, flow) => {
    size += chunk.byteLength;
    if (waited) return;
    waited = true;
    setTimeout(() => flow.resume(), 200);
    return false;
  });
  expect(size).toBe(4_000_000);
});

test('a request’s own timeout changes the session’s where it names it', async () => {
  await using session = new ClientSession({ timeout: { sockRead: 40, total: 5000 } });
  expect(await failure(() => session.get(`${server.url}/head`, { timeout: { sockRead: 30 } }))).toMatchObject({
    deadline: 'sockRead',
    limit: 30,
  });
  expect(await failure(() => session.get(`${server.url}/head`, { timeout: 20 }))).toMatchObject({
    deadline: 'total',
    limit: 20,
  });
  expect(
    await failure(() => session.get(`${server.url}/head`, { timeout: { total: 20, sockRead: null } })),
  ).toMatchObject({ deadline: 'total', limit: 20 });
});

test('a timeout scope around a request ends it as a cancel does', async () => {
  await using session = new ClientSession();
  const main = coroutine(function* () {
    return yield* timeout(40, function* () {
      return yield* session.get(`${server.url}/head`);
    });
  });
  await expect(run(main())).rejects.toMatchObject({ code: 'COTASK_TIMEOUT' });
  await server.waitForConnections(0);
});

test('no timer is left when a request has ended', async () => {
  await using session = new ClientSession();
  await (await session.get(`${server.url}/quick`)).text();
  await failure(() => session.get(`${server.url}/head`, { timeout: { sockRead: 20 } }));
  (await session.get(`${server.url}/body`)).close();
  // A turn, so that no step of the thread's default loop is under way.
  await new Promise((resolve) => setImmediate(resolve));
  expect(getEventLoop().hasWork).toBe(false);
  const unread = await session.get(`${server.url}/body`);
  await new Promise((resolve) => setImmediate(resolve));
  expect(getEventLoop().hasWork).toBe(true);
  unread.close();
});
