/** nginx over HTTP/2: many at once, its limits on streams and requests, ranges, codings, uploads that it refuses. */
import {
  authority,
  findProgram,
  serverCertificate,
  startNginx,
  startServer,
  type Daemon,
  type TestServer,
} from '@cotask/test-servers';
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const program = findProgram('nginx');
const page = Buffer.from('all work and no play\n'.repeat(30_000));

let nginx: Daemon;
let upstream: TestServer;

const configuration = ({ folder, ports }: { folder: string; ports: readonly number[] }): string => {
  const server = (port: number, rest: string): string => `
  server {
    listen 127.0.0.1:${ports[port]} ssl http2;
    add_header x-connection $connection;
    add_header x-protocol $server_protocol;
    location /echo { client_max_body_size 0; proxy_pass http://127.0.0.1:${upstream.port}; }
    location /small { client_max_body_size 1m; proxy_pass http://127.0.0.1:${upstream.port}; }
    ${rest}
  }`;
  return `
  types { text/plain txt; application/octet-stream bin; }
  root ${folder}/www;
  gzip on;
  gzip_types text/plain;
  ssl_certificate ${folder}/server.crt;
  ssl_certificate_key ${folder}/server.key;
  ${server(0, 'keepalive_requests 100000;')}
  ${server(1, 'keepalive_requests 10;')}
  ${server(2, 'http2_max_concurrent_streams 5;')}
  ${server(3, 'keepalive_timeout 100ms;')}`;
};

beforeAll(async () => {
  if (program === null) return;
  upstream = await startServer(
    async (request, response) => {
      const hash = createHash('sha256');
      for await (const chunk of request) hash.update(chunk);
      response.end(hash.digest('hex'));
    },
    { record: false },
  );
  nginx = await startNginx({
    program,
    ports: 4,
    http: configuration,
    files: {
      'www/page.txt': page,
      'www/page.bin': page,
      'server.crt': serverCertificate.cert,
      'server.key': serverCertificate.key,
    },
  });
});

afterAll(async () => {
  await nginx?.close();
  await upstream?.close();
});

const open = (port: number, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({
    baseUrl: `https://localhost:${nginx.ports[port]}/`,
    tls: { ca: authority },
    allowH2: true,
    ...options,
  });

describe.skipIf(program === null)('nginx over HTTP/2', () => {
  test('speaks it, whole and in part, coded and not', async () => {
    await using session = open(0);
    const whole = await session.get('page.bin');
    expect([whole.version, whole.header('x-protocol'), Buffer.compare(await whole.bytes(), page)]).toEqual([
      '2.0',
      'HTTP/2.0',
      0,
    ]);
    const part = await session.get('page.bin', { headers: { range: 'bytes=100-199' } });
    expect([part.status, await part.text()]).toEqual([206, page.subarray(100, 200).toString()]);
    const coded = await session.get('page.txt');
    expect([coded.header('content-encoding'), await coded.text()]).toEqual(['gzip', page.toString()]);
    const missing = await session.head('nothing');
    expect([missing.status, missing.reason]).toEqual([404, '']);
  });

  test('a hundred at once go over one connection', async () => {
    await using session = open(0, { limit: 0 });
    const connections = new Set<string | null>();
    await manyRequests(300, 100, async (number) => {
      const response = await session.get(number % 2 === 0 ? 'page.txt' : 'page.bin');
      connections.add(response.header('x-connection'));
      expect((await response.bytes()).byteLength).toBe(page.byteLength);
    });
    expect(connections.size).toBe(1);
  });

  test('a connection that takes ten requests only loses none', async () => {
    await using session = open(1);
    const connections = new Map<string | null, number>();
    await manyRequests(300, 30, async () => {
      const response = await session.get('page.bin');
      const connection = response.header('x-connection');
      connections.set(connection, (connections.get(connection) ?? 0) + 1);
      expect((await response.bytes()).byteLength).toBe(page.byteLength);
    });
    expect(connections.size).toBeGreaterThanOrEqual(30);
    expect(Math.max(...connections.values())).toBeLessThanOrEqual(10);
  });

  test('nor do uploads, that go out with the last request of a connection', async () => {
    await using session = open(1);
    const body = randomBytes(50_000);
    const hash = createHash('sha256').update(body).digest('hex');
    await manyRequests(100, 20, async () => {
      const response = await session.post('echo', { data: body });
      expect([response.status, await response.text()]).toEqual([200, hash]);
    });
  });

  test('its limit on streams is kept', async () => {
    await using session = open(2);
    await manyRequests(100, 40, async () => {
      const response = await session.get('page.bin');
      expect([response.status, (await response.bytes()).byteLength]).toEqual([200, page.byteLength]);
    });
  });

  test('a connection that it ends while it is idle is made anew', async () => {
    await using session = open(3);
    for (let round = 0; round < 4; round++) {
      expect((await (await session.get('page.bin')).bytes()).byteLength).toBe(page.byteLength);
      await new Promise((resolve) => setTimeout(resolve, 60 + round * 25));
    }
  });

  test('large uploads arrive, with and without a length; one that is too large is refused while it is sent', async () => {
    await using session = open(0);
    const body = randomBytes(3_000_000);
    const hash = createHash('sha256').update(body).digest('hex');
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < body.length; at += 100_000) yield body.subarray(at, at + 100_000);
    };
    expect(await (await session.put('echo', { data: body })).text()).toBe(hash);
    expect(await (await session.put('echo', { data: pieces() })).text()).toBe(hash);
    const refused = await session.put('small', { data: pieces() });
    expect([refused.status, (await refused.text()).includes('413')]).toEqual([413, true]);
    expect((await session.put('small', { data: body })).status).toBe(413);
    expect((await session.get('page.bin')).version).toBe('2.0');
  });

  test('a worker that is replaced in the middle loses no request', async () => {
    await using session = open(0);
    let begun = 0;
    await manyRequests(400, 20, async (number) => {
      if (number === 100 || number === 250) nginx.signal('SIGHUP');
      begun += 1;
      expect((await (await session.get('page.bin')).bytes()).byteLength).toBe(page.byteLength);
    });
    expect(begun).toBe(400);
  });
});
