import { coroutine, run } from 'cotask';
import { startHostileOrigin, startServer, type Handler } from '@cotask/test-servers';
import { describe, expect, test } from 'vitest';
import { ClientSession, RedirectClientError } from '../index.ts';
import { followRedirect, type RedirectRules } from './redirect.ts';
import { makeBody } from '../bodies/request-body.ts';
import { splitUrl } from '../message/request-url.ts';

const line = { method: 'GET', url: 'https://a.test/' };
const rules: RedirectRules = {
  allowRedirects: true,
  maxRedirects: 10,
  allowInsecureRedirects: false,
  schemes: ['http', 'https'],
};

/** Where a redirect leads. */
function follow(status: number, location: string, from: Partial<Parameters<typeof followRedirect>[0]> = {}) {
  const target = { method: 'GET', url: splitUrl('https://a.test/dir/page#part'), headers: [], body: null, ...from };
  const record = { method: target.method, url: target.url.href, status, reason: '', location, rawHeaders: [] };
  return followRedirect(target, line, [record], rules);
}

describe('where a redirect leads', () => {
  test.each([
    ['relative', 'next', 'https://a.test/dir/next#part'],
    ['absolute path', '/next', 'https://a.test/next#part'],
    ['with a fragment of its own', '/next#other', 'https://a.test/next#other'],
    ['without a scheme', '//b.test/x', 'https://b.test/x#part'],
    ['in UTF-8 bytes', Buffer.from('/ü', 'utf8').toString('latin1'), 'https://a.test/%C3%BC#part'],
    ['with credentials, which are dropped', 'https://user:pass@a.test/x', 'https://a.test/x#part'],
  ])('%s', (_name, location, expected) => {
    expect(follow(302, location).url.href).toBe(expected);
  });

  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%i makes of %s a %s', (status, method, expected) => {
    expect(follow(status, '/x', { method }).method).toBe(expected);
  });

  test('a request that becomes a GET loses its body and what describes it', () => {
    const headers = [
      ['content-type', 'text/csv'],
      ['content-language', 'de'],
      ['x-one', '1'],
    ] as const;
    const next = follow(303, '/x', { method: 'POST', headers, body: makeBody({ data: 'a' }) });
    expect(next).toMatchObject({ body: null, headers: [['x-one', '1']] });
  });

  test('another origin gets no credentials: scheme, host and port count', () => {
    const headers = [
      ['authorization', 'a'],
      ['cookie', 'b'],
      ['proxy-authorization', 'c'],
      ['host', 'd'],
      ['x-api-key', 'e'],
      ['x-auth-token', 'f'],
      ['x-one', '1'],
    ] as const;
    for (const other of ['https://b.test/', 'https://a.test:444/'])
      expect(follow(302, other, { headers }).headers).toEqual([['x-one', '1']]);
    expect(follow(302, 'https://a.test:443/', { headers }).headers).toHaveLength(7);
  });

  test.each([
    ['ftp://a.test/', 'COTASK_HTTP_REDIRECT_SCHEME'],
    ['file:///etc/passwd', 'COTASK_HTTP_REDIRECT_SCHEME'],
    ['http://[', 'COTASK_HTTP_REDIRECT_URL'],
    ['http://a.test/', 'COTASK_HTTP_REDIRECT_INSECURE'],
  ])('%s is refused', (location, code) => {
    expect(() => follow(302, location)).toThrow(expect.objectContaining({ code }));
  });

  test('a stream cannot be sent again', () => {
    const body = makeBody({ data: new Blob(['x']).stream() });
    expect(() => follow(307, '/x', { method: 'POST', body })).toThrow(RedirectClientError);
    expect(follow(303, '/x', { method: 'POST', body }).body).toBe(null);
  });
});

const hops: Handler = (request, response) => {
  const left = Number(request.url?.slice(1));
  if (left === 0) response.end('there');
  else response.writeHead(302, { location: `/${left - 1}` }).end('on');
};

test('follows redirects on one connection and keeps their history', async () => {
  await using server = await startServer(hops);
  await using session = new ClientSession();
  const response = await session.get(`${server.url}/3`);
  expect(await response.text()).toBe('there');
  expect(response.url).toBe(`${server.url}/0`);
  expect(response.history.map(({ url, status, location }) => [url, status, location])).toEqual([
    [`${server.url}/3`, 302, '/2'],
    [`${server.url}/2`, 302, '/1'],
    [`${server.url}/1`, 302, '/0'],
  ]);
  expect(server.totalConnections).toBe(1);
});

test('follows as many as maxRedirects and no more', async () => {
  await using server = await startServer(hops);
  await using session = new ClientSession({ maxRedirects: 3 });
  expect((await session.get(`${server.url}/3`)).status).toBe(200);
  const error: unknown = await session.get(`${server.url}/4`).then(null, (reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'COTASK_HTTP_TOO_MANY_REDIRECTS', status: 302, url: `${server.url}/1` });
  await expect(session.get(`${server.url}/1`, { maxRedirects: 0 })).rejects.toMatchObject({
    code: 'COTASK_HTTP_TOO_MANY_REDIRECTS',
  });
});

test('allowRedirects: false gives the redirect itself', async () => {
  await using server = await startServer(hops);
  await using session = new ClientSession({ allowRedirects: false });
  const response = await session.get(`${server.url}/1`);
  expect([response.status, response.header('location'), await response.text()]).toEqual([302, '/0', 'on']);
  expect((await session.get(`${server.url}/1`, { allowRedirects: true })).status).toBe(200);
});

test('a redirect to the very same URL is followed', async () => {
  let asked = 0;
  await using server = await startServer((request, response) => {
    if (asked++ < 2) response.writeHead(302, { location: request.url, 'set-cookie': 'a=b' }).end();
    else response.end('there');
  });
  await using session = new ClientSession();
  expect(await (await session.get(server.url)).text()).toBe('there');
});

test('a body of bytes is sent again where the redirect says so', async () => {
  await using server = await startServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.url === '/first') response.writeHead(307, { location: '/second' }).end();
    else response.end(`${request.method} ${body}`);
  });
  await using session = new ClientSession();
  expect(await (await session.post(`${server.url}/first`, { data: 'again' })).text()).toBe('POST again');
  expect(await (await session.post(`${server.url}/first`, { data: new Blob(['blob']) })).text()).toBe('POST blob');
});

test('credentials stay behind when a redirect leads to another origin', async () => {
  await using origin = await startHostileOrigin();
  await using session = new ClientSession({ cookieJar: null });
  const response = await session.get(origin.urlOf('redirect-to-other-origin'), {
    headers: { authorization: 'Basic c2VjcmV0', cookie: 'a=b', 'proxy-authorization': 'x', 'x-kept': 'yes' },
  });
  await response.bytes();
  const [seen] = origin.otherRequests();
  expect(seen?.headers).toMatchObject({ 'x-kept': 'yes' });
  for (const name of ['authorization', 'cookie', 'proxy-authorization']) expect(seen?.headers).not.toHaveProperty(name);
});

test('a redirect gives its slot back while it waits for the next one', async () => {
  await using server = await startServer(hops);
  await using session = new ClientSession({ limit: 1, limitPerHost: 1 });
  const get = coroutine(function* (path: string) {
    const response = yield* session.get(server.url + path);
    return yield* response.text();
  });
  const texts = await Promise.all(['/5', '/4', '/3'].map((path) => run(get(path))));
  expect(texts).toEqual(['there', 'there', 'there']);
  expect(server.peakConcurrentRequests).toBe(1);
});

test('the body of a redirect is read up to a bound, and a silent one up to a second of the loop’s time', async () => {
  await using origin = await startHostileOrigin();
  await using session = new ClientSession({ timeout: { sockRead: 500 } });
  expect(await (await session.get(origin.urlOf('redirect-with-endless-body'))).text()).toBe('All is well.\n');
  expect(await (await session.get(origin.urlOf('redirect-with-silent-body'))).text()).toBe('All is well.\n');
});

test('a total deadline that passes while a redirect’s body is read away ends the request', async () => {
  await using origin = await startHostileOrigin();
  await using session = new ClientSession({ timeout: 200 });
  await expect(session.get(origin.urlOf('redirect-with-silent-body'))).rejects.toMatchObject({
    deadline: 'total',
    stage: 'body',
  });
});
