/** `expect100` against servers that are written out byte by byte: what is sent, when, and what is never sent. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import { startServer } from '@cotask/test-servers';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { MockAgent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { ClientSession, type RequestOptions } from '../index.ts';
import { cert, key } from '../probes/localhost-certificate.ts';

interface RawServer {
  url: string;
  /** What each connection has sent. */
  got: string[];
  open: Set<Socket>;
  server: Server;
}

const servers: RawServer[] = [];

afterEach(async () => {
  for (const { server, open } of servers.splice(0)) {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  }
});

/** Calls `play` for each piece that comes, with all that has come. */
async function startRaw(play: (socket: Socket, all: string) => void, secure = false): Promise<RawServer> {
  const serve = (socket: Socket): void => {
    const at = raw.got.push('') - 1;
    raw.open.add(socket.on('close', () => raw.open.delete(socket)).on('error', () => undefined));
    socket.on('data', (chunk: Buffer) => {
      const all = (raw.got[at] ?? '') + chunk.toString('latin1');
      raw.got[at] = all;
      play(socket, all);
    });
  };
  const server = secure ? createTlsServer({ key, cert }, serve) : createServer(serve);
  const raw: RawServer = { url: '', got: [], open: new Set(), server };
  servers.push(raw);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  raw.url = `${secure ? 'https' : 'http'}://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return raw;
}

const gone = async ({ open }: RawServer): Promise<void> => {
  while (open.size > 0) await new Promise((resolve) => setImmediate(resolve));
};

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const go = 'HTTP/1.1 100 Continue\r\n\r\n';
const headOf = (sent: string | undefined): string => sent?.split('\r\n\r\n')[0] ?? '';
const bodyOf = (sent: string | undefined): string => sent?.split('\r\n\r\n').slice(1).join('\r\n\r\n') ?? '';

async function* slowly(): AsyncGenerator<string> {
  yield 'one ';
  await new Promise((resolve) => setTimeout(resolve, 5));
  yield 'two';
}

const chunked = '4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n';
const bodies: [string, () => RequestOptions, (sent: string) => boolean][] = [
  ['of known length', () => ({ data: 'the body' }), (sent) => sent === 'the body'],
  ['in chunks', () => ({ data: slowly() }), (sent) => sent === chunked],
  ['of a megabyte', () => ({ data: 'x'.repeat(1_000_000) }), (sent) => sent.length === 1_000_000],
];

describe.each([false, true])('a body (https: %s)', (secure) => {
  test.each(bodies)('%s is sent when the server wants it', async (_what, options, isWhole) => {
    let early = '';
    const server = await startRaw((socket, all) => {
      if (early === '' && all.includes('\r\n\r\n')) {
        early = all;
        setTimeout(() => void socket.write(go), 30);
      } else if (isWhole(bodyOf(all))) socket.write(ok);
    }, secure);
    await using session = new ClientSession({ tls: { ca: cert } });
    const response = await session.post(server.url, { ...options(), expect100: 60_000 });
    expect(await response.text()).toBe('ok');
    expect(headOf(early)).toContain('\r\nexpect: 100-continue');
    expect(headOf(early).match(/expect/gu)).toHaveLength(1);
    expect(bodyOf(early)).toBe('');
    await gone(server);
  });

  test.each(bodies)(
    '%s is sent after the wait, and a word that comes late does no harm',
    async (_w, options, isWhole) => {
      const server = await startRaw((socket, all) => {
        if (isWhole(bodyOf(all))) socket.write(go + ok);
      }, secure);
      await using session = new ClientSession({ tls: { ca: cert } });
      const begun = performance.now();
      expect(await (await session.post(server.url, { ...options(), expect100: 40 })).text()).toBe('ok');
      expect(performance.now() - begun).toBeGreaterThan(35);
      await gone(server);
    },
  );

  test.each(bodies)('%s is not sent when the server answers at once', async (_what, options) => {
    const server = await startRaw((socket, all) => {
      if (all.includes('\r\n\r\n')) socket.write('HTTP/1.1 417 No\r\ncontent-length: 2\r\n\r\nno');
    }, secure);
    await using session = new ClientSession({ tls: { ca: cert }, limit: 1 });
    for (let time = 0; time < 2; time += 1) {
      const response = await session.put(server.url, { ...options(), expect100: true });
      expect([response.status, await response.text()]).toEqual([417, 'no']);
    }
    await gone(server);
    expect(server.got.map(bodyOf)).toEqual(['', '']);
  });
});

describe('what the server says first', () => {
  test.each([
    ['a hint', `HTTP/1.1 103 Hint\r\nlink: </a>\r\n\r\n${go}`],
    ['two words', go + go],
    ['a word with fields', 'HTTP/1.1 100 Continue\r\nx: y\r\n\r\n'],
  ])('may be %s, in one piece or in many', async (_what, words) => {
    for (const pieces of [[words], [...words]]) {
      let said = false;
      let saidAll = (): void => undefined;
      const all = new Promise<void>((resolve) => (saidAll = resolve));
      const server = await startRaw((socket, sent) => {
        if (!said) {
          said = true;
          void (async () => {
            for (const piece of pieces) {
              socket.write(piece);
              await new Promise((resolve) => setImmediate(resolve));
            }
            saidAll();
          })();
        } else if (bodyOf(sent) === 'body') void all.then(() => socket.write(ok));
      });
      await using session = new ClientSession();
      const response = await session.post(server.url, { data: 'body', expect100: 60_000 });
      expect(await response.text()).toBe('ok');
    }
  });

  test.each<[string, string, object]>([
    ['no HTTP', 'SSH-2.0 hello\r\n', { code: 'COTASK_HTTP_MESSAGE' }],
    ['an endless word', `HTTP/1.1 100 Go\r\n${'x: y\r\n'.repeat(10_000)}`, { code: 'COTASK_HTTP_MESSAGE' }],
  ])('may be %s, and is an error', async (_what, words, error) => {
    const server = await startRaw((socket) => void socket.write(words));
    await using session = new ClientSession();
    await expect(session.post(server.url, { data: 'x', expect100: 60_000 })).rejects.toMatchObject(error);
    await gone(server);
  });

  test('may be an end', async () => {
    const server = await startRaw((socket) => void socket.end());
    await using session = new ClientSession();
    await expect(session.post(server.url, { data: 'x', expect100: 60_000 })).rejects.toMatchObject({
      code: 'COTASK_HTTP_DISCONNECTED',
    });
    await gone(server);
  });
});

test('Node’s own server is content, and the next request has a connection as ever', async () => {
  await using server = await startServer(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    response.end(`${String(request.headers.expect)} ${size}`);
  });
  await using session = new ClientSession();
  const first = await session.post(server.url, { data: 'x'.repeat(300_000), expect100: true });
  expect(await first.text()).toBe('100-continue 300000');
  expect(first.requestInfo.method).toBe('POST');
  for (let time = 0; time < 2; time += 1)
    expect(await (await session.post(server.url, { data: 'xx' })).text()).toBe('undefined 2');
  expect(server.totalConnections).toBe(2);
});

test('a redirect that takes the body away takes the expectation too; one that keeps it sends it again', async () => {
  await using server = await startServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const next = { '/see': 303, '/keep': 307 }[request.url ?? ''];
    if (next !== undefined) response.writeHead(next, { location: '/end' }).end();
    else response.end(`${request.method} ${String(request.headers.expect)} ${body}`);
  });
  await using session = new ClientSession();
  const ask = async (path: string): Promise<string> =>
    await (await session.post(server.url + path, { data: 'body', expect100: true })).text();
  expect(await ask('/see')).toBe('GET undefined ');
  expect(await ask('/keep')).toBe('POST 100-continue body');
});

test('is refused where it could do nothing', async () => {
  await using session = new ClientSession();
  await expect(session.get('http://127.0.0.1:9/', { expect100: true })).rejects.toThrow('without a body');
  await expect(session.post('http://127.0.0.1:9/', { data: 'x', expect100: 0 })).rejects.toThrow('expect100 must be');
  await expect(session.post('http://127.0.0.1:9/', { headers: { expect: '100-continue' } })).rejects.toThrow(
    'expect100',
  );
  await using modern = new ClientSession({ version: '2' });
  await expect(modern.post('http://a.test/', { data: 'x', expect100: true })).rejects.toThrow('need HTTP/1.1');
  await expect(modern.ws('ws://a.test/')).rejects.toThrow('need HTTP/1.1');
  await using mocked = new ClientSession({ dispatcher: new MockAgent() });
  await expect(mocked.post('http://a.test/', { data: 'x', expect100: true })).rejects.toThrow('takes no expect100');
});

test.each(['while the server says nothing', 'while the body is on its way', 'at random moments'])(
  'a cancel %s leaves nothing',
  async (when) => {
    const server = await startRaw((socket, all) => {
      if (when !== 'while the server says nothing' && bodyOf(all) === '') socket.write(go);
    });
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        yield new Uint8Array(1000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await using session = new ClientSession({ timeout: null });
    const main = coroutine(async () => {
      for (const wait of when === 'at random moments' ? [0, 1, 2, 3, 5, 8] : [30]) {
        const task = createTask(session.post(server.url, { data: endless(), expect100: 60_000 }));
        await sleep(wait);
        task.cancel();
        await fromPromise(Promise.allSettled([task]));
        expect(task.cancelled()).toBe(true);
      }
      await fromPromise(gone(server));
    });
    await run(main());
  },
);
