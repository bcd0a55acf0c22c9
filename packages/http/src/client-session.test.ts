import { coroutine, createTask, gather, isCoroutine, run, type Awaitable } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ClientSession, type ClientResponse } from './index.ts';

/** Waits for something in one gear, on a loop of its own. */
const gears = {
  async: <T>(begin: () => Awaitable<T>): Promise<T> => run(coroutine(async () => await begin())()),
  generator: <T>(begin: () => Awaitable<T>): Promise<T> =>
    run(
      coroutine(function* () {
        return yield* begin();
      })(),
    ),
};

/** Says what it was asked. */
const echo: Handler = async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  response.setHeader('content-type', 'application/json');
  const body = Buffer.concat(chunks).toString();
  response.end(JSON.stringify({ method: request.method, target: request.url, headers: request.headers, body }));
};

interface Echo {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string;
}

describe.each(Object.entries(gears))('in the %s gear', (_name, wait) => {
  test('gets a response and its text', async () => {
    await using server = await startServer((_request, response) => void response.end('All is well.'));
    await using session = new ClientSession();
    const response = await wait(() => session.get(`${server.url}/a?b=c`));
    expect(response.status).toBe(200);
    expect(response.url).toBe(`${server.url}/a?b=c`);
    expect(await wait(() => response.text())).toBe('All is well.');
    expect(response.closed).toBe(true);
  });

  test.each(['get', 'post', 'put', 'patch', 'delete', 'options'] as const)('sends the method %s', async (method) => {
    await using server = await startServer(echo);
    await using session = new ClientSession();
    const response = await wait(() => session[method](server.url));
    const seen = await wait(() => response.json<Echo>());
    expect(seen.method).toBe(method.toUpperCase());
  });

  test('a HEAD request has the length and no body', async () => {
    await using server = await startServer((_request, response) => {
      response.setHeader('content-length', 1234);
      response.end();
    });
    await using session = new ClientSession();
    const response = await wait(() => session.head(server.url));
    expect(response.contentLength).toBe(1234);
    expect(await wait(() => response.bytes())).toEqual(new Uint8Array(0));
  });

  test('closes', async () => {
    await using server = await startServer((_request, response) => void response.end());
    const session = new ClientSession();
    await wait(() => session.get(server.url));
    await wait(() => session.close());
    expect(session.closed).toBe(true);
    await server.waitForConnections(0);
    await wait(() => session.close());
    await expect(wait(() => session.get(server.url))).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
  });

  test('two tasks share a session', async () => {
    await using server = await startServer((request, response) => void response.end(request.url));
    await using session = new ClientSession();
    const texts = await wait(() =>
      gather(
        ['/a', '/b'].map((path) =>
          coroutine(function* () {
            const response = yield* session.get(server.url + path);
            return yield* response.text();
          })(),
        ),
      ),
    );
    expect(texts).toEqual(['/a', '/b']);
  });
});

test('a request that nobody awaits is not sent', async () => {
  await using server = await startServer(echo);
  await using session = new ClientSession();
  const request = session.get(server.url);
  expect(isCoroutine(request)).toBe(true);
  await session.get(`${server.url}/other`);
  expect(server.requests).toBe(1);
  void request;
});

test('works from plain promise code, where no loop was started', async () => {
  await using server = await startServer(echo);
  await using session = new ClientSession();
  await using response = await session.post(server.url, { json: { a: 1 } });
  const seen = await response.json<Echo>();
  expect(seen.body).toBe('{"a":1}');
  const [first, second] = await Promise.all([session.get(server.url), session.get(server.url)]);
  expect([first.status, second.status]).toEqual([200, 200]);
});

test('a session may outlive the loop of a run', async () => {
  await using server = await startServer((request, response) => void response.end(request.url));
  await using session = new ClientSession();
  const first = await run(coroutine(async () => (await session.get(`${server.url}/1`)).text())());
  const second = await run(coroutine(async () => (await session.get(`${server.url}/2`)).text())());
  expect([first, second]).toEqual(['/1', '/2']);
  expect(server.totalConnections).toBe(1);
});

test('sends the session’s headers, and a request’s own in place of them', async () => {
  await using server = await startServer(echo);
  await using session = new ClientSession({
    headers: { 'X-One': 'session', 'X-Two': 'session', accept: 'text/plain' },
  });
  const { headers } = await (
    await session.get(server.url, { headers: new Headers({ 'x-two': 'request' }) })
  ).json<Echo>();
  expect(headers).toMatchObject({
    'x-one': 'session',
    'x-two': 'request',
    accept: 'text/plain',
    'accept-encoding': 'gzip, deflate, br, zstd',
  });
  expect(headers['user-agent']).toBe('cotask-http');
});

test('resolves URLs against baseUrl and adds params, order and repeats kept', async () => {
  await using server = await startServer(echo);
  await using session = new ClientSession({ baseUrl: `${server.url}/api/`, params: { key: 'k', page: 1 } });
  const target = async (url: string, params: [string, string | number][]): Promise<string> =>
    (await (await session.get(url, { params })).json<Echo>()).target;
  expect(await target('list', [])).toBe('/api/list?key=k&page=1');
  expect(
    await target('list?x=%20y', [
      ['tag', 'b'],
      ['tag', 'a'],
      ['page', 2],
    ]),
  ).toBe('/api/list?x=%20y&key=k&tag=b&tag=a&page=2');
  expect(await target('/top', [])).toBe('/top?key=k&page=1');
  expect(await target(`${server.url}/else`, [])).toBe('/else?key=k&page=1');
});

test('sends the URL’s user name and password as credentials, and keeps them out of every record', async () => {
  await using server = await startServer(echo);
  await using session = new ClientSession();
  const url = server.url.replace('//', '//us%20er:pass%40@');
  const response = await session.get(url);
  expect(response.url).toBe(`${server.url}/`);
  const { headers } = await response.json<Echo>();
  expect(headers['authorization']).toBe(`Basic ${Buffer.from('us er:pass@').toString('base64')}`);
});

test('gives the credentials of a session with a baseUrl to that origin only', async () => {
  await using home = await startServer(echo);
  await using other = await startServer(echo);
  await using session = new ClientSession({
    baseUrl: home.url,
    headers: { authorization: 'secret', cookie: 'a=b', 'x-one': '1' },
  });
  const atHome = await (await session.get('/')).json<Echo>();
  const away = await (await session.get(other.url)).json<Echo>();
  expect(atHome.headers).toMatchObject({ authorization: 'secret', cookie: 'a=b', 'x-one': '1' });
  expect(away.headers).not.toHaveProperty('authorization');
  expect(away.headers).not.toHaveProperty('cookie');
  expect(away.headers).toHaveProperty('x-one', '1');
});

test('raiseForStatus turns a status of 400 and more into an error that carries the response', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(418, "I'm a teapot", { 'x-brew': 'no' });
    response.end('short and stout');
  });
  await using session = new ClientSession({ raiseForStatus: true });
  await expect(session.get(`${server.url}/pot`)).rejects.toMatchObject({
    code: 'COTASK_HTTP_RESPONSE',
    status: 418,
    reason: "I'm a teapot",
    method: 'GET',
    url: `${server.url}/pot`,
    message: `GET ${server.url}/pot: answered 418 I'm a teapot`,
  });
  const response = await session.get(server.url, { raiseForStatus: false });
  expect(response.ok).toBe(false);
  expect(() => response.raiseForStatus()).toThrow('answered 418');
  expect(await response.text()).toBe('short and stout');
});

test('an error page is read away, so that its connection is used again', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(404).write('not ');
    setTimeout(() => response.end('found'), 10);
  });
  await using session = new ClientSession({ raiseForStatus: true, limit: 1 });
  for (let i = 0; i < 3; i++) await expect(session.get(server.url)).rejects.toMatchObject({ status: 404 });
  expect(server.totalConnections).toBe(1);
});

test('raiseForStatus as a function sees every response and may read it', async () => {
  await using server = await startServer(
    (request, response) => void response.end(request.url === '/bad' ? 'no' : 'yes'),
  );
  const check = async (response: ClientResponse): Promise<void> => {
    if (response.url.endsWith('/bad') && (await response.text()) === 'no') throw new Error('the body says no');
  };
  await using session = new ClientSession({ raiseForStatus: check });
  await expect(session.get(`${server.url}/bad`)).rejects.toThrow('the body says no');
  const response = await session.get(`${server.url}/good`);
  expect(await response.text()).toBe('yes');
  await session.get(server.url, { raiseForStatus: () => undefined });
});

test('connects to a Unix socket, whatever the host', async () => {
  const { createServer } = await import('node:http');
  const { mkdtemp, rm } = await import('node:fs/promises');
  const folder = await mkdtemp(`${(await import('node:os')).tmpdir()}/cotask-http-`);
  const server = createServer((request, response) => void response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(`${folder}/s`, resolve));
  await using session = new ClientSession({ socketPath: `${folder}/s` });
  expect(await (await session.get('http://some.host/x')).text()).toBe('some.host');
  await session.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

test('resolves names with the look-up that it was given', async () => {
  await using server = await startServer((request, response) => void response.end(request.headers.host));
  const asked: string[] = [];
  await using session = new ClientSession({
    lookup: (host, _options, callback) => {
      asked.push(host);
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  const response = await session.get(`http://nowhere.invalid:${server.port}/`);
  expect(await response.text()).toBe(`nowhere.invalid:${server.port}`);
  expect(asked).toEqual(['nowhere.invalid']);
});

test('connects from the local address that it was given', async () => {
  await using server = await startServer((request, response) => void response.end(request.socket.remoteAddress));
  await using session = new ClientSession({ localAddress: '127.0.0.2' });
  expect(await (await session.get(server.url)).text()).toBe('127.0.0.2');
});

test('the store of an AsyncLocalStorage follows a request, and no socket keeps it', async () => {
  const storage = new AsyncLocalStorage<string>();
  await using server = await startServer((_request, response) => {
    response.writeHead(200).write('first');
    setTimeout(() => response.end('second'), 10);
  });
  await using session = new ClientSession();
  const ask = coroutine(async () => {
    const response = await session.get(server.url);
    const inSink: unknown[] = [];
    await response.consume(() => void inSink.push(storage.getStore()));
    return [storage.getStore(), inSink.at(-1)];
  });
  const main = coroutine(async () => {
    const first = await storage.run('first', () => createTask(ask()));
    const second = await storage.run('second', () => createTask(ask()));
    return [first, second];
  });
  expect(await run(main())).toEqual([
    ['first', undefined],
    ['second', undefined],
  ]);
});

test('types: a response from both gears, JSON of the type that was asked for', () => {
  const session = new ClientSession();
  expectTypeOf(session.get('http://a/')).toExtend<Awaitable<ClientResponse>>();
  const use = async (response: ClientResponse): Promise<void> => {
    expectTypeOf(await response.json<number[]>()).toEqualTypeOf<number[]>();
    expectTypeOf(await response.json()).toEqualTypeOf<unknown>();
    for await (const chunk of response.body) expectTypeOf(chunk).toEqualTypeOf<Uint8Array>();
  };
  void use;
});
