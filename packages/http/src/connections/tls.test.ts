/** TLS and HTTP/2, against servers with a certificate that nobody signed but itself. */
import { coroutine, createTask, gather, run, sleep, wait } from 'cotask';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type Server } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ClientConnectorCertificateError, ClientSession } from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';

interface Started {
  server: Server | Http2SecureServer;
  url: string;
  connections: number;
  sockets: Set<Socket>;
}

const started: Started[] = [];

async function start(server: Server | Http2SecureServer): Promise<Started> {
  const one: Started = { server, url: '', connections: 0, sockets: new Set() };
  server.on('connection', (socket: Socket) => {
    one.connections += 1;
    one.sockets.add(socket.on('close', () => one.sockets.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  one.url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  started.push(one);
  return one;
}

let plain: Started;
let second: Started;

beforeAll(async () => {
  plain = await start(
    createServer({ key, cert }, (request, response) => void response.end(`HTTP/${request.httpVersion} ${request.url}`)),
  );
  second = await start(
    createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
      const large = request.url === '/large';
      response.writeHead(200, { 'x-version': request.httpVersion });
      response.end(large ? Buffer.alloc(1_000_000) : `HTTP/${request.httpVersion} ${request.url}`);
    }),
  );
});

afterAll(async () => {
  for (const { server, sockets } of started) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

const codeOf = async (session: ClientSession, url: string): Promise<unknown> =>
  session.get(url).then(
    () => 'no error',
    (error: unknown) => error,
  );

test('a certificate that nobody vouches for is refused', async () => {
  await using session = new ClientSession();
  expect(await codeOf(session, plain.url)).toMatchObject({
    code: 'COTASK_HTTP_CERTIFICATE',
    host: '127.0.0.1',
    cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  });
});

test('a certificate for another name is refused', async () => {
  const port = new URL(plain.url).port;
  await using session = new ClientSession({
    tls: { ca: cert },
    lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  expect(await codeOf(session, `https://other.test:${port}/`)).toMatchObject({
    code: 'COTASK_HTTP_CERTIFICATE',
    cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  });
  expect(await (await session.get(`https://localhost:${port}/x`)).text()).toBe('HTTP/1.1 /x');
});

test('tls options reach the connection', async () => {
  for (const tls of [{ ca: cert }, { rejectUnauthorized: false }, { ca: cert, checkServerIdentity: () => undefined }]) {
    await using session = new ClientSession({ tls });
    expect(await (await session.get(plain.url)).text()).toBe('HTTP/1.1 /');
  }
  await using strict = new ClientSession({ tls: { ca: cert, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' } });
  expect(await codeOf(strict, plain.url)).toMatchObject({ code: 'COTASK_HTTP_TLS' });
});

const fingerprint = new X509Certificate(cert).fingerprint256;

test.each([
  fingerprint,
  fingerprint.replaceAll(':', '').toLowerCase(),
  Buffer.from(fingerprint.replaceAll(':', ''), 'hex'),
  ['00'.repeat(32), fingerprint],
])('a certificate that is known by its fingerprint needs nobody to vouch for it (%o)', async (known) => {
  await using session = new ClientSession({ tls: { fingerprint: known } });
  for (let i = 0; i < 2; i++) {
    const response = await session.get(plain.url);
    expect(await response.text()).toBe('HTTP/1.1 /');
    expect(response.connection).toMatchObject({ tls: { authorized: false, version: 'TLSv1.3' } });
    expect(response.connection?.tls?.certificate?.fingerprint256).toBe(fingerprint);
    // Nor on a connection that could resume the session of the first.
    for (const socket of plain.sockets) socket.destroy();
  }
});

test('a certificate with another fingerprint is refused, whoever vouches for it', async () => {
  const other = 'ab'.repeat(32);
  await using session = new ClientSession({ tls: { ca: cert, fingerprint: other } });
  expect(await codeOf(session, plain.url)).toMatchObject({
    code: 'COTASK_HTTP_FINGERPRINT',
    expected: [other.toUpperCase()],
    got: fingerprint.replaceAll(':', ''),
    host: '127.0.0.1',
  });
  expect(await codeOf(session, plain.url)).toBeInstanceOf(ClientConnectorCertificateError);
  await using both = new ClientSession({ tls: { fingerprint, rejectUnauthorized: true } });
  expect(await codeOf(both, plain.url)).toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
  await vi.waitFor(() => expect(plain.sockets.size).toBe(0));
  for (const bad of ['abc', 'zz'.repeat(32), [], new Uint8Array(20)])
    expect(() => new ClientSession({ tls: { fingerprint: bad } })).toThrow('fingerprint must be a SHA-256');
});

test('serverHostname is the name of the certificate, whatever the URL says', async () => {
  const lookup: LookupFunction = (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);
  const url = `https://other.test:${new URL(plain.url).port}/x`;
  await using session = new ClientSession({ tls: { ca: cert }, lookup });
  expect(await codeOf(session, url)).toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
  const before = plain.connections;
  for (let i = 0; i < 2; i++)
    expect(await (await session.get(url, { serverHostname: 'localhost' })).text()).toBe('HTTP/1.1 /x');
  expect(plain.connections).toBe(before + 1);
  expect(await codeOf(session, url)).toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
});

test('a connection is used again, a TLS session resumed', async () => {
  const before = plain.connections;
  await using session = new ClientSession({ tls: { ca: cert } });
  for (let i = 0; i < 3; i++) await (await session.get(plain.url)).text();
  expect(plain.connections).toBe(before + 1);
  let resumed = false;
  plain.server.once(
    'secureConnection',
    (socket: { isSessionReused(): boolean }) => (resumed = socket.isSessionReused()),
  );
  const holding = await session.get(plain.url);
  await holding.text();
  for (const socket of plain.sockets) socket.destroy();
  await (await session.get(plain.url)).text();
  expect(resumed).toBe(true);
});

test('HTTP/2 is spoken only where allowH2 is set', async () => {
  await using first = new ClientSession({ tls: { ca: cert } });
  expect(await (await first.get(second.url)).text()).toBe('HTTP/1.1 /');
  await using session = new ClientSession({ tls: { ca: cert }, allowH2: true });
  const response = await session.get(`${second.url}/a?b`);
  expect(await response.text()).toBe('HTTP/2.0 /a?b');
  expect(response.header('x-version')).toBe('2.0');
  expect(response.headers.get('x-version')).toBe('2.0');
  expect(response.rawHeaders).toContainEqual(['x-version', '2.0']);
  expect(await (await session.post(second.url, { json: {} })).text()).toBe('HTTP/2.0 /');
  // A server that offers none is spoken to in HTTP/1.1.
  expect(await (await session.get(plain.url)).text()).toBe('HTTP/1.1 /');
});

test('an HTTP/2 connection carries many requests at once, and a cancel of one leaves the others', async () => {
  await using session = new ClientSession({ tls: { ca: cert }, allowH2: true });
  await (await session.get(second.url)).text();
  const before = second.connections;
  const get = coroutine(function* (path: string) {
    const response = yield* session.get(second.url + path);
    if (path !== '/cancelled') return (yield* response.bytes()).length;
    response.close();
    return undefined;
  });
  const sizes = await run(
    coroutine(async () => gather(['/large', '/large', '/cancelled', '/large'].map((path) => get(path))))(),
  );
  expect(sizes).toEqual([1_000_000, 1_000_000, undefined, 1_000_000]);
  expect(second.connections).toBe(before);
});

test('close() ends HTTP/2 connections too', async () => {
  const session = new ClientSession({ tls: { ca: cert }, allowH2: true });
  const response = await session.get(`${second.url}/large`);
  await session.close();
  await expect(response.bytes()).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
  while (second.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('uploads over HTTP/2 that are cancelled end their connections, and hold up nobody else', async () => {
  const session = new ClientSession({ allowH2: true, tls: { ca: cert } });
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield new Uint8Array(10_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const main = coroutine(async () => {
    for (let round = 0; round < 5; round++) {
      const tasks = Array.from({ length: 10 }, () => createTask(session.post(second.url, { data: endless() })));
      await sleep(round * 5);
      for (const task of tasks) task.cancel();
      await wait(tasks);
      expect(await (await session.get(`${second.url}/x`)).text()).toContain('HTTP/2');
    }
    for (let i = 0; i < 3; i++) await (await session.post(second.url, { data: 'x' })).text();
  });
  const before = second.connections;
  await run(main());
  await session.close();
  while (second.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
  // One for the requests without a body, one for those with a short one, and one for each that was cancelled.
  expect(second.connections - before).toBeLessThanOrEqual(52);
});
