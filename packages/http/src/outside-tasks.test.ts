/** Everything that waits works from plain promise code, where no loop runs and no task is. */
import { startServer, startWebSocketServer, frameKinds } from '@cotask/test-servers';
import { currentTask } from 'cotask';
import { expect, test } from 'vitest';
import { ClientSession, Connector } from './index.ts';

test('requests, bodies, parts, events, WebSockets and the end of a session', async () => {
  await using server = await startServer((request, response) => {
    if (request.url === '/parts')
      response.setHeader('content-type', 'multipart/mixed; boundary=b').end('--b\r\n\r\none\r\n--b--');
    else if (request.url === '/events') response.setHeader('content-type', 'text/event-stream').end('data: hello\n\n');
    else if (request.url === '/moved') response.writeHead(302, { location: '/lines' }).end();
    else if (request.url !== '/silent') response.end('a\nb\n');
  });
  await using sockets = await startWebSocketServer((peer) => {
    peer.write(frameKinds.text, 'hi');
    peer.write(frameKinds.close, Buffer.from([3, 232]));
    peer.socket.end();
  });
  expect(currentTask()).toBe(null);
  const session = new ClientSession({ baseUrl: `${server.url}/`, limit: 1 });
  const lines: string[] = [];
  for await (const line of (await session.get('moved')).readLines()) lines.push(line);
  expect(lines).toEqual(['a', 'b']);
  const both = await Promise.all(
    ['x', 'y'].map((path) => session.get(path, { timeout: 5000 }).then((response) => response.text())),
  );
  expect(both).toEqual(['a\nb\n', 'a\nb\n']);
  const posted = await session.post('x', { data: ['a', 'b'], expect100: true });
  expect((await posted.bytes()).byteLength).toBe(4);
  for await (const part of (await session.get('parts')).multipart()) expect(await part.text()).toBe('one');
  for await (const event of session.events('events')) {
    expect(event.data).toBe('hello');
    break;
  }
  const socket = await session.ws(sockets.url);
  expect([await socket.receive(), await socket.receive()]).toEqual(['hi', null]);
  await expect(session.get('silent', { timeout: { total: 20 } })).rejects.toMatchObject({ deadline: 'total' });
  const connector = session.detach();
  expect(connector).toBeInstanceOf(Connector);
  await connector.close();
  await server.waitForConnections(0);
});
