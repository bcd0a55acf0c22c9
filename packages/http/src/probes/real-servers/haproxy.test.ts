import { setTimeout as wait } from 'node:timers/promises';
import {
  authority,
  clientCertificate,
  findProgram,
  otherCertificate,
  serverCertificate,
  startHaproxy,
  startNginx,
  startServer,
  type Daemon,
  type TestServer,
} from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, retryRequests, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const program = findProgram('haproxy');
const nginxProgram = findProgram('nginx');
const page = 'all work and no play\n'.repeat(5000);

let haproxy: Daemon;
let nginx: Daemon | null = null;
/** What stands behind HAProxy. */
let upstream: TestServer;

const pem = ({ cert, key }: { cert: string; key: string }): string => `${cert}\n${key}\n`;

const configuration = ({ folder, ports }: { folder: string; ports: readonly number[] }): string => `
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
  timeout queue 300ms
  timeout http-keep-alive 5s
  retries 1

frontend usual
  bind 127.0.0.1:${ports[0]}
  bind unix@${folder}/socket
  timeout http-request 500ms
  http-request return status 200 content-type text/plain string "from HAProxy" if { path /own }
  http-request deny deny_status 429 hdr retry-after 1 if { path /denied }
  http-request redirect code 302 location /own if { path /moved }
  http-request reject if { path /rejected }
  http-request tarpit deny_status 500 if { path /tarpit }
  timeout tarpit 200ms
  use_backend slow if { path_beg /slow }
  use_backend one-at-a-time if { path_beg /queue }
  use_backend crowded if { path_beg /crowded }
  use_backend nobody if { path_beg /nobody }
  use_backend half-dead if { path_beg /half }
  use_backend files if { path_beg /files }
  default_backend node

frontend brief
  bind 127.0.0.1:${ports[1]}
  timeout http-keep-alive 500ms
  default_backend node

frontend closing
  bind 127.0.0.1:${ports[4]}
  option httpclose
  option http-buffer-request
  timeout http-request 500ms
  default_backend node

frontend secure
  bind 127.0.0.1:${ports[2]} ssl crt ${folder}/server.pem crt ${folder}/other.pem alpn h2,http/1.1
  http-request return status 200 content-type text/plain lf-string "%[ssl_fc_protocol] %[ssl_fc_alpn] %[ssl_fc_sni] %HV" if { path /tls }
  http-request set-header x-alpn %[ssl_fc_alpn]
  default_backend node

frontend known
  bind 127.0.0.1:${ports[3]} ssl crt ${folder}/server.pem ca-file ${folder}/authority.crt verify required
  http-request return status 200 content-type text/plain lf-string "%[ssl_c_s_dn(CN)]"

backend node
  http-reuse always
  compression algo gzip
  compression type text/plain
  server one 127.0.0.1:${upstream.port}
backend slow
  timeout server 300ms
  server one 127.0.0.1:${upstream.port}
backend one-at-a-time
  timeout queue 5s
  server one 127.0.0.1:${upstream.port} maxconn 1
backend crowded
  server one 127.0.0.1:${upstream.port} maxconn 1
backend nobody
  server one 127.0.0.1:1
backend half-dead
  balance roundrobin
  option redispatch 1
  server dead 127.0.0.1:1
  server one 127.0.0.1:${upstream.port}
backend files
  server one 127.0.0.1:${nginx?.ports[0] ?? 1}
`;

beforeAll(async () => {
  if (program === null) return;
  upstream = await startServer(async (request, response) => {
    const path = request.url ?? '';
    if (path === '/slow') return;
    if (path === '/dies') return void request.socket.destroy();
    if (path === '/breaks') {
      response.writeHead(200, { 'content-length': '1000' });
      return void response.write('half', () => request.socket.destroy());
    }
    if (path.startsWith('/queue')) await wait(20);
    if (path.startsWith('/crowded')) await wait(700);
    if (path === '/slow/body') {
      response.write('the beginning');
      return;
    }
    response.setHeader('content-type', 'text/plain');
    if (request.method !== 'POST' && request.method !== 'PUT') return void response.end(path === '/page' ? page : path);
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    response.end(`${bytes} bytes`);
  });
  if (nginxProgram !== null)
    nginx = await startNginx({
      program: nginxProgram,
      ports: 1,
      http: ({ folder, ports }) => `server { listen 127.0.0.1:${ports[0]}; root ${folder}/www; }`,
      files: { 'www/files/a': page },
    });
  haproxy = await startHaproxy({
    program,
    ports: 5,
    sockets: ['socket'],
    configuration,
    files: {
      'server.pem': pem(serverCertificate),
      'other.pem': pem(otherCertificate),
      'authority.crt': authority,
    },
  });
});

afterAll(async () => {
  await haproxy?.close();
  await nginx?.close();
  await upstream?.close();
});

const open = (port = 0, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `http://127.0.0.1:${haproxy.ports[port]}/`, ...options });

const secure = (port: number, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `https://localhost:${haproxy.ports[port]}/`, tls: { ca: authority }, ...options });

describe.skipIf(program === null)('HAProxy', () => {
  describe('what it says itself', () => {
    test('answers, redirects, refusals', async () => {
      await using session = open();
      expect(await (await session.get('own')).text()).toBe('from HAProxy');
      const moved = await session.get('moved');
      expect([await moved.text(), moved.history.length]).toEqual(['from HAProxy', 1]);
      const denied = await session.get('denied');
      expect([denied.status, denied.headers.get('retry-after')]).toEqual([429, '1']);
      expect((await session.get('tarpit')).status).toBe(500);
    });

    test('a connection that is closed without a word', async () => {
      await using session = open();
      await expect(session.get('rejected')).rejects.toMatchObject({ code: 'COTASK_HTTP_DISCONNECTED' });
      expect((await session.get('own')).status).toBe(200);
    });

    test('an upstream that is slow, dies, is not there: 504, 502, 503', async () => {
      await using session = open();
      const status = async (path: string): Promise<number> => (await session.get(path)).status;
      expect([await status('slow'), await status('dies'), await status('nobody')]).toEqual([504, 502, 503]);
    });

    test.each(['breaks', 'slow/body'])('a body that breaks off behind it breaks off here: %s', async (path) => {
      await using session = open();
      const response = await session.get(path);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_PAYLOAD' });
    });

    test('a head that is too long: 400', async () => {
      await using session = open();
      expect((await session.get('own', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(400);
      expect((await session.get('own')).status).toBe(200);
    });

    test('a body that it compresses on its way', async () => {
      await using session = open();
      const response = await session.get('page');
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(await response.text()).toBe(page);
    });

    test('a Unix socket', async () => {
      await using session = new ClientSession({ socketPath: `${haproxy.folder}/socket` });
      expect(await (await session.get('http://any.test/own')).text()).toBe('from HAProxy');
    });
  });

  describe('its queue', () => {
    test('one connection behind it, and thirty that wait in line', async () => {
      await using session = open(0, { limit: 0 });
      await manyRequests(30, 30, async (number) => {
        expect(await (await session.get(`queue/${number}`)).text()).toBe(`/queue/${number}`);
      });
    });

    test('who waits too long hears 503, and a retry gets through', async () => {
      const crowd = async (options: ClientSessionOptions): Promise<number[]> => {
        await using session = open(0, { limit: 0, ...options });
        return await Promise.all([0, 1].map(async (number) => (await session.get(`crowded/${number}`)).status));
      };
      expect((await crowd({})).toSorted((a, b) => a - b)).toEqual([200, 503]);
      expect(await crowd({ middlewares: [retryRequests({ attempts: 10 })] })).toEqual([200, 200]);
    });

    test('a server that is dead is passed over', async () => {
      await using session = open();
      await manyRequests(10, 2, async (number) => {
        expect(await (await session.get(`half/${number}`)).text()).toBe(`/half/${number}`);
      });
    });
  });

  describe('connections', () => {
    test('one that it closes after each answer', async () => {
      await using session = open(4);
      await manyRequests(200, 10, async (number) => {
        const response = await session.get(`closes/${number}`);
        expect([response.headers.get('connection'), await response.text()]).toEqual(['close', `/closes/${number}`]);
      });
    });

    // The cast: 60 connections that HAProxy ends after half a second without a word. The plot: each is used again at about
    // that moment, a little before, a little after, and in it.
    test('one that is ended just when it is used again loses no GET and no PUT of bytes', async () => {
      await using session = open(1, { limit: 0, keepAliveTimeout: 60_000 });
      await Promise.all(Array.from({ length: 60 }, async () => await (await session.get('warm')).text()));
      const again = async (_: unknown, at: number): Promise<string> => {
        await wait(470 + at);
        const response = await (at % 3 > 0 ? session.get('again') : session.put('again', { data: 'again' }));
        return await response.text();
      };
      const answers = await Promise.all(Array.from({ length: 60 }, again));
      expect(answers).toEqual(Array.from({ length: 60 }, (_, at) => (at % 3 > 0 ? '/again' : '5 bytes')));
    });

    test('a server that begins anew three times in the middle of 3,000 requests loses none', async () => {
      await using session = open();
      let answered = 0;
      await manyRequests(3000, 10, async () => {
        const response = await session.get('own');
        expect([response.status, await response.text()]).toEqual([200, 'from HAProxy']);
        answered += 1;
        if (answered % 800 === 0) haproxy.signal('SIGUSR2');
      });
      expect(answered).toBe(3000);
    });
  });

  describe('uploads', () => {
    const piece = new Uint8Array(1 << 20).fill(97);
    async function* streamed(count: number, pause = 0): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < count; at += 1) {
        yield piece;
        if (pause > 0) await wait(pause);
      }
    }

    test('50 MB in chunks arrive whole', async () => {
      await using session = open();
      const response = await session.post('upload', { data: streamed(50) });
      expect(await response.text()).toBe(`${50 << 20} bytes`);
    });

    test.each(['denied', 'own', 'moved'])('an answer comes while 50 MB are sent: %s', async (path) => {
      await using session = open();
      for (let round = 0; round < 5; round += 1) {
        const response = await session.post(path, { data: streamed(50), allowRedirects: false });
        expect(response.status).toBe({ denied: 429, own: 200, moved: 302 }[path]);
        await response.text();
      }
    });

    test('a body that is asked about is sent where it is wanted, and not where it is refused', async () => {
      await using session = open();
      const taken = await session.post('upload', { data: streamed(10), expect100: true });
      expect(await taken.text()).toBe(`${10 << 20} bytes`);
      const refused = await session.post('denied', { data: streamed(50), expect100: true });
      expect(refused.status).toBe(429);
    });

    test('408 comes where the sender is too slow', async () => {
      await using session = open(4);
      async function* slow(): AsyncGenerator<string> {
        yield 'the beginning';
        await wait(3000);
        yield 'the end';
      }
      const response = await session.post('upload', { data: slow() });
      expect([response.status, await response.text()]).toEqual([408, expect.stringContaining('Request Time-out')]);
    });
  });

  describe('TLS', () => {
    const said = async (session: ClientSession, path = 'tls'): Promise<string> =>
      await (await session.get(path)).text();

    test('speaks HTTP/2 with who offers it, and HTTP/1.1 with who does not', async () => {
      await using one = secure(2);
      expect(await said(one)).toMatch(/^TLSv1\.3 (http\/1\.1|-)? ?localhost HTTP\/1\.1$/u);
      await using two = secure(2, { allowH2: true });
      expect(await said(two)).toBe('TLSv1.3 h2 localhost HTTP/2.0');
    });

    test.each([false, true])('many at once, with and without HTTP/2: %s', async (allowH2) => {
      await using session = secure(2, { allowH2 });
      await manyRequests(500, 20, async (number) => {
        expect(await said(session, `many/${number}`)).toBe(`/many/${number}`);
      });
      const response = await session.post('upload', { data: 'x'.repeat(1_000_000) });
      expect(await response.text()).toBe('1000000 bytes');
    });

    test.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'a client without a certificate is refused in %s by name',
      async (version) => {
        const tls = { ca: authority, minVersion: version, maxVersion: version };
        await using session = secure(3, { tls });
        await expect(session.get('')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
        await expect(session.post('', { data: piece() })).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
        await using known = secure(3, { tls: { ...tls, ...clientCertificate } });
        expect(await (await known.get('')).text()).toBe('client');
      },
    );

    const piece = (): Uint8Array => new Uint8Array(1 << 20);
  });

  test.skipIf(nginxProgram === null)('nginx behind it: ranges and unchanged files pass through', async () => {
    await using session = open();
    const whole = await session.get('files/a');
    expect(await whole.text()).toBe(page);
    const etag = whole.headers.get('etag') ?? '';
    const part = await session.get('files/a', { headers: { range: 'bytes=4-7', 'if-range': etag } });
    expect([part.status, await part.text()]).toEqual([206, 'work']);
    const unchanged = await session.get('files/a', { headers: { 'if-none-match': etag } });
    expect(unchanged.status).toBe(304);
    const head = await session.head('files/a');
    expect(head.contentLength).toBe(page.length);
  });
});
