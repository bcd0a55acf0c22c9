// What is on the wire, read with bare sockets: the parts of the cases that no HTTP client shows.

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../ask.ts';
import { goodBody } from './exchange.ts';
import { hostileCase } from './hostile-cases.ts';
import { startHostileOrigin } from './start-hostile-origin.ts';
import type { HostileOrigin } from './start-hostile-origin.ts';

let origin: HostileOrigin;

beforeAll(async () => {
  origin = await startHostileOrigin();
});

afterAll(() => origin.close());

async function dial(): Promise<Socket> {
  const socket = connect(Number(new URL(origin.url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Reads until `wanted` has come, one character a byte. */
async function readUntil(socket: Socket, wanted: string): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += (chunk as Buffer).toString('latin1');
    if (text.includes(wanted)) return text;
  }
  throw new Error(`The connection ended before ${JSON.stringify(wanted)}, after ${JSON.stringify(text)}.`);
}

/** All that comes for one request, and how the connection ends. */
async function readAll(path: string): Promise<{ text: string; end: 'FIN' | 'RST' }> {
  const socket = await dial();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  let end: 'FIN' | 'RST' = 'FIN';
  socket.on('error', () => (end = 'RST'));
  socket.write(get(path));
  await new Promise((resolve) => socket.once('close', resolve));
  return { text, end };
}

test.each([
  ['chunk-lf-only', 'd\nAll is well.\n\n0\n\n'],
  ['head-bare-cr', 'X-Bad: a\rX-Injected: b\r\n'],
  ['head-nul', 'X-Bad: a\0b\r\n'],
  ['head-folded', 'X-Folded: a\r\n b\r\n'],
  ['head-lf-only', 'HTTP/1.1 200 OK\nX-Fine: a\n'],
  ['header-latin-1', 'X-Name: caf\xe9\r\n'],
  ['header-utf-8', 'X-Name: caf\xc3\xa9\r\n'],
  ['redirect-in-utf-8', 'Location: /redirect-in-utf-8/caf\xc3\xa9\r\n'],
  ['retry-after-twice', 'Retry-After: 1\r\nRetry-After: 2\r\n'],
  ['lengths-differ', 'Content-Length: 4\r\nContent-Length: 13\r\n'],
  ['tls-alert', '\x15\x03\x01\x00\x02\x02\x46'],
  ['surplus-bytes', `\r\n\r\n${goodBody}more than that`],
  ['name-traversal', 'filename="../../evil.txt"'],
  ['name-drive', 'filename="C:\\\\evil.txt"'],
])('%s sends these very bytes', async (name, bytes) => {
  const socket = await dial();
  socket.write(get(`/${name}`));
  expect(await readUntil(socket, bytes)).toContain(bytes);
  socket.destroy();
});

test.each([
  ['closed-before-answer', 'FIN', ''],
  ['reset-before-answer', 'RST', ''],
  ['no-length', 'FIN', 'xyz'],
  ['short-body', 'FIN', 'Content-Length: 1040\r\n'],
  ['reset-in-body', 'RST', 'xyz'],
  ['no-length-reset', 'RST', 'xyz'],
] as const)('%s ends its connection with %s', async (name, end, sent) => {
  const read = await readAll(`/${name}`);
  expect(read.end).toBe(end);
  expect(read.text).toContain(sent);
});

test.each([
  ['closed-on-reuse', false],
  ['reset-on-reuse', true],
])('%s answers the first request of a connection and not the second', async (name, resets) => {
  const socket = await dial();
  socket.write(get(`/${name}`));
  await readUntil(socket, goodBody);
  let reset = false;
  let bytes = 0;
  socket.on('error', () => (reset = true)).on('data', (chunk: Buffer) => (bytes += chunk.length));
  socket.write(get(`/${name}`));
  await new Promise((resolve) => socket.once('close', resolve));
  expect([reset, bytes]).toEqual([resets, 0]);
});

test('answer-on-idle-socket sends the second answer only to a connection that is idle', async () => {
  const idle = await dial();
  idle.write(get('/answer-on-idle-socket'));
  await readUntil(idle, 'This answers no request.');
  const busy = await dial();
  busy.write(get('/answer-on-idle-socket') + get('/status-404'));
  expect(await readUntil(busy, '404')).not.toContain('This answers no request.');
  idle.destroy();
  busy.destroy();
});

test('a trickle comes in many small pieces', async () => {
  const socket = await dial();
  socket.write(get('/body-trickle'));
  await readUntil(socket, '\r\n\r\n');
  const sizes: number[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    if (sizes.push((chunk as Buffer).length) === 3) break;
  }
  // One byte each, but a machine that is busy may join a few.
  expect(Math.max(...sizes)).toBeLessThan(100);
  socket.destroy();
});

test('what is endless goes on as long as it is read, and ends when the client leaves', async () => {
  for (const name of ['endless-body', 'endless-chunks', 'interim-flood', 'head-endless']) {
    const socket = await dial();
    socket.write(get(`/${name}`));
    let bytes = 0;
    for await (const chunk of socket) {
      bytes += (chunk as Buffer).length;
      if (bytes > 8 * 1024 * 1024) break;
    }
    expect(socket.destroyed, name).toBe(true);
  }
  await origin.waitForConnections(0);
});

test.each([
  ['range-from-elsewhere', 206, 'bytes 0-899/1800', 'old'],
  ['range-of-another-size', 206, 'bytes 900-1799/1801', 'old'],
  ['range-without-content-range', 206, undefined, 'old'],
  ['range-in-multipart', 206, undefined, 'old'],
  ['range-ignored', 200, undefined, 'old'],
  ['range-refused', 416, 'bytes */1800', ''],
  ['file-changes-in-silence', 206, 'bytes 900-1799/1800', 'new'],
  ['file-without-strong-validator', 206, 'bytes 900-1799/1800', 'new'],
])('%s breaks off, misbehaves at a Range, and serves the whole at last', async (name, status, range, age) => {
  const url = origin.urlOf(name, { key: 'whole' });
  await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const part = await ask(url, { headers: { range: 'bytes=900-' } });
  expect([part.status, part.headers['content-range']]).toEqual([status, range]);
  expect(part.body.toString()).toContain(age);
  expect((await ask(url)).body).toEqual(hostileCase(name).expects.stored);
});

test('file-changes honours If-Range', async () => {
  const url = origin.urlOf('file-changes', { key: 'if-range' });
  await expect(ask(url)).rejects.toThrow();
  const answers = await Promise.all(
    ['"one"', '"two"'].map((tag) => ask(url, { headers: { range: 'bytes=900-', 'if-range': tag } })),
  );
  expect(answers.map(({ status, body }) => [status, body.length])).toEqual([
    [200, 1800],
    [206, 900],
  ]);
});

test('short-body-once is whole at the second request, or by a range', async () => {
  const url = origin.urlOf('short-body-once', { key: 'again' });
  const { stored } = hostileCase('short-body-once').expects;
  await expect(ask(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const rest = await ask(url, { headers: { range: 'bytes=520-' } });
  expect([rest.status, rest.headers['content-range']]).toEqual([206, 'bytes 520-1039/1040']);
  expect(rest.body).toEqual(stored?.subarray(520));
  expect((await ask(url)).body).toEqual(stored);
});

test('a case can become good after so many requests, each URL for itself', async () => {
  for (const key of ['one', 'two']) {
    const url = origin.urlOf('status-500', { goodAfter: 2, key });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await ask(url)).status);
    expect(statuses).toEqual([500, 500, 200, 200]);
  }
  const reset = origin.urlOf('reset-before-answer', { goodAfter: 1 });
  await expect(ask(reset)).rejects.toThrow();
  expect((await ask(reset)).body.toString()).toBe(goodBody);
});

test('the requests are kept as they were sent', async () => {
  await using own = await startHostileOrigin();
  const headers = { 'X-Mark': 'caf\xe9', Accept: '*/*' };
  await ask(own.urlOf('status-404', { key: 'a b' }), { method: 'POST', headers });
  await ask(own.urlOf('status-500'));
  expect(own.requests('status-404')).toEqual([
    {
      method: 'POST',
      target: '/status-404?key=a%20b',
      name: 'status-404',
      headers: expect.objectContaining({ 'x-mark': 'caf\xe9', accept: '*/*' }),
      rawHeaders: expect.arrayContaining([['X-Mark', 'caf\xe9']]),
      connection: 1,
      onConnection: 1,
      attempt: 1,
    },
  ]);
  expect(own.requests().map(({ name, connection }) => [name, connection])).toEqual([
    ['status-404', 1],
    ['status-500', 2],
  ]);
});

test('bodies of requests are read and are no requests', async () => {
  const socket = await dial();
  const post = 'POST /status-404 HTTP/1.1\r\nHost: a\r\n';
  socket.write(`${post}Content-Length: 5\r\n\r\nGET /${post}Transfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\n\r\n`);
  socket.write(`${post}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get('/status-410')}`);
  const text = await readUntil(socket, ' 410 ');
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 404', 'HTTP/1.1 404', 'HTTP/1.1 410']);
  socket.destroy();
});

test('a client that sends no end of a head is cut off', async () => {
  const socket = await dial();
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write('GET / HTTP/1.1\r\n' + 'X: y\r\n'.repeat(200_000));
  await closed;
});

test('the other origin keeps what a redirect brings to it', async () => {
  await using own = await startHostileOrigin();
  const { headers } = await ask(own.urlOf('redirect-to-other-origin'));
  expect(headers.location).toBe(`${own.otherUrl}/landed`);
  expect(headers['set-cookie']).toEqual(['secret=1; Path=/']);
  expect((await ask(headers.location ?? '', { headers: { cookie: 'secret=1' } })).body.toString()).toBe(goodBody);
  expect(own.otherRequests().map(({ target, headers: { cookie } }) => [target, cookie])).toEqual([
    ['/landed', 'secret=1'],
  ]);
  expect(own.requests()).toHaveLength(1);
});

test('a case that there is not is a RangeError here and a 404 there', async () => {
  expect(() => origin.urlOf('kindness')).toThrow(RangeError);
  expect((await ask(`${origin.url}/kindness`)).status).toBe(404);
});

test('close ends what is endless, may be called twice, and fails waits for what did not come', async () => {
  const own = await startHostileOrigin();
  const failed = expect(ask(own.urlOf('endless-body'))).rejects.toThrow();
  await own.waitForConnections(1);
  const waits = expect(own.waitForConnections(7)).rejects.toThrow('before this came: 7 connections open');
  await Promise.all([own.close(), own.close()]);
  await Promise.all([failed, waits]);
  expect(own.connections).toBe(0);
});
