import { Agent } from 'node:http';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ask } from './ask.ts';
import { startServer } from './start-server.ts';

test('answers each request with the handler', async () => {
  await using server = await startServer((request, response) => void response.end(`You asked for ${request.url}`));
  const { status, body } = await ask(`${server.url}/a?b=c`);
  expect(status).toBe(200);
  expect(body.toString()).toBe('You asked for /a?b=c');
});

test('counts requests in all and by path', async () => {
  await using server = await startServer((_request, response) => void response.end());
  for (const path of ['/a', '/a?again', '/b']) await ask(server.url + path);
  expect(server.requests).toBe(3);
  expect([...server.requestsByPath]).toEqual([
    ['/a', 2],
    ['/b', 1],
  ]);
});

test('counts the requests that are open at once, and remembers the most', async () => {
  const held: ServerResponse[] = [];
  await using server = await startServer((_request, response) => void held.push(response));
  const asked = [1, 2, 3].map(() => ask(server.url));
  await server.waitForRequests(3);
  expect(server.concurrentRequests).toBe(3);
  for (const response of held) response.end();
  await Promise.all(asked);
  await server.idle();
  expect(server.concurrentRequests).toBe(0);
  expect(server.peakConcurrentRequests).toBe(3);
});

test('counts the connections that are open, were open at once and ever came', async () => {
  await using server = await startServer((_request, response) => void response.end());
  for (let i = 0; i < 3; i++) await ask(server.url);
  await server.waitForConnections(0);
  expect(server.totalConnections).toBe(3);
  expect(server.peakConnections).toBe(1);
});

test('logs method, target, headers and connection of each request in order', async () => {
  await using server = await startServer((_request, response) => void response.end());
  const agent = new Agent({ keepAlive: true });
  await ask(`${server.url}/a?b`, { agent, headers: { 'x-mark': '1' } });
  await ask(`${server.url}/c`, { agent, method: 'DELETE' });
  await ask(`${server.url}/d`);
  agent.destroy();
  const shown = server.log.map(({ method, target, path, connection, headers }) => [
    method,
    target,
    path,
    connection,
    headers['x-mark'],
  ]);
  expect(shown).toEqual([
    ['GET', '/a?b', '/a', 1, '1'],
    ['DELETE', '/c', '/c', 1, undefined],
    ['GET', '/d', '/d', 2, undefined],
  ]);
});

test('keeps the newest of the log when it has a limit', async () => {
  await using server = await startServer((_request, response) => void response.end(), { logLimit: 2 });
  for (const path of ['/a', '/b', '/c']) await ask(server.url + path);
  expect(server.log.map(({ path }) => path)).toEqual(['/b', '/c']);
});

test('keeps no record when it is told so, and still counts', async () => {
  await using server = await startServer((_request, response) => void response.end(), { record: false });
  await ask(server.url);
  expect(server.requests).toBe(1);
  expect(server.log).toEqual([]);
  expect(server.requestsByPath.size).toBe(0);
});

test('marks a request whose client has gone before the answer was out', async () => {
  await using server = await startServer(() => {});
  const leaving = new AbortController();
  const asked = ask(server.url, { signal: leaving.signal });
  await server.waitForRequests(1);
  expect(server.log[0]?.aborted).toBe(false);
  leaving.abort();
  await expect(asked).rejects.toThrow('aborted');
  await server.idle();
  expect(server.log[0]?.aborted).toBe(true);
});

test('does not mark a request that was answered', async () => {
  await using server = await startServer((_request, response) => void response.end('all of it'));
  await ask(server.url);
  await server.idle();
  expect(server.log[0]?.aborted).toBe(false);
});

test('answers 500 and keeps the error when the handler throws', async () => {
  const mishap = new Error('no such luck');
  await using server = await startServer(() => Promise.reject(mishap));
  const { status, body } = await ask(server.url);
  expect(status).toBe(500);
  expect(body.toString()).toContain('no such luck');
  expect(server.errors).toEqual([mishap]);
});

test('ends the connection when the handler throws after the head', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('some');
    throw new Error('no such luck');
  });
  await expect(ask(server.url)).rejects.toThrow();
  expect(server.errors).toHaveLength(1);
});

test('close ends connections in use, may be called twice, and frees the port', async () => {
  const server = await startServer(() => {});
  const asked = ask(server.url);
  const refused = expect(asked).rejects.toThrow('socket hang up');
  await server.waitForRequests(1);
  await Promise.all([server.close(), server.close()]);
  await refused;
  expect(server.connections).toBe(0);
  await using second = await startServer(() => {}, { port: server.port });
  expect(second.url).toBe(server.url);
});

test('close fails the waits for what did not come, by name', async () => {
  const server = await startServer(() => {});
  const waits = expect(server.waitForRequests(7)).rejects.toThrow('before this came: 7 requests');
  await server.close();
  await waits;
});

test('a port in use is refused', async () => {
  await using server = await startServer(() => {});
  await expect(startServer(() => {}, { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('hands its options on to the server of Node', async () => {
  await using server = await startServer((_request, response) => void response.end(), { http: { maxHeaderSize: 200 } });
  expect((await ask(server.url, { headers: { 'x-big': 'x'.repeat(300) } })).status).toBe(431);
});

test('waitForConnections follows connections that never ask', async () => {
  await using server = await startServer(() => {});
  const socket = connect(server.port, '127.0.0.1');
  await server.waitForConnections(1);
  socket.destroy();
  await server.waitForConnections(0);
  expect(server.requests).toBe(0);
});
