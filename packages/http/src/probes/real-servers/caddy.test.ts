import { createHash } from 'node:crypto';
import {
  authority,
  clientCertificate,
  findProgram,
  serverCertificate,
  startCaddy,
  startServer,
  type Daemon,
  type TestServer,
} from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const program = findProgram('caddy');
const page = 'all work and no play\n'.repeat(20_000);

let caddy: Daemon;
/** What stands behind Caddy. */
let upstream: TestServer;

/** `word` in bcrypt, of the smallest cost. */
const hash = '$2a$04$xKXQqkNjGxFjA9mLgNacD.6tXkkWB/GPuYwBYFPqxN5u0FNqzaaFm';

const sites = ({ folder, ports }: { folder: string; ports: readonly number[] }): string => `
http://:${ports[0]} {
  root * ${folder}/www
  encode {
    zstd
    gzip
    match {
      header Content-Type text/*
    }
  }
  basicauth /closed/* {
    me ${hash}
  }
  redir /moved /dir/ 308
  request_body /small/* {
    max_size 100KB
  }
  reverse_proxy /echo* 127.0.0.1:${upstream.port}
  reverse_proxy /small/* 127.0.0.1:${upstream.port}
  reverse_proxy /slow 127.0.0.1:${upstream.port} {
    transport http {
      response_header_timeout 300ms
    }
  }
  reverse_proxy /nobody 127.0.0.1:1
  respond /empty 204
  file_server
}
http://:${ports[1]} {
  respond "at last"
}
https://localhost:${ports[2]} {
  tls ${folder}/server.crt ${folder}/server.key {
    client_auth {
      mode verify_if_given
      trusted_ca_cert_file ${folder}/authority.crt
    }
  }
  respond "{http.request.proto} {http.request.tls.version} {http.request.tls.client.subject}"
}
https://localhost:${ports[3]} {
  tls ${folder}/server.crt ${folder}/server.key {
    client_auth {
      mode require_and_verify
      trusted_ca_cert_file ${folder}/authority.crt
    }
  }
  respond "you are known"
}
`;

beforeAll(async () => {
  if (program === null) return;
  upstream = await startServer(async (request, response) => {
    if (request.url === '/slow') return;
    const digest = createHash('sha256');
    let bytes = 0;
    for await (const chunk of request) {
      digest.update(chunk);
      bytes += chunk.length;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, bytes, sha256: digest.digest('hex') }));
  });
  caddy = await startCaddy({
    program,
    ports: 4,
    sites,
    files: {
      'www/page.txt': page,
      'www/page.bin': page,
      'www/dir/index.html': 'the index',
      'www/closed/index.html': 'let in',
      'server.crt': serverCertificate.cert,
      'server.key': serverCertificate.key,
      'authority.crt': authority,
    },
  });
});

afterAll(async () => {
  await caddy?.close();
  await upstream?.close();
});

const open = (port = 0, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `http://127.0.0.1:${caddy.ports[port]}/`, ...options });

const secure = (port: number, options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `https://localhost:${caddy.ports[port]}/`, tls: { ca: authority }, ...options });

describe.skipIf(program === null)('Caddy', () => {
  test.each([
    ['zstd', {}],
    ['gzip', { headers: { 'accept-encoding': 'gzip' } }],
    [null, { autoDecompress: false }],
  ])('a file comes in %s and is undone', async (coding, options) => {
    await using session = open();
    const response = await session.get('page.txt', options);
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(await response.text()).toBe(page);
  });

  test('ranges, If-Range, unchanged files, HEAD and 204', async () => {
    await using session = open(0, { limit: 1 });
    const head = await session.head('page.bin');
    expect([head.status, head.contentLength, await head.text()]).toEqual([200, page.length, '']);
    const etag = head.headers.get('etag') ?? '';
    const ask = async (headers: Record<string, string>): Promise<[number, string]> => {
      const response = await session.get('page.bin', { headers });
      return [response.status, (await response.text()).slice(0, 10)];
    };
    expect(await ask({ range: 'bytes=4-7' })).toEqual([206, 'work']);
    expect(await ask({ range: 'bytes=4-7', 'if-range': etag })).toEqual([206, 'work']);
    expect(await ask({ range: 'bytes=4-7', 'if-range': '"another"' })).toEqual([200, 'all work a']);
    expect((await ask({ range: `bytes=${page.length}-` }))[0]).toBe(416);
    expect(await ask({ 'if-none-match': etag })).toEqual([304, '']);
    const empty = await session.get('empty');
    expect([empty.status, await empty.text()]).toEqual([204, '']);
  });

  test.each(['dir', 'moved'])('%s leads to the index', async (path) => {
    await using session = open();
    const response = await session.get(path);
    expect([await response.text(), response.history[0]?.status]).toEqual(['the index', 308]);
  });

  test('basic credentials', async () => {
    await using session = open();
    const status = async (password: string): Promise<number> =>
      (await session.get('closed/', { auth: { username: 'me', password } })).status;
    expect([await status('sword'), await status('word'), (await session.get('closed/')).status]).toEqual([
      401, 200, 401,
    ]);
  });

  test('an upstream that is slow, or not there: 504, 502', async () => {
    await using session = open();
    expect([(await session.get('slow')).status, (await session.get('nobody')).status]).toEqual([504, 502]);
  });

  test('a head that is too long: 431', async () => {
    await using session = open();
    const headers = { 'x-long': 'x'.repeat(1_100_000) };
    expect((await session.get('page.txt', { headers })).status).toBe(431);
    expect((await session.get('empty')).status).toBe(204);
  });

  const piece = new Uint8Array(1 << 20).fill(97);
  async function* streamed(count: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < count; at += 1) yield piece;
  }

  test('50 MB in chunks arrive whole', async () => {
    const digest = createHash('sha256');
    for await (const chunk of streamed(50)) digest.update(chunk);
    await using session = open();
    const response = await session.post('echo', { data: streamed(50) });
    expect(await response.json()).toEqual({ method: 'POST', bytes: 50 << 20, sha256: digest.digest('hex') });
  });

  test('an upload that is refused or that nobody reads is answered while it is sent', async () => {
    await using session = open();
    await using last = open(1);
    for (let round = 0; round < 5; round += 1) {
      const refused = await session.post('small/', { data: streamed(50) });
      expect(refused.status).toBeGreaterThanOrEqual(400);
      const unread = await last.post('', { data: streamed(50) });
      expect([unread.status, await unread.text()]).toEqual([200, 'at last']);
    }
  });

  test('a body that is asked about is sent where it is wanted, and not where nobody reads it', async () => {
    await using session = open();
    const taken = await session.post('echo', { data: streamed(5), expect100: true });
    expect(await taken.json()).toMatchObject({ bytes: 5 << 20 });
    await using last = open(1);
    const unread = await last.post('', { data: streamed(50), expect100: true });
    expect([unread.status, await unread.text()]).toEqual([200, 'at last']);
  });

  test.each([false, true])('over TLS too, with and without HTTP/2: %s', async (allowH2) => {
    await using session = secure(2, { allowH2 });
    for (let round = 0; round < 5; round += 1) {
      const unread = await session.post('', { data: streamed(50) });
      expect([unread.status, await unread.text()]).toEqual([
        200,
        expect.stringContaining(allowH2 ? 'HTTP/2' : 'HTTP/1'),
      ]);
    }
  });

  test('many at once', async () => {
    await using session = open();
    await manyRequests(500, 20, async () => expect(await (await session.get('dir/')).text()).toBe('the index'));
  });

  test('TLS: HTTP/1.1 and HTTP/2, with and without a certificate', async () => {
    const said = async (options: ClientSessionOptions): Promise<string> => {
      await using session = secure(2, options);
      return (await (await session.get('')).text()).trim();
    };
    expect(await said({})).toContain('HTTP/1.1 tls1.3');
    expect(await said({ allowH2: true })).toContain('HTTP/2.0 tls1.3');
    expect(await said({ tls: { ca: authority, maxVersion: 'TLSv1.2', ...clientCertificate } })).toBe(
      'HTTP/1.1 tls1.2 CN=client',
    );
  });

  test('TLS: a client without a certificate is refused by name', async () => {
    await using session = secure(3);
    await expect(session.get('')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
    await using two = secure(3, { allowH2: true });
    await expect(two.get('')).rejects.toMatchObject({ code: 'COTASK_HTTP_TLS' });
    await using known = secure(3, { tls: { ca: authority, ...clientCertificate } });
    expect(await (await known.get('')).text()).toBe('you are known');
  });
});
