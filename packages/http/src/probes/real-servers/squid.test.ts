import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import {
  authority,
  findProgram,
  serverCertificate,
  startServer,
  startSquid,
  type Daemon,
  type TestServer,
} from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const program = findProgram('squid');

let squid: Daemon;
let origin: TestServer;
let secureOrigin: Server;

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const configuration = ({ folder, ports }: { folder: string; ports: readonly number[] }): string => `
http_port 127.0.0.1:${ports[0]}
http_port 127.0.0.1:${ports[1]}
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${folder}/passwords
auth_param basic children 2 startup=1
auth_param basic realm the way out
acl me proxy_auth REQUIRED
acl open_port localport ${ports[1]}
acl denied url_regex denied
acl denied_host dstdomain denied.test
acl uploads method POST
client_persistent_connections on
connect_timeout 1 second
request_body_max_size 1 MB
http_access deny denied
http_access deny denied_host
http_access allow open_port
http_access allow me
http_access deny all
`;

async function answerSecurely(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of request) bytes += chunk.length;
  response.end(`${request.url} ${bytes} ${request.headers.via ?? 'directly'}`);
}

beforeAll(async () => {
  if (program === null) return;
  origin = await startServer(
    async (request, response) => {
      if (request.url === '/endless') {
        const timer = setInterval(() => response.write('more '), 20);
        return void response.on('close', () => clearInterval(timer));
      }
      if (request.url === '/dies') return void request.socket.destroy();
      response.setHeader('content-type', 'application/json');
      const { via, 'x-forwarded-for': forwarded, 'proxy-authorization': secret } = request.headers;
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      response.end(JSON.stringify({ path: request.url, via, forwarded, secret, bytes }));
    },
    { http: { keepAliveTimeout: 60_000 } },
  );
  secureOrigin = createServer(serverCertificate, (request, response) => void answerSecurely(request, response));
  secureOrigin.listen(0, '127.0.0.1');
  await once(secureOrigin, 'listening');
  squid = await startSquid({
    program,
    ports: 2,
    configuration,
    files: { passwords: 'me:$apr1$cotask12$JJP2KnEdB1QJDQSvpsvyN.\n' },
  });
});

afterAll(async () => {
  await squid?.close();
  await origin?.close();
  secureOrigin?.closeAllConnections();
  secureOrigin?.close();
});

/** Over the port that wants to know who asks, unless it is to be the other. */
const through = (options: ClientSessionOptions = {}, port = 0): ClientSession =>
  new ClientSession({
    proxy: `http://127.0.0.1:${squid.ports[port]}`,
    tls: { ca: authority },
    ...options,
  });

const me = { proxyAuth: { username: 'me', password: 'word' } };
const secureUrl = (path: string): string => `https://localhost:${portOf(secureOrigin)}${path}`;

describe.skipIf(program === null)('Squid', () => {
  test('hands http on, and makes tunnels for https, for who says who they are', async () => {
    await using session = through(me);
    for (let at = 0; at < 3; at += 1) {
      const response = await session.get(`${origin.url}/a?b=${at}`);
      const seen = await response.json();
      expect(seen).toMatchObject({ path: `/a?b=${at}`, via: expect.stringContaining('squid') });
      expect(seen).not.toHaveProperty('secret');
      expect(await (await session.get(secureUrl(`/${at}`))).text()).toBe(`/${at} 0 directly`);
    }
  });

  test.each([
    ['nobody', {}],
    ['somebody else', { proxyAuth: { username: 'me', password: 'sword' } }],
  ])('tells %s who they must be: 407', async (_who, auth) => {
    await using session = through(auth);
    const response = await session.get(`${origin.url}/`);
    expect([response.status, response.headers.get('proxy-authenticate')]).toEqual([407, 'Basic realm="the way out"']);
    expect(await response.text()).toContain('ERR_CACHE_ACCESS_DENIED');
    await expect(session.get(secureUrl('/'))).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY', status: 407 });
  });

  test('refuses what its rules refuse: 403', async () => {
    await using session = through(me);
    const response = await session.get(`${origin.url}/denied`);
    expect([response.status, response.headers.get('x-squid-error')]).toEqual([403, 'ERR_ACCESS_DENIED 0']);
    await response.text();
    await expect(session.get('https://denied.test/')).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY', status: 403 });
  });

  test('says what it cannot reach', async () => {
    await using session = through({}, 1);
    const said = async (url: string): Promise<[number, string]> => {
      const response = await session.get(url);
      await response.text();
      return [response.status, response.headers.get('x-squid-error')?.split(' ')[0] ?? ''];
    };
    expect(await said('http://127.0.0.1:1/')).toEqual([503, 'ERR_CONNECT_FAIL']);
    expect(await said(`${origin.url}/dies`)).toEqual([502, 'ERR_ZERO_SIZE_OBJECT']);
    await expect(session.get('https://127.0.0.1:1/')).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY', status: 503 });
  });

  test('hands uploads on, and refuses those that are too large while they are sent', async () => {
    await using session = through({}, 1);
    async function* streamed(count: number): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < count; at += 1) yield new Uint8Array(50_000);
    }
    const small = await session.post(`${origin.url}/up`, { data: streamed(10) });
    expect(await small.json()).toMatchObject({ bytes: 500_000 });
    const inTunnel = await session.post(secureUrl('/up'), { data: streamed(1000) });
    expect(await inTunnel.text()).toBe('/up 50000000 directly');
    const headers = { 'content-length': String(50_000_000) };
    for (let round = 0; round < 5; round += 1) {
      const large = await session.post(`${origin.url}/up`, { data: streamed(1000), headers });
      expect(large.status).toBe(413);
    }
  });

  test('many at once, both ways, over connections that are kept', async () => {
    await using session = through(me);
    await manyRequests(400, 20, async (number) => {
      if (number % 2 === 0) expect(await (await session.get(secureUrl(`/${number}`))).text()).toContain(`/${number} `);
      else {
        const response = await session.get(`${origin.url}/${number}`);
        expect([response.headers.get('x-squid-error'), await response.text()]).toEqual([
          null,
          expect.stringContaining(`"/${number}"`),
        ]);
      }
    });
  });

  test('a certificate is looked at through the tunnel', async () => {
    await using session = through({ tls: {} }, 1);
    await expect(session.get(secureUrl('/'))).rejects.toMatchObject({ code: 'COTASK_HTTP_CERTIFICATE' });
  });

  // It ends in the middle of all; so it stands last.
  test('a proxy that ends leaves errors that say so, for answers and for tunnels', async () => {
    await using session = through({}, 1);
    const begun = await session.get(`${origin.url}/endless`);
    expect((await begun.readChunk())?.length).toBeGreaterThan(0);
    expect(await (await session.get(secureUrl('/'))).text()).toContain('directly');
    const readOn = async (): Promise<unknown> => {
      try {
        while ((await begun.readChunk()) !== null);
        return null;
      } catch (error) {
        return error;
      }
    };
    const broken = readOn();
    await Promise.all([squid.close(), wait(50)]);
    expect(await broken).toMatchObject({ code: 'COTASK_HTTP_PAYLOAD' });
    await expect(session.get(secureUrl('/'))).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY_CONNECT' });
    await expect(session.get(`${origin.url}/`)).rejects.toMatchObject({ code: 'COTASK_HTTP_PROXY_CONNECT' });
  });
});
