import { createHash, randomBytes } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  authority,
  clientCertificate,
  expiredCertificate,
  findProgram,
  otherCertificate,
  serverCertificate,
  startNginx,
  startServer,
  type Daemon,
  type TestServer,
} from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const program = findProgram('nginx');
const pageBytes = 300_000;
const page = Buffer.from('all work and no play\n'.repeat(pageBytes / 20)).subarray(0, pageBytes);
const smallFiles = 10_000;
const smallFile = (number: number): string => `file ${number} ${'.'.repeat(1000)}`;

let nginx: Daemon;
/** What stands behind nginx. */
let upstream: TestServer;

const configuration = ({ folder, ports }: { folder: string; ports: readonly number[] }): string => `
  types { text/plain txt; application/octet-stream bin; }
  root ${folder}/www;
  gzip on;
  gzip_types text/plain;
  limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m;
  server {
    listen 127.0.0.1:${ports[0]};
    listen unix:${folder}/socket;
    keepalive_requests 10000;
    add_header x-connection $connection;
    location /moved { return 301 /dir/; }
    location /away { absolute_redirect off; return 302 /dir/; }
    location /see { return 303 /echo/; }
    location /kept { return 307 /echo/; }
    location /empty { return 204; }
    location /limited { limit_req zone=one; limit_req_status 429; try_files /page.txt =404; }
    location /basic/ { auth_basic here; auth_basic_user_file ${folder}/passwords; alias ${folder}/www/; }
    location /small-uploads { client_max_body_size 1m; proxy_pass http://127.0.0.1:${upstream.port}; }
    location /echo/ { client_max_body_size 0; proxy_pass http://127.0.0.1:${upstream.port}; }
    location /unbuffered/ {
      client_max_body_size 0;
      proxy_request_buffering off;
      proxy_http_version 1.1;
      proxy_pass http://127.0.0.1:${upstream.port};
    }
    location /slow { proxy_read_timeout 300ms; proxy_pass http://127.0.0.1:${upstream.port}; }
    location /nobody { proxy_pass http://127.0.0.1:1; }
    location /stored/ { root ${folder}; dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 100m; }
  }
  server {
    listen 127.0.0.1:${ports[1]};
    keepalive_timeout 1s;
    add_header x-connection $connection;
    location /echo/ { proxy_pass http://127.0.0.1:${upstream.port}; }
  }
  server {
    listen 127.0.0.1:${ports[2]};
    keepalive_requests 10;
    keepalive_timeout 5s 5s;
    add_header x-connection $connection;
    client_body_timeout 300ms;
    location /echo/ { proxy_pass http://127.0.0.1:${upstream.port}; }
  }
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate ${folder}/server.crt;
  ssl_certificate_key ${folder}/server.key;
  ssl_client_certificate ${folder}/authority.crt;
  server {
    listen 127.0.0.1:${ports[3]} ssl default_server;
    ssl_session_cache shared:tls:1m;
    ssl_verify_client optional;
    return 200 "$ssl_protocol $ssl_session_reused $ssl_client_verify $ssl_server_name";
  }
  server {
    listen 127.0.0.1:${ports[3]} ssl;
    server_name other.test;
    ssl_certificate ${folder}/other.crt;
    ssl_certificate_key ${folder}/other.key;
    return 200 "the other one";
  }
  server {
    listen 127.0.0.1:${ports[4]} ssl;
    ssl_certificate ${folder}/expired.crt;
    ssl_certificate_key ${folder}/expired.key;
  }
  server { listen 127.0.0.1:${ports[5]} ssl; ssl_verify_client on; return 200 $ssl_client_s_dn; }
  server { listen 127.0.0.1:${ports[6]} ssl; ssl_protocols TLSv1.3; return 200 $ssl_protocol; }
  server { listen 127.0.0.1:${ports[7]} ssl; ssl_protocols TLSv1.2; return 200 $ssl_protocol; }
`;

beforeAll(async () => {
  if (program === null) return;
  upstream = await startServer(
    async (request, response) => {
      if (request.url === '/slow') return;
      if (request.url === '/slow/dies') return void request.socket.destroy();
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of request) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, bytes, sha256: hash.digest('hex') }));
    },
    { record: false },
  );
  const small = Array.from({ length: smallFiles }, (_, number) => [`www/small/${number}`, smallFile(number)] as const);
  nginx = await startNginx({
    program,
    ports: 8,
    sockets: ['socket'],
    http: configuration,
    files: {
      ...Object.fromEntries(small),
      'www/page.txt': page,
      'www/page.bin': page,
      'www/dir/index.html': 'the index',
      passwords: 'me:{PLAIN}wörd\n',
      'server.crt': serverCertificate.cert,
      'server.key': serverCertificate.key,
      'other.crt': otherCertificate.cert,
      'other.key': otherCertificate.key,
      'expired.crt': expiredCertificate.cert,
      'expired.key': expiredCertificate.key,
      'authority.crt': authority,
    },
  });
});

afterAll(async () => {
  await nginx?.close();
  await upstream?.close();
});

const open = (port = 0, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `http://127.0.0.1:${nginx.ports[port]}/`, ...options });

const secure = (port: number, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `https://localhost:${nginx.ports[port]}/`, tls: { ca: authority }, ...options });

/** Every name is this machine's. */
const toLoopback: LookupFunction = (_name, { all }, callback) => {
  if (all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

describe.skipIf(program === null)('nginx', () => {
  describe('files', () => {
    test('come gzipped and are undone, or as they are where nobody asks', async () => {
      await using session = open();
      const coded = await session.get('page.txt');
      expect(coded.headers.get('content-encoding')).toBe('gzip');
      expect(coded.headers.get('etag')).toMatch(/^W\//u);
      expect(Buffer.from(await coded.bytes()).equals(page)).toBe(true);
      const plain = await session.get('page.txt', { autoDecompress: false });
      expect(plain.headers.get('content-encoding')).toBe(null);
      expect(plain.contentLength).toBe(pageBytes);
      expect(Buffer.from(await plain.bytes()).equals(page)).toBe(true);
    });

    test('ranges: the middle, the end, several, none there', async () => {
      await using session = open(0, { autoDecompress: false });
      const ask = async (range: string): Promise<[number, string | null, Uint8Array]> => {
        const response = await session.get('page.bin', { headers: { range } });
        return [response.status, response.headers.get('content-range'), await response.bytes()];
      };
      expect(await ask('bytes=10-19')).toEqual([
        206,
        `bytes 10-19/${pageBytes}`,
        new Uint8Array(page.subarray(10, 20)),
      ]);
      expect(await ask('bytes=-3')).toEqual([206, expect.any(String), new Uint8Array(page.subarray(-3))]);
      const [status, range, several] = await ask('bytes=0-1,5-6');
      expect([status, range]).toEqual([206, null]);
      expect(Buffer.from(several).toString()).toContain('Content-Range: bytes 5-6/');
      expect((await ask('bytes=300000-')).slice(0, 2)).toEqual([416, `bytes */${pageBytes}`]);
    });

    test('If-Range gives the rest while the file is the same, and the whole when it is not', async () => {
      await using session = open(0, { autoDecompress: false });
      const whole = await session.get('page.bin');
      await whole.bytes();
      const etag = whole.headers.get('etag') ?? '';
      const rest = async (validator: string): Promise<number> => {
        const response = await session.get('page.bin', { headers: { range: 'bytes=299000-', 'if-range': validator } });
        await response.bytes();
        return response.status;
      };
      expect(await rest(etag)).toBe(206);
      expect(await rest(whole.headers.get('last-modified') ?? '')).toBe(206);
      expect(await rest('"another"')).toBe(200);
    });

    test('HEAD, 204 and 304 have no body and leave the connection for the next', async () => {
      await using session = open(0, { limit: 1 });
      const head = await session.head('page.txt');
      expect([head.status, await head.text()]).toEqual([200, '']);
      const etag = head.headers.get('etag') ?? '';
      const unchanged = await session.get('page.txt', { headers: { 'if-none-match': etag } });
      expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
      const empty = await session.get('empty');
      expect([empty.status, await empty.text()]).toEqual([204, '']);
      const last = await session.get('small/1');
      expect(await last.text()).toBe(smallFile(1));
      expect(last.headers.get('x-connection')).toBe(head.headers.get('x-connection'));
    });

    test('come over a Unix socket too', async () => {
      await using session = new ClientSession({ socketPath: `${nginx.folder}/socket` });
      expect(await (await session.get('http://any.test/small/7')).text()).toBe(smallFile(7));
    });
  });

  describe('redirects', () => {
    test.each(['dir', 'moved', 'away'])('%s leads to the index, absolute or not', async (path) => {
      await using session = open();
      const response = await session.get(path);
      expect(await response.text()).toBe('the index');
      expect(response.history).toHaveLength(1);
    });

    test('303 asks with GET, 307 sends the body again', async () => {
      await using session = open();
      const form = Buffer.from('a body');
      const seen = await session.post('see', { data: form });
      expect(await seen.json()).toMatchObject({ method: 'GET', bytes: 0 });
      const kept = await session.post('kept', { data: form });
      expect(await kept.json()).toMatchObject({ method: 'POST', bytes: 6 });
    });
  });

  describe('refusals', () => {
    test('a head that is too long: 414 and 400', async () => {
      await using session = open();
      expect((await session.get(`page.txt?${'q'.repeat(20_000)}`)).status).toBe(414);
      expect((await session.get('page.txt', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(400);
      expect((await session.get('small/1')).status).toBe(200);
    });

    test('basic credentials, in UTF-8', async () => {
      await using session = open();
      expect((await session.get('basic/small/1')).status).toBe(401);
      expect((await session.get('basic/small/1', { auth: { username: 'me', password: 'word' } })).status).toBe(401);
      const let_in = await session.get('basic/small/1', { auth: { username: 'me', password: 'wörd' } });
      expect(await let_in.text()).toBe(smallFile(1));
    });

    test('too often: 429', async () => {
      await using session = open();
      expect((await session.get('limited')).status).toBe(200);
      expect((await session.get('limited')).status).toBe(429);
    });

    test('an upstream that is slow, dies or is not there: 504, 502, 502', async () => {
      await using session = open();
      expect((await session.get('slow')).status).toBe(504);
      expect((await session.get('slow/dies')).status).toBe(502);
      expect((await session.get('nobody')).status).toBe(502);
    });
  });

  describe('connections', () => {
    test(`${smallFiles} files over 20 that are kept`, async () => {
      await using session = open();
      const connections = new Set<string | null>();
      await manyRequests(smallFiles, 20, async (number) => {
        const response = await session.get(`small/${number}`);
        connections.add(response.headers.get('x-connection'));
        const text = await response.text();
        if (text !== smallFile(number)) throw new Error(`file ${number} is another: ${text.slice(0, 30)}`);
      });
      expect(connections.size).toBe(20);
    });

    test('one that takes ten requests is followed by another, and none is lost', async () => {
      await using session = open(2);
      const connections = new Set<string | null>();
      await manyRequests(300, 3, async (number) => {
        const response = await session.get(`small/${number}`);
        connections.add(response.headers.get('x-connection'));
        expect(await response.text()).toBe(smallFile(number));
      });
      expect(connections.size).toBeGreaterThanOrEqual(30);
      expect(connections.size).toBeLessThan(40);
    });

    // The cast: 60 connections that nginx ends after a second without a word. The plot: each is used again at about that
    // moment, a little before, a little after, and in it.
    test('one that is ended just when it is used again loses no GET and no PUT of bytes', async () => {
      await using session = open(1, { limit: 0, keepAliveTimeout: 60_000 });
      const warm = async (): Promise<void> => void (await (await session.get('small/1')).text());
      await Promise.all(Array.from({ length: 60 }, warm));
      const again = async (_: unknown, at: number): Promise<unknown> => {
        await wait(970 + at);
        if (at % 3 > 0) return await (await session.get('small/2')).text();
        return await (await session.put('echo/', { data: Buffer.from('again') })).json();
      };
      const answers = await Promise.all(Array.from({ length: 60 }, again));
      for (const [at, answer] of answers.entries()) {
        if (at % 3 > 0) expect(answer).toBe(smallFile(2));
        else expect(answer).toMatchObject({ method: 'PUT', bytes: 5 });
      }
    });

    test('a server that begins anew three times in the middle of 3,000 requests loses none', async () => {
      await using session = open();
      let answered = 0;
      await manyRequests(3000, 10, async (number) => {
        const response = await session.get(`small/${number}`);
        expect(await response.text()).toBe(smallFile(number));
        answered += 1;
        if (answered % 800 === 0) nginx.signal('SIGHUP');
      });
      expect(answered).toBe(3000);
    });
  });

  describe('uploads', () => {
    const piece = randomBytes(1 << 20);
    const pieces = 50;
    const sha256 = createHash('sha256');
    for (let at = 0; at < pieces; at += 1) sha256.update(piece);
    const wanted = { bytes: pieces * piece.length, sha256: sha256.digest('hex') };

    async function* streamed(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < pieces; at += 1) yield piece;
    }

    test.each(['echo/', 'unbuffered/'])('50 MB in chunks arrive whole: %s', async (path) => {
      await using session = open();
      const response = await session.post(path, { data: streamed() });
      expect(await response.json()).toMatchObject(wanted);
    });

    test('50 MB are stored by PUT and come back', async () => {
      await using session = open();
      const headers = { 'content-length': String(wanted.bytes) };
      expect((await session.put('stored/a/b', { data: streamed(), headers })).status).toBe(201);
      const hash = createHash('sha256');
      const response = await session.get('stored/a/b');
      await response.consume((chunk) => void hash.update(chunk));
      expect(hash.digest('hex')).toBe(wanted.sha256);
      expect((await session.delete('stored/a/b')).status).toBe(204);
    });

    test.each([
      ['with a length', { 'content-length': String(wanted.bytes) }],
      ['in chunks', {}],
    ])('413 comes while it is sent %s, and the next request goes through', async (_how, headers) => {
      await using session = open();
      for (let round = 0; round < 5; round += 1) {
        const response = await session.post('small-uploads', { data: streamed(), headers });
        expect(response.status).toBe(413);
        expect(await response.text()).toContain('413 Request Entity Too Large');
      }
      expect((await session.get('small/1')).status).toBe(200);
    });

    test('a body that is asked about is sent where it is wanted, and not where it is refused', async () => {
      await using session = open();
      const wanted50 = await session.post('echo/', { data: streamed(), expect100: true });
      expect(await wanted50.json()).toMatchObject(wanted);
      let asked = 0;
      async function* source(): AsyncGenerator<Uint8Array> {
        asked += 1;
        yield* streamed();
      }
      const headers = { 'content-length': String(wanted.bytes) };
      const refused = await session.post('small-uploads', { data: source(), headers, expect100: true });
      expect(refused.status).toBe(413);
      await refused.text();
      expect(asked).toBeLessThanOrEqual(1);
      expect((await session.post('small-uploads', { data: source(), expect100: true })).status).toBe(413);
    });

    test('nginx ends the connection where the sender is too slow', async () => {
      await using session = open(2);
      async function* slow(): AsyncGenerator<string> {
        yield 'the beginning';
        await wait(2000);
        yield 'the end';
      }
      await expect(session.post('echo/', { data: slow() })).rejects.toMatchObject({
        code: 'COTASK_HTTP_DISCONNECTED',
      });
    });
  });

  describe('TLS', () => {
    test('sessions are resumed, and the protocol is the newest that both know', async () => {
      await using session = secure(3);
      const said = async (): Promise<string> => {
        const response = await session.get('', { headers: { connection: 'close' } });
        return await response.text();
      };
      expect(await said()).toBe('TLSv1.3 . NONE localhost');
      expect(await said()).toBe('TLSv1.3 r NONE localhost');
      await using old = secure(3, { tls: { ca: authority, maxVersion: 'TLSv1.2' } });
      expect(await (await old.get('')).text()).toBe('TLSv1.2 . NONE localhost');
    });

    test('a version that the other does not speak is an error of the handshake', async () => {
      await using old = secure(6, { tls: { ca: authority, maxVersion: 'TLSv1.2' } });
      await expect(old.get('')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
      await using recent = secure(7, { tls: { ca: authority, minVersion: 'TLSv1.3' } });
      await expect(recent.get('')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
      await using session = secure(7);
      expect(await (await session.get('')).text()).toBe('TLSv1.2');
    });

    test.each([
      ['expired', 4, 'localhost', { ca: authority }, 'CERT_HAS_EXPIRED'],
      ['of an authority that is not known', 3, 'localhost', {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ['for another name', 3, 'third.test', { ca: authority }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ])('a certificate that is %s is refused by name', async (_what, port, host, tls, code) => {
      await using session = new ClientSession({ tls, lookup: toLoopback });
      await expect(session.get(`https://${host}:${nginx.ports[port]}/`)).rejects.toMatchObject({
        code: 'COTASK_HTTP_CERTIFICATE',
        cause: { code },
      });
    });

    test('the name of the URL chooses among several certificates of one address', async () => {
      await using session = new ClientSession({ tls: { ca: authority }, lookup: toLoopback });
      const said = async (host: string): Promise<string> =>
        await (await session.get(`https://${host}:${nginx.ports[3]}/`)).text();
      expect(await said('other.test')).toBe('the other one');
      expect(await said('localhost')).toContain('localhost');
    });

    test('the client shows its certificate where it has one, and is refused where it needs one', async () => {
      await using known = secure(5, { tls: { ca: authority, ...clientCertificate } });
      expect(await (await known.get('')).text()).toBe('CN=client');
      await using nobody = secure(5);
      const refused = await nobody.get('');
      expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('No required SSL')]);
      await using wrong = secure(5, { tls: { ca: authority, ...serverCertificate } });
      expect((await wrong.get('')).status).toBe(400);
      const once = { tls: { ca: authority, ...clientCertificate } };
      expect((await nobody.get('', once)).status).toBe(200);
      expect((await nobody.get('')).status).toBe(400);
    });

    test('http asked of a port that speaks TLS is told so', async () => {
      await using session = open(3);
      expect((await session.get('')).status).toBe(400);
      await using other = secure(0);
      await expect(other.get('')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
    });
  });
});
