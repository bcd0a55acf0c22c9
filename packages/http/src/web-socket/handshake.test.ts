/** The handshake of a WebSocket is a request: what stands around requests stands around it. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import {
  frameKinds,
  startServer,
  startSocksServer,
  startWebSocketServer,
  type WebSocketPeer,
} from '@cotask/test-servers';
import { describe, expect, test } from 'vitest';
import { ClientSession, digestAuth, retryRequests, type ClientMiddleware, type TraceConfig } from '../index.ts';

const { text, close } = frameKinds;

/** Says what it was asked with, and goodbye. */
function echoHead(peer: WebSocketPeer): void {
  const { url, headers } = peer.request;
  peer.write(text, JSON.stringify({ url, auth: headers.authorization, cookie: headers.cookie, own: headers['x-own'] }));
  peer.onFrame(({ kind, payload }) => {
    if (kind !== close) return;
    peer.write(close, payload);
    peer.socket.end();
  });
}

const accepted = (accept: string): string[] => [`sec-websocket-accept: ${accept}`, 'set-cookie: seen=1', 'x-said: yes'];

test('auth, cookies and middlewares of the session hold for it; a request’s stand in their place', async () => {
  await using server = await startWebSocketServer(echoHead);
  const passed: string[] = [];
  const note =
    (name: string): ClientMiddleware =>
    async (request, next) => {
      request.headers.set('x-own', name);
      const response = await next(request);
      passed.push(`${name} ${response.status} ${String(request.context)}`);
      return response;
    };
  await using session = new ClientSession({
    auth: { bearer: 'token' },
    cookies: { a: 'b' },
    middlewares: [note('session')],
  });
  await using first = await session.ws(`${server.url}/one`, { context: 'mine' });
  expect(await first.receiveJson()).toEqual({ url: '/one', auth: 'Bearer token', cookie: 'a=b', own: 'session' });
  await using second = await session.ws(`${server.url}/two`, { middlewares: [note('own')], auth: null });
  expect(await second.receiveJson()).toEqual({ url: '/two', cookie: 'a=b', own: 'own' });
  expect(passed).toEqual(['session 101 mine', 'own 101 undefined']);
});

test('retries, and a login that is challenged, open it in the end', async () => {
  let asked = 0;
  const busy = (): string[] | null => ((asked += 1) < 3 ? ['HTTP/1.1 503 Busy', 'content-length: 0'] : null);
  await using server = await startWebSocketServer(echoHead, undefined, busy);
  await using retrying = new ClientSession({ middlewares: [retryRequests({ backoff: () => 1 })], limit: 1 });
  await using socket = await retrying.ws(server.url);
  expect(await socket.receiveJson()).toMatchObject({ url: '/' });
  expect(asked).toBe(3);
  const challenge = 'www-authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256';
  await using guarded = await startWebSocketServer(echoHead, undefined, (request) =>
    request.headers.authorization === undefined ? ['HTTP/1.1 401 No', challenge, 'content-length: 0'] : null,
  );
  await using session = new ClientSession({ middlewares: [digestAuth({ username: 'me', password: 'word' })] });
  await using other = await session.ws(guarded.url);
  expect(await other.receiveJson()).toMatchObject({ auth: expect.stringMatching(/^Digest username="me"/u) });
});

test('redirects are followed, without credentials to another origin; or handed out', async () => {
  await using server = await startWebSocketServer(echoHead, accepted);
  const target = server.url.replace('ws:', 'http:');
  await using gate = await startServer((_request, response) => {
    response.writeHead(302, { location: `${target}/there`, 'set-cookie': 'jar=1' }).end('over there');
  });
  await using session = new ClientSession({ auth: { bearer: 'token' } });
  await using socket = await session.ws(gate.url, { headers: { 'x-own': '1' } });
  expect(await socket.receiveJson()).toEqual({ url: '/there', cookie: 'jar=1', own: '1' });
  expect(socket.url).toBe(`${target}/there`);
  expect(socket.response).toMatchObject({ status: 101, history: [{ status: 302 }] });
  expect(socket.response.header('x-said')).toBe('yes');
  expect(socket.response.cookies.get('seen')?.value).toBe('1');
  expect(session.cookieJar?.header(target)).toContain('seen=1');
  await expect(session.ws(gate.url, { allowRedirects: false })).rejects.toMatchObject({
    code: 'COTASK_HTTP_WEBSOCKET_HANDSHAKE',
    status: 302,
  });
  await expect(session.ws(gate.url, { maxRedirects: 0 })).rejects.toMatchObject({
    code: 'COTASK_HTTP_TOO_MANY_REDIRECTS',
  });
});

test('hooks hear of it, and of its end', async () => {
  await using server = await startWebSocketServer(echoHead);
  const names: string[] = [];
  const note = (name: string) => () => void names.push(name);
  const trace: TraceConfig = {
    onRequestStart: note('requestStart'),
    onConnectionCreateStart: note('connectionCreateStart'),
    onConnectionCreateEnd: note('connectionCreateEnd'),
    onRequestHeadersSent: ({ headers }) => names.push(headers.includes('sec-websocket-key') ? 'sent' : 'none'),
    onRequestEnd: ({ response }) => names.push(String(response.status)),
    onRequestException: note('requestException'),
    onResponseEnd: ({ error }) => names.push(error === null ? 'ended' : 'failed'),
  };
  await using session = new ClientSession({ traces: [trace] });
  const socket = await session.ws(server.url);
  const opening = ['requestStart', 'connectionCreateStart', 'connectionCreateEnd', 'sent', '101'];
  expect(names).toEqual(opening);
  expect(socket.response.connection).toMatchObject({ reused: false, tls: null });
  await socket.close();
  await server.waitForConnections(0);
  expect(names).toEqual([...opening, 'ended']);
  names.length = 0;
  await using page = await startServer((_request, response) => void response.end('a page'));
  await expect(session.ws(page.url)).rejects.toMatchObject({ status: 200, headers: expect.any(Headers) });
  expect(names.slice(0, 5)).toEqual(['requestStart', 'connectionCreateStart', 'connectionCreateEnd', 'sent', 'ended']);
});

test('it goes through proxies', async () => {
  await using server = await startWebSocketServer(echoHead);
  await using proxy = await startSocksServer({ credentials: { username: 'me', password: 'word' } });
  await using session = new ClientSession();
  const proxyAuth = { username: 'me', password: 'word' };
  await using socket = await session.ws(server.url, { proxy: `socks5h://${proxy.authority}`, proxyAuth });
  expect(await socket.receiveJson()).toMatchObject({ url: '/' });
  expect(proxy.asked).toHaveLength(1);
});

test.each([
  [(accept: string) => [`sec-websocket-accept: ${accept}`], ['a', 'b'], 'chose none of the subprotocols a, b'],
  [
    (accept: string) => [`sec-websocket-accept: ${accept}`, 'sec-websocket-protocol: c'],
    ['a'],
    'chose the subprotocol "c", for which nobody asked',
  ],
  [() => ['x-said: yes'], [], 'has no header sec-websocket-accept'],
  [() => ['sec-websocket-accept: wrong'], [], 'is no valid WebSocket handshake'],
])('an answer that undici does not agree to says why', async (head, protocols, words) => {
  await using server = await startWebSocketServer(echoHead, head);
  await using session = new ClientSession();
  await expect(session.ws(server.url, { protocols })).rejects.toMatchObject({
    code: 'COTASK_HTTP_WEBSOCKET_HANDSHAKE',
    status: 101,
    message: expect.stringContaining(words),
  });
});

test('what has no meaning for it is refused', async () => {
  await using session = new ClientSession();
  for (const key of ['json', 'data', 'raiseForStatus', 'maxBodySize'])
    await expect(session.ws('ws://127.0.0.1:9/', Object.assign({}, { [key]: 1 }))).rejects.toThrow(
      `ws() knows no option "${key}"`,
    );
});

describe('receiveTimeout', () => {
  test('ends a wait and leaves the socket open', async () => {
    let say: () => void = () => undefined;
    await using server = await startWebSocketServer((peer) => {
      say = () => void peer.write(text, 'late');
      peer.onFrame(({ kind, payload }) => void (kind === close && peer.write(close, payload)));
    });
    await using session = new ClientSession();
    await using socket = await session.ws(server.url, { receiveTimeout: 30, closeTimeout: 30 });
    for (const receive of [() => socket.receive(), () => socket.receiveText()])
      await expect(receive()).rejects.toMatchObject({ code: 'COTASK_HTTP_SOCKET_TIMEOUT', limit: 30 });
    say();
    expect(await socket.receive()).toBe('late');
    expect([socket.closed, socket.exception]).toEqual([false, null]);
  });
});

test('a cancel inside a middleware, and one between its request and its answer, leave nothing', async () => {
  await using silent = await startServer(() => undefined);
  const waiting: ClientMiddleware = async (request, next) => {
    if (request.url.endsWith('/waits')) await sleep(60_000);
    return await next(request);
  };
  await using session = new ClientSession({ middlewares: [waiting], limit: 1, timeout: null });
  const main = coroutine(async () => {
    for (const path of ['/waits', '/silent']) {
      const before = silent.requests;
      const task = createTask(session.ws(silent.url + path));
      if (path === '/silent') await fromPromise(silent.waitForRequests(before + 1));
      else await sleep(20);
      task.cancel();
      await fromPromise(Promise.allSettled([task]));
      expect(task.cancelled()).toBe(true);
    }
    await fromPromise(silent.waitForConnections(0));
  });
  await run(main());
});
