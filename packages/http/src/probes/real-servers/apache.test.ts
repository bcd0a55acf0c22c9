import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  authority,
  clientCertificate,
  findProgram,
  serverCertificate,
  startApache,
  startServer,
  type Daemon,
  type TestServer,
} from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, digestAuth, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const program = findProgram('apache2');
const page = Buffer.from('all work and no play\n'.repeat(10_000));

let apache: Daemon;
/** What stands behind Apache. */
let upstream: TestServer;

const modules = [
  'filter',
  'deflate',
  'brotli',
  'reqtimeout',
  'proxy',
  'proxy_http',
  'setenvif',
  'ssl',
  'socache_shmcb',
].concat(['auth_basic', 'auth_digest', 'authn_core', 'authn_file', 'authz_user', 'http2', 'ratelimit', 'env']);

/** A folder that wants digest credentials; each has nonces of another life. */
const digestFolder = (name: string, lifetime: number): string => `
  Alias /digest-${name} "\${folder}/www"
  <Location /digest-${name}>
    AuthType Digest
    AuthName here
    AuthDigestProvider file
    AuthUserFile "\${folder}/digests"
    AuthDigestNonceLifetime ${lifetime}
    Require valid-user
  </Location>`;

const configuration = ({ folder, ports }: { folder: string; ports: readonly number[] }): string => `
Define folder ${folder}
Mutex file:${folder}/run default
DocumentRoot ${folder}/www
${ports.map((port, at) => `Listen 127.0.0.1:${port} ${at === 3 || at === 4 ? 'https' : 'http'}`).join('\n')}
RequestReadTimeout header=5 body=5
FileETag MTime Size
AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/plain
AuthDigestShmemSize 65536
BrotliAlterETag NoChange
DeflateAlterETag NoChange
SetEnvIf Request_URI deflated no-brotli
ProxyTimeout 1
SSLSessionCache shmcb:${folder}/run/tls
SSLCertificateFile ${folder}/server.crt
SSLCertificateKeyFile ${folder}/server.key
SSLCACertificateFile ${folder}/authority.crt
<VirtualHost 127.0.0.1:${ports[0]}>
  Redirect 301 /moved /dir/
  Redirect 302 /away http://localhost:${ports[0]}/dir/
  Redirect 410 /gone
  <Files big.txt>
    ${[1, 2, 3].map((at) => `Header set x-big-${at} ${'x'.repeat(3000)}`).join('\n    ')}
  </Files>
  <Location /page.bin>
    LimitRequestBody 1000000
  </Location>
  <Location /basic>
    AuthType Basic
    AuthName here
    AuthBasicProvider file
    AuthUserFile ${folder}/passwords
    Require valid-user
  </Location>
  ${digestFolder('usual', 300)}
  ${digestFolder('short', 1)}
  ${digestFolder('once', 0)}
  ProxyPass /echo http://127.0.0.1:${upstream.port}/echo
  ProxyPass /slow http://127.0.0.1:${upstream.port}/slow retry=0
  ProxyPass /dies http://127.0.0.1:${upstream.port}/dies retry=0
  ProxyPass /nobody http://127.0.0.1:1/ retry=0
  <Location /limited>
    SetOutputFilter RATE_LIMIT
    SetEnv rate-limit 100
  </Location>
  Alias /limited ${folder}/www
</VirtualHost>
<VirtualHost 127.0.0.1:${ports[1]}>
  KeepAliveTimeout 1
  ProxyPass /echo http://127.0.0.1:${upstream.port}/echo
</VirtualHost>
<VirtualHost 127.0.0.1:${ports[2]}>
  MaxKeepAliveRequests 5
  RequestReadTimeout header=5 body=1
  ProxyPass /echo http://127.0.0.1:${upstream.port}/echo
</VirtualHost>
<VirtualHost 127.0.0.1:${ports[3]}>
  SSLEngine on
  SSLVerifyClient none
  <Location /known>
    SSLVerifyClient require
  </Location>
  Alias /known ${folder}/www
  Header set x-protocol "%{SSL_PROTOCOL}s"
</VirtualHost>
<VirtualHost 127.0.0.1:${ports[4]}>
  SSLEngine on
  SSLVerifyClient require
  Header set x-client "%{SSL_CLIENT_S_DN_CN}s"
</VirtualHost>
<VirtualHost 127.0.0.1:${ports[5]}>
  Protocols h2c http/1.1
  H2Upgrade on
</VirtualHost>
`;

beforeAll(async () => {
  if (program === null) return;
  upstream = await startServer(
    async (request, response) => {
      if (request.url === '/slow') return;
      if (request.url === '/dies') return void request.socket.destroy();
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, bytes }));
    },
    { record: false },
  );
  apache = await startApache({
    program,
    ports: 6,
    modules,
    configuration,
    files: {
      'www/page.txt': page,
      'www/deflated.txt': page,
      'www/big.txt': 'big',
      'www/page.bin': page,
      'www/dir/index.html': 'the index',
      passwords: 'me:$apr1$cotask12$JJP2KnEdB1QJDQSvpsvyN.\n',
      digests: `me:here:${createHash('md5').update('me:here:word').digest('hex')}\n`,
      'server.crt': serverCertificate.cert,
      'server.key': serverCertificate.key,
      'authority.crt': authority,
    },
  });
});

afterAll(async () => {
  await apache?.close();
  await upstream?.close();
});

const open = (port = 0, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `http://127.0.0.1:${apache.ports[port]}/`, ...options });

const secure = (port: number, tls: ClientSessionOptions['tls'] = {}): ClientSession =>
  new ClientSession({ baseUrl: `https://localhost:${apache.ports[port]}/`, tls: { ca: authority, ...tls } });

describe.skipIf(program === null)('Apache', () => {
  describe('files', () => {
    test.each([
      ['page.txt', 'br'],
      ['deflated.txt', 'gzip'],
    ])('%s comes in %s and is undone', async (path, coding) => {
      await using session = open();
      const response = await session.get(path);
      expect(response.headers.get('content-encoding')).toBe(coding);
      expect(Buffer.from(await response.bytes()).equals(page)).toBe(true);
      const head = await session.head(path);
      expect([head.status, await head.text()]).toEqual([200, '']);
      const unchanged = await session.get(path, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } });
      expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
    });

    test('ranges, If-Range and what is beyond the end', async () => {
      await using session = open();
      const ask = async (range: string, validator = ''): Promise<[number, string]> => {
        const headers = validator === '' ? { range } : { range, 'if-range': validator };
        const response = await session.get('page.bin', { headers });
        return [response.status, await response.text()];
      };
      const whole = await session.head('page.bin');
      expect(await ask('bytes=4-8')).toEqual([206, 'work ']);
      expect(await ask('bytes=4-8', whole.headers.get('etag') ?? '')).toEqual([206, 'work ']);
      expect((await ask('bytes=4-8', '"another"'))[0]).toBe(200);
      const [status, parts] = await ask('bytes=0-2,4-8');
      expect(status).toBe(206);
      expect(parts).toContain('Content-range: bytes 4-8/');
      expect((await ask(`bytes=${page.length}-`))[0]).toBe(416);
    });

    test('redirects of the configuration, and a folder without its slash', async () => {
      await using session = open();
      for (const path of ['dir', 'moved', 'away']) {
        const response = await session.get(path);
        expect([path, await response.text(), response.history.length]).toEqual([path, 'the index', 1]);
      }
      expect((await session.get('gone')).status).toBe(410);
    });

    test('a body that the server holds to 100 KiB/s is too slow for who wants more', async () => {
      await using session = open(0, { autoDecompress: false });
      const timeout = { minThroughput: 1_000_000, throughputWindow: 300 };
      const response = await session.get('limited/page.bin', { timeout });
      await expect(response.bytes()).rejects.toMatchObject({ code: 'COTASK_HTTP_TOO_SLOW' });
      expect((await session.get('dir/')).status).toBe(200);
    });
  });

  describe('who asks', () => {
    test('basic credentials', async () => {
      await using session = open();
      expect((await session.get('basic')).status).toBe(401);
      // There is no such file; who is let in hears so.
      expect((await session.get('basic', { auth: { username: 'me', password: 'word' } })).status).toBe(404);
      expect((await session.get('basic', { auth: { username: 'me', password: 'sword' } })).status).toBe(401);
    });

    const digested = (password = 'word'): ClientSession => {
      let asked = 0;
      const session = open(0, {
        middlewares: [digestAuth({ username: 'me', password })],
        traces: [{ onRequestHeadersSent: () => void (asked += 1) }],
      });
      return Object.assign(session, { asked: () => asked });
    };

    const asked = (session: ClientSession): number =>
      'asked' in session && typeof session.asked === 'function' ? Number(session.asked()) : 0;

    test('digest: one challenge, then answers ahead', async () => {
      await using session = digested();
      for (let at = 0; at < 5; at += 1) {
        const response = await session.get(`digest-usual/page.txt?a=${at}`);
        expect([response.status, (await response.bytes()).length]).toEqual([200, page.length]);
      }
      expect(asked(session)).toBe(6);
    });

    test('digest: a nonce that is out of date is answered anew', async () => {
      await using session = digested();
      expect((await session.get('digest-short/dir/')).status).toBe(200);
      await wait(1100);
      expect((await session.get('digest-short/dir/')).status).toBe(200);
      expect(asked(session)).toBeLessThanOrEqual(4);
    });

    test('digest: a nonce for one request is followed by the one that the answer names', async () => {
      await using session = digested();
      for (let at = 0; at < 5; at += 1) expect((await session.get('digest-once/dir/')).status).toBe(200);
      expect(asked(session)).toBe(6);
    });

    test.each(['usual', 'short', 'once'])('digest (%s): many at once', async (name) => {
      await using session = digested();
      await manyRequests(100, 20, async () => {
        const response = await session.get(`digest-${name}/dir/`);
        expect([response.status, await response.text()]).toEqual([200, 'the index']);
      });
    });

    test('digest: wrong credentials are answered once', async () => {
      await using session = digested('sword');
      expect((await session.get('digest-usual/dir/')).status).toBe(401);
      expect(asked(session)).toBe(2);
    });
  });

  describe('refusals', () => {
    test('heads that are too long, either way', async () => {
      await using session = open();
      expect((await session.get(`page.txt?${'q'.repeat(10_000)}`)).status).toBe(414);
      expect((await session.get('page.txt', { headers: { 'x-long': 'x'.repeat(10_000) } })).status).toBe(400);
      const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x-${at}`, 'x']));
      expect((await session.get('page.txt', { headers: many })).status).toBe(400);
      await using narrow = open(0, { maxHeaderSize: 8000 });
      await expect(narrow.get('big.txt')).rejects.toMatchObject({ code: 'COTASK_HTTP_MESSAGE' });
      expect((await narrow.get('dir/')).status).toBe(200);
    });

    test('an upstream that is slow, dies or is not there: 502, 502, 503', async () => {
      await using session = open();
      const statuses = [];
      for (const path of ['slow', 'dies', 'nobody']) statuses.push((await session.get(path)).status);
      expect(statuses).toEqual([502, 502, 503]);
    });

    async function* endless(): AsyncGenerator<Uint8Array> {
      const piece = new Uint8Array(1 << 16);
      for (let at = 0; at < 800; at += 1) yield piece;
    }

    test.each([
      ['with a length', { 'content-length': String(800 << 16) }],
      ['in chunks', {}],
    ])('413 comes while 50 MB are sent %s', async (_how, headers) => {
      await using session = open();
      for (let round = 0; round < 5; round += 1) {
        const response = await session.post('page.bin', { data: endless(), headers });
        expect(response.status).toBe(413);
        await response.text();
      }
      expect((await session.get('dir/')).status).toBe(200);
    });

    test('a body that is asked about is sent where it is wanted, and not where it is refused', async () => {
      await using session = open();
      const taken = await session.post('echo', { data: endless(), expect100: true });
      expect(await taken.json()).toEqual({ method: 'POST', bytes: 800 << 16 });
      const headers = { 'content-length': String(800 << 16) };
      for (const options of [{ headers }, {}]) {
        const refused = await session.post('page.bin', { data: endless(), expect100: true, ...options });
        expect(refused.status).toBe(413);
        await refused.text();
      }
    });

    test('408 comes where the sender is too slow', async () => {
      await using session = open(2);
      async function* slow(): AsyncGenerator<string> {
        yield 'the beginning';
        await wait(4000);
        yield 'the end';
      }
      const headers = { 'content-length': '20' };
      const response = await session.post('echo', { data: slow(), headers });
      expect([response.status, await response.text()]).toEqual([408, expect.stringContaining('Request Timeout')]);
    });
  });

  describe('connections', () => {
    test('one that takes five requests is followed by another, and none is lost', async () => {
      await using session = open(2);
      await manyRequests(300, 5, async () => {
        const response = await session.get('dir/');
        expect(await response.text()).toBe('the index');
      });
    });

    test('one that is kept for a second is used for as long, and not beyond', async () => {
      let made = 0;
      const traces = [{ onConnectionCreateStart: () => void (made += 1) }];
      await using session = open(1, { limit: 1, traces });
      for (let at = 0; at < 20; at += 1) expect(await (await session.get('dir/')).text()).toBe('the index');
      expect(made).toBeLessThan(5);
      const before = made;
      await wait(750);
      expect(await (await session.post('echo', { data: 'a body that is sent once' })).text()).toContain('POST');
      expect(made).toBe(before + 1);
    });

    // The cast: 60 connections that Apache ends after a second without a word. The plot: each is used again at about that
    // moment, a little before, a little after, and in it.
    test.each([
      ['as it says', 15_000],
      ['and what it says is not believed', 60_000],
    ])(
      'one that is ended just when it is used again loses no GET and no PUT of bytes, %s',
      async (_how, keepAliveTimeout) => {
        await using session = open(1, { limit: 0, keepAliveTimeout });
        const warm = async (): Promise<void> => void (await (await session.get('dir/')).text());
        await Promise.all(Array.from({ length: 60 }, warm));
        await Promise.all(
          Array.from({ length: 60 }, async (_, at) => {
            await wait(970 + at);
            if (at % 3 > 0) expect(await (await session.get('dir/')).text()).toBe('the index');
            else expect((await session.put('echo', { data: Buffer.from('again') })).status).toBe(200);
          }),
        );
      },
    );

    test('a server that begins anew three times in the middle of 3,000 requests loses none', async () => {
      await using session = open();
      let answered = 0;
      await manyRequests(3000, 10, async () => {
        const response = await session.get('dir/');
        expect([response.status, await response.text()]).toEqual([200, 'the index']);
        answered += 1;
        if (answered % 800 === 0) apache.signal('SIGUSR1');
      });
      expect(answered).toBe(3000);
    });

    test('an answer that offers to speak HTTP/2 instead is an answer, and its connection goes on', async () => {
      await using session = open(5, { limit: 1 });
      const response = await session.get('dir/');
      expect(response.headers.get('upgrade')).toBe('h2c');
      expect(await response.text()).toBe('the index');
      expect((await session.get('dir/')).headers.get('upgrade')).toBe(null);
    });
  });

  describe('TLS', () => {
    test('the client shows its certificate', async () => {
      await using session = secure(4, clientCertificate);
      const response = await session.get('dir/');
      expect([response.status, response.headers.get('x-client')]).toEqual([200, 'client']);
    });

    test.each(['TLSv1.2', 'TLSv1.3'] as const)('a client without one is refused in %s by name', async (version) => {
      await using session = secure(4, { minVersion: version, maxVersion: version });
      for (let at = 0; at < 5; at += 1)
        await expect(session.get('dir/')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
    });

    test('a folder that wants a certificate asks for it in the middle of a connection, which TLS 1.2 has', async () => {
      await using old = secure(3, { ...clientCertificate, maxVersion: 'TLSv1.2' });
      const first = await old.get('dir/');
      expect(first.headers.get('x-protocol')).toBe('TLSv1.2');
      await first.text();
      expect(await (await old.get('known/dir/')).text()).toBe('the index');
      await using recent = secure(3, clientCertificate);
      expect((await recent.get('known/dir/')).status).toBe(403);
      expect((await recent.get('dir/')).status).toBe(200);
    });
  });
});
