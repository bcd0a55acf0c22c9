// A server that answers as soon as a request's head is there and closes at once, while the client still sends.

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { ClientSession } from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** `answer` is called once a connection, when it has received something. */
async function start(secure: boolean, answer: (socket: Socket) => void): Promise<string> {
  const accept = (socket: Socket): void => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
    socket.once('data', () => answer(socket.pause()));
  };
  const server = secure ? createTlsServer({ key, cert }, accept) : createServer(accept);
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http${secure ? 's' : ''}://127.0.0.1:${address.port}/`;
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < 10_000; at += 1) yield new Uint8Array(100_000);
}

const tls = { ca: cert };
const head = 'HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n';

test.each([
  ['http', false, `${head}\r\nno!`],
  ['https', true, `${head}\r\nno!`],
  ['http, and says that it closes', false, `${head}connection: close\r\n\r\nno!`],
  ['http, and closing is the end', false, 'HTTP/1.1 413 Too Large\r\nconnection: close\r\n\r\nno!'],
])('the answer is heard over %s', async (_how, secure, answer) => {
  const url = await start(secure, (socket) => socket.write(answer, () => socket.destroy()));
  await using session = new ClientSession({ tls });
  for (let round = 0; round < 12; round += 1) {
    const response = await session.post(url, { data: endless() });
    expect([response.status, await response.text()]).toEqual([413, 'no!']);
    const bytes = await session.post(url, { data: new Uint8Array(10_000_000) });
    expect([bytes.status, await bytes.text()]).toEqual([413, 'no!']);
  }
});

test.each([
  ['nothing', '', 'COTASK_HTTP_DISCONNECTED'],
  ['half a head', 'HTTP/1.1 413 Too', 'COTASK_HTTP_DISCONNECTED'],
])('a server that says %s and closes is an error', async (_what, answer, code) => {
  const url = await start(false, (socket) => socket.write(answer, () => socket.destroy()));
  await using session = new ClientSession();
  for (let round = 0; round < 10; round += 1)
    await expect(session.post(url, { data: endless() })).rejects.toMatchObject({ code });
});

test('the answer is heard after the server has first wanted the body', async () => {
  const url = await start(false, (socket) => {
    socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    socket.once('data', () => socket.pause().write(`${head}\r\nno!`, () => socket.destroy()));
    socket.resume();
  });
  await using session = new ClientSession();
  for (let round = 0; round < 12; round += 1) {
    const response = await session.post(url, { data: endless(), expect100: true });
    expect([response.status, await response.text()]).toEqual([413, 'no!']);
  }
});

test('half an answer is an error when its body is read', async () => {
  const url = await start(false, (socket) => socket.write(`${head}\r\nn`, () => socket.destroy()));
  await using session = new ClientSession();
  const response = await session.post(url, { data: endless() });
  await expect(response.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_PAYLOAD' });
});

test('the source of the body is closed when the answer came first', async () => {
  const url = await start(false, (socket) => socket.write(`${head}\r\nno!`, () => socket.destroy()));
  await using session = new ClientSession();
  let open = true;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* endless();
    } finally {
      open = false;
    }
  }
  await (await session.post(url, { data: source() })).text();
  await expect.poll(() => open).toBe(false);
});
