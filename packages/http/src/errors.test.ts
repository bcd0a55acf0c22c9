import { startServer } from '@cotask/test-servers';
import { CotaskError } from 'cotask';
import { readFile, readdir } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import * as http from './index.ts';
import { ClientConnectionError, ClientConnectorError, ClientError, ClientSession } from './index.ts';

async function failureOf(session: ClientSession, url: string, options?: http.RequestOptions): Promise<unknown> {
  return session.get(url, options).then(
    () => 'no error',
    (error: unknown) => error,
  );
}

test('nobody listens', async () => {
  await using session = new ClientSession();
  const error = await failureOf(session, 'http://127.0.0.1:1/path');
  expect(error).toBeInstanceOf(ClientConnectorError);
  expect(error).toBeInstanceOf(ClientConnectionError);
  expect(error).toMatchObject({
    code: 'COTASK_HTTP_CONNECT',
    host: '127.0.0.1',
    port: 1,
    method: 'GET',
    url: 'http://127.0.0.1:1/path',
    cause: { code: 'ECONNREFUSED' },
  });
});

test('nobody listens on any address of the name', async () => {
  await using session = new ClientSession({
    lookup: (_host, _options, callback) =>
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.3', family: 4 },
      ]),
  });
  const error = await failureOf(session, 'http://two.test:1/');
  expect(error).toMatchObject({ code: 'COTASK_HTTP_CONNECT', host: 'two.test' });
  expect(error).toHaveProperty('cause.errors.length', 2);
  expect(error).toHaveProperty('message', expect.stringContaining('ECONNREFUSED 127.0.0.1:1'));
});

test('a name that has no address', async () => {
  const lookup: http.ClientSessionOptions['lookup'] = (host, _options, callback) =>
    callback(Object.assign(new Error(`queryA ESERVFAIL ${host}`), { code: 'ESERVFAIL' }), []);
  await using session = new ClientSession({ lookup });
  expect(await failureOf(session, 'http://no.test/')).toMatchObject({
    code: 'COTASK_HTTP_DNS',
    host: 'no.test',
    port: 80,
    cause: { code: 'ESERVFAIL' },
  });
  await using plain = new ClientSession();
  expect(await failureOf(plain, 'https://no-such-name.invalid/')).toMatchObject({ code: 'COTASK_HTTP_DNS', port: 443 });
});

test('a bad port is refused by the platform and told as a connection error', async () => {
  await using session = new ClientSession();
  expect(await failureOf(session, 'http://127.0.0.1:0/')).toMatchObject({ code: 'COTASK_HTTP_CONNECT' });
});

/** A server that does `act` to each connection. */
async function rawServer(act: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => void (await new Promise((resolve) => server.close(resolve))),
  };
}

test('TLS to a server that speaks none', async () => {
  await using server = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  await using session = new ClientSession();
  expect(await failureOf(session, `https://127.0.0.1:${server.port}/`)).toMatchObject({ code: 'COTASK_HTTP_TLS' });
});

test('a server that hangs up in the TLS handshake', async () => {
  await using server = await rawServer((socket) => socket.destroy());
  await using session = new ClientSession();
  expect(await failureOf(session, `https://127.0.0.1:${server.port}/`)).toMatchObject({
    code: 'COTASK_HTTP_CONNECT',
    cause: { code: 'ECONNRESET' },
  });
});

test('a broken body says how many bytes came', async () => {
  await using server = await rawServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
  });
  await using session = new ClientSession();
  const response = await session.get(`http://127.0.0.1:${server.port}/`);
  await expect(response.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_PAYLOAD', bytes: 3 });
});

test('no error holds a password', async () => {
  await using session = new ClientSession();
  for (const url of [
    'http://user:hunter2@127.0.0.1:1/',
    'http://user:hunter2@[/',
    'ftp://user:hunter2@a/',
    'http://user:hunter2@a:b/',
  ]) {
    const error = await failureOf(session, url);
    expect(error).toBeInstanceOf(ClientError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toContain('hunter2');
  }
});

test('each error has a code of its own, its class’s name, and a line in the guide', async () => {
  const classes = Object.entries(http).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof CotaskError,
  );
  const folder = new URL('errors/', import.meta.url);
  const files = await readdir(folder);
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  const source = sources.join('\n');
  const codes = [...source.matchAll(/'(COTASK_HTTP_[A-Z_]+)'/gu)].map(([, code]) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes).toHaveLength(classes.length);
  const guide = await readFile(new URL('../../../docs/guide/http.md', import.meta.url), 'utf8');
  for (const [name] of classes) expect(guide).toContain(`\`${name}\``);
  for (const code of codes) expect(guide).toContain(`\`${code}\``);
  await using server = await startServer((_request, response) => void response.writeHead(404).end());
  await using session = new ClientSession({ raiseForStatus: true });
  const error = await failureOf(session, server.url);
  expect(error).toMatchObject({ name: 'ClientResponseError', code: 'COTASK_HTTP_RESPONSE' });
});
