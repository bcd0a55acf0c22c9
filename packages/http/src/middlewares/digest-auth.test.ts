import { startServer, type Handler } from '@cotask/test-servers';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digestField, readChallenge } from './digest-auth.ts';
import { ClientSession, digestAuth } from '../index.ts';

describe('what RFC 7616 and RFC 2617 give as examples', () => {
  const rfc = {
    username: 'Mufasa',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    count: 1,
    body: new Uint8Array(0),
  };
  const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('%s', (algorithm, response) => {
    const field = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
    const challenge = readChallenge(field);
    expect(challenge).toMatchObject({ qop: 'auth', nonce, algorithm });
    const answer = challenge === null ? '' : digestField(challenge, { ...rfc, cnonce });
    expect(answer).toContain(`response="${response}"`);
    expect(answer).toContain('nc=00000001');
  });

  test('the older one', () => {
    const challenge = readChallenge(
      'Basic realm="x", Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41", Bearer',
    );
    const facts = { ...rfc, password: 'Circle Of Life', cnonce: '0a4f113b' };
    expect(challenge === null ? '' : digestField(challenge, facts)).toContain(
      'response="6629fae49393a05397450978507c4ef1"',
    );
  });
});

test.each([
  [null],
  [''],
  ['Basic realm="x"'],
  ['Digest realm="x"'],
  ['Digest realm=x, nonce=y, algorithm=CRC'],
  ['Digest realm=x, nonce=y, qop=other'],
])('%j is no challenge that can be answered', (field) => {
  expect(readChallenge(field)).toBe(null);
});

/** A server that wants a digest of one algorithm, and counts what it is sent. */
function makeHandler(algorithm: string, qop: string | null): { handler: Handler; seen: (string | undefined)[] } {
  const seen: (string | undefined)[] = [];
  const hash = (text: string | Buffer): string =>
    createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const handler: Handler = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const field = request.headers.authorization;
    seen.push(field);
    const value = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)`).exec(field ?? '')?.[1] ?? '';
    let secret = hash(`me:realm:word`);
    if (algorithm.endsWith('-sess')) secret = hash(`${secret}:${value('nonce')}:${value('cnonce')}`);
    const asked = `${request.method}:${request.url}${qop === 'auth-int' ? `:${hash(Buffer.concat(chunks))}` : ''}`;
    const middle = qop === null ? '' : `${value('nc')}:${value('cnonce')}:${qop}:`;
    const wanted = hash(`${secret}:${value('nonce')}:${middle}${hash(asked)}`);
    if (value('response') === wanted && value('nonce') === 'once') return void response.end('welcome');
    const offer = qop === null ? '' : `, qop="${qop}"`;
    response.setHeader('www-authenticate', `Digest realm="realm", nonce="once", algorithm=${algorithm}${offer}`);
    response.writeHead(401).end('who are you?');
  };
  return { handler, seen };
}

describe.each(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'])('%s', (algorithm) => {
  test.each([null, 'auth', 'auth-int'])('is answered with qop %j, and ahead from then on', async (qop) => {
    const { handler, seen } = makeHandler(algorithm, qop);
    await using server = await startServer(handler);
    await using session = new ClientSession({
      limit: 1,
      middlewares: [digestAuth({ username: 'me', password: 'word' })],
    });
    for (let at = 0; at < 3; at += 1) {
      const response = await session.post(`${server.url}/a?b=${at}`, { data: 'body' });
      expect([response.status, await response.text()]).toEqual([200, 'welcome']);
    }
    expect(seen).toHaveLength(4);
    expect(seen[0]).toBe(undefined);
    if (qop !== null)
      expect(seen.map((field) => /nc=(\d+)/u.exec(field ?? '')?.[1])).toEqual([
        undefined,
        '00000001',
        '00000002',
        '00000003',
      ]);
  });
});

test('wrong credentials end in the 401, after one answer', async () => {
  const { handler, seen } = makeHandler('MD5', 'auth');
  await using server = await startServer(handler);
  await using session = new ClientSession({ middlewares: [digestAuth({ username: 'me', password: 'wrong' })] });
  expect((await session.get(server.url)).status).toBe(401);
  expect((await session.get(server.url)).status).toBe(401);
  expect(seen).toHaveLength(3);
});

test('many that are challenged with one nonce at once are answered, and count on together', async () => {
  const { handler, seen } = makeHandler('SHA-256', 'auth');
  await using server = await startServer(async (request, response) => {
    // The first ten are all there before one is answered.
    await server.waitForRequests(10);
    await handler(request, response);
  });
  await using session = new ClientSession({ middlewares: [digestAuth({ username: 'me', password: 'word' })] });
  const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await session.get(server.url)).status));
  expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
  const counts = seen.flatMap((field) => /nc=([\da-f]+)/u.exec(field ?? '')?.[1] ?? []);
  expect(new Set(counts).size).toBe(10);
  expect(seen).toHaveLength(20);
});

test('the nonce that a response names is the next one, for one request', async () => {
  const nonces: string[] = [];
  await using server = await startServer((request, response) => {
    const nonce = /nonce="([^"]*)"/u.exec(request.headers.authorization ?? '')?.[1];
    if (nonce === undefined) {
      response.setHeader('www-authenticate', 'Digest realm="r", nonce="0", qop="auth"');
      return void response.writeHead(401).end();
    }
    nonces.push(nonce);
    if (nonces.length < 3) response.setHeader('authentication-info', `qop=auth, nextnonce="${nonces.length}", nc=1`);
    response.end();
  });
  await using session = new ClientSession({ middlewares: [digestAuth({ username: 'me', password: 'word' })] });
  for (let at = 0; at < 5; at += 1) expect((await session.get(server.url)).status).toBe(200);
  expect(nonces).toEqual(['0', '1', '2', '2', '2']);
  expect(server.requests).toBe(6);
});

test('another origin is told nothing', async () => {
  const { handler, seen } = makeHandler('MD5', 'auth');
  await using server = await startServer(handler);
  await using other = await startServer(handler);
  await using session = new ClientSession({ middlewares: [digestAuth({ username: 'me', password: 'word' })] });
  expect((await session.get(server.url)).status).toBe(200);
  expect((await session.get(other.url)).status).toBe(401);
  const own = digestAuth({ username: 'me', password: 'word', origin: other.url });
  expect((await session.get(server.url, { middlewares: [own] })).status).toBe(401);
  expect((await session.get(server.url, { headers: { authorization: 'own' } })).status).toBe(401);
  expect(seen.at(-1)).toBe('own');
});

test('a stream is sent once', async () => {
  const { handler, seen } = makeHandler('MD5', 'auth');
  await using server = await startServer(handler);
  await using session = new ClientSession({ middlewares: [digestAuth({ username: 'me', password: 'word' })] });
  const data = (async function* () {
    yield 'x';
  })();
  expect((await session.post(server.url, { data })).status).toBe(401);
  expect(seen).toHaveLength(1);
});

test('refuses credentials that cannot be', () => {
  expect(() => digestAuth({ username: 'a:b', password: '' })).toThrow('without a colon');
  expect(() => digestAuth({ username: 'a' } as never)).toThrow('takes a username');
});
