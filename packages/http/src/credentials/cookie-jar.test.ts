import { coroutine, run } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ClientSession, CookieJar } from '../index.ts';

describe('which cookies go where', () => {
  test.each([
    ['a=1', 'http://x.test/', 'http://x.test/p', 'a=1'],
    ['a=1', 'http://x.test/', 'http://sub.x.test/', ''],
    ['a=1; Domain=x.test', 'http://x.test/', 'http://sub.x.test/', 'a=1'],
    ['a=1; Domain=other.test', 'http://x.test/', 'http://other.test/', ''],
    ['a=1; Domain=co.uk', 'http://x.co.uk/', 'http://y.co.uk/', ''],
    ['a=1; Domain=github.io', 'http://x.github.io/', 'http://y.github.io/', ''],
    ['a=1; Path=/p', 'http://x.test/p/q', 'http://x.test/p', 'a=1'],
    ['a=1; Path=/p', 'http://x.test/p/q', 'http://x.test/pq', ''],
    ['a=1', 'http://x.test/p/q', 'http://x.test/', ''],
    ['a=1; Secure', 'https://x.test/', 'http://x.test/', ''],
    ['a=1; Secure', 'https://x.test/', 'https://x.test/', 'a=1'],
    ['a=1; Max-Age=0', 'http://x.test/', 'http://x.test/', ''],
    ['a=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT', 'http://x.test/', 'http://x.test/', ''],
    ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:01 GMT', 'http://x.test/', 'http://x.test/', 'a=1'],
    ['a=1', 'http://127.0.0.1:80/', 'http://127.0.0.1:81/', 'a=1'],
    ['a=1; Domain=0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', ''],
    ['a=1', 'http://[::1]/', 'http://[::1]/', 'a=1'],
    ['a=1', 'http://localhost/', 'http://localhost/', 'a=1'],
    ['__Secure-a=1', 'https://x.test/', 'https://x.test/', ''],
    ['__secure-a=1', 'https://x.test/', 'https://x.test/', ''],
    ['__Host-a=1; Secure; Path=/', 'https://x.test/', 'https://x.test/', '__Host-a=1'],
    ['__HOST-a=1; Secure; Path=/; Domain=x.test', 'https://x.test/', 'https://x.test/', ''],
    ['a=1\u0001', 'http://x.test/', 'http://x.test/', ''],
    [`a=${'x'.repeat(5000)}`, 'http://x.test/', 'http://x.test/', ''],
    [`a=1; Path=/${'x'.repeat(1100)}`, 'http://x.test/', 'http://x.test/', ''],
    ['', 'http://x.test/', 'http://x.test/', ''],
  ])('%j set by %s is sent to %s as %j', (field, from, to, sent) => {
    const jar = new CookieJar();
    jar.set(field, from);
    expect(jar.header(to)).toBe(sent);
  });

  test('longer paths come first, then what was set first', () => {
    const jar = new CookieJar();
    jar.set('a=1', 'http://x.test/');
    jar.set('b=2; Path=/p', 'http://x.test/');
    jar.set('c=3', 'http://x.test/');
    expect(jar.header('http://x.test/p/q')).toBe('b=2; a=1; c=3');
  });

  test('the same name, domain and path is the same cookie', () => {
    const jar = new CookieJar();
    expect(jar.set('a=1', 'http://x.test/')).toBe(true);
    expect(jar.set('a=2', 'http://x.test/')).toBe(true);
    expect([jar.size, jar.header('http://x.test/')]).toEqual([1, 'a=2']);
    jar.set('a=; Max-Age=0', 'http://x.test/');
    expect(jar.header('http://x.test/')).toBe('');
  });

  test('public suffixes may be allowed', () => {
    const jar = new CookieJar({ allowPublicSuffixes: true });
    expect(jar.set('a=1; Domain=co.uk', 'http://x.co.uk/')).toBe(true);
  });
});

describe('bounds', () => {
  test('a domain has so many, and loses the oldest', () => {
    const jar = new CookieJar({ maxCookiesPerDomain: 3 });
    for (const name of ['a', 'b', 'c', 'd']) jar.set(`${name}=1`, 'http://x.test/');
    expect(jar.header('http://x.test/')).toBe('b=1; c=1; d=1');
    jar.set('b=2', 'http://x.test/');
    jar.set('e=1', 'http://x.test/');
    expect([...jar].map(({ name }) => name).sort()).toEqual(['b', 'd', 'e']);
  });

  test('all domains together have so many', () => {
    const jar = new CookieJar({ maxCookies: 100 });
    for (let at = 0; at < 1000; at += 1) jar.set('a=1', `http://x${at}.test/`);
    expect(jar.size).toBe(100);
    expect([...jar].length).toBe(100);
    expect(jar.header('http://x999.test/')).toBe('a=1');
    expect(jar.header('http://x0.test/')).toBe('');
  });

  test('a response sets so many', async () => {
    await using server = await startServer((_request, response) => {
      response
        .setHeader(
          'set-cookie',
          Array.from({ length: 100 }, (_, at) => `c${at}=1`),
        )
        .end();
    });
    const jar = new CookieJar({ maxCookiesPerResponse: 20 });
    await using session = new ClientSession({ cookieJar: jar, maxHeaders: 200 });
    await using response = await session.get(server.url);
    expect(response.cookies.size).toBe(100);
    expect(jar.size).toBe(20);
  });

  test('nothing is kept longer than 400 days', () => {
    const jar = new CookieJar();
    jar.set('a=1; Max-Age=99999999999', 'http://x.test/');
    jar.set('b=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT', 'http://x.test/');
    const latest = Date.now() + 400 * 24 * 3600 * 1000;
    for (const { expires } of jar) expect(expires?.getTime()).toBeLessThanOrEqual(latest);
  });
});

test('cookies can be looked at, taken out and set by hand', () => {
  const jar = new CookieJar();
  jar.update({ a: '1' }, 'http://x.test/deep/path');
  jar.set('b=2; Domain=x.test; Path=/p; HttpOnly; SameSite=Lax', 'http://sub.x.test/p');
  jar.set('c=3', 'http://y.test/');
  expect(jar.get('http://sub.x.test/p')).toEqual([
    {
      name: 'b',
      value: '2',
      domain: 'x.test',
      path: '/p',
      expires: null,
      secure: false,
      httpOnly: true,
      sameSite: 'lax',
    },
  ]);
  expect(jar.header('http://x.test/')).toBe('a=1');
  expect(jar.clear(({ value }) => value === '1')).toBe(1);
  expect(jar.clearDomain('test')).toBe(2);
  expect(jar.size).toBe(0);
  expect(() => jar.update({ 'a b': '1' }, 'http://x.test/')).toThrow('no name of a cookie');
  expect(() => jar.update({ a: '1; b=2' }, 'http://x.test/')).toThrow('without semicolons');
});

describe('files', () => {
  const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'cookies-'));
    try {
      await body(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  test.each([
    ['async', coroutine(async (jar: CookieJar, file: string) => (await jar.save(file), await CookieJar.load(file)))],
    [
      'generator',
      coroutine(function* (jar: CookieJar, file: string) {
        yield* jar.save(file);
        return yield* CookieJar.load(file);
      }),
    ],
  ])('a jar is saved and loaded in the %s gear, for its owner only', (_gear, saveAndLoad) =>
    inFolder(async (folder) => {
      const jar = new CookieJar();
      jar.set('a=1; Path=/p; Secure; HttpOnly', 'https://x.test/');
      jar.set('b=2; Domain=x.test; Max-Age=1000', 'https://x.test/');
      jar.set('gone=1; Max-Age=0', 'https://x.test/');
      const file = path.join(folder, 'jar.json');
      const loaded = await run(saveAndLoad(jar, file));
      expect([...loaded]).toEqual([...jar].filter(({ name }) => name !== 'gone'));
      expect(loaded.header('https://x.test/p')).toBe('a=1; b=2');
      expect(loaded.header('https://sub.x.test/p')).toBe('b=2');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readdir(folder)).toEqual(['jar.json']);
    }),
  );

  test('what is no saved jar is refused, and a failed save leaves nothing', () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'jar.json');
      for (const text of ['', '[]', '{"version":2,"cookies":[]}', '{"version":1}']) {
        await writeFile(file, text);
        await expect(CookieJar.load(file)).rejects.toMatchObject({ code: 'COTASK_HTTP_OPTION' });
      }
      await expect(CookieJar.load(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(new CookieJar().save(path.join(folder, 'no', 'folder'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(new CookieJar().save(folder)).rejects.toThrow();
      expect(await readdir(folder)).toEqual(['jar.json']);
    }));
});

describe('in a session', () => {
  /** Sets a cookie and redirects, or says what cookies came. */
  const handler: Handler = (request, response) => {
    const url = new URL(request.url ?? '', 'http://x.test');
    if (url.pathname === '/login') {
      response.writeHead(302, { location: url.searchParams.get('to') ?? '/', 'set-cookie': ['sid=1; Path=/', 'x=y'] });
      response.end();
    } else response.end(request.headers.cookie ?? '');
  };

  test('cookies of every hop are kept and sent', async () => {
    await using server = await startServer(handler);
    await using session = new ClientSession({ baseUrl: `${server.url}/` });
    expect(await (await session.get('login')).text()).toBe('sid=1; x=y');
    expect(await (await session.get('other')).text()).toBe('sid=1; x=y');
    await using plain = new ClientSession({ cookieJar: null });
    expect(await (await plain.get(`${server.url}/login`)).text()).toBe('');
  });

  test('a request’s cookies stand over the session’s, and those over the jar’s', async () => {
    await using server = await startServer(handler);
    const cookieJar = new CookieJar();
    cookieJar.update({ a: 'jar', b: 'jar', c: 'jar' }, server.url);
    await using session = new ClientSession({ cookieJar, cookies: { b: 'session', c: 'session' } });
    expect(await (await session.get(server.url, { cookies: { c: 'request' } })).text()).toBe(
      'a=jar; b=session; c=request',
    );
    expect(await (await session.get(server.url, { headers: { cookie: 'b=header' } })).text()).toBe(
      'a=jar; c=jar; b=header',
    );
    expect(await (await session.get(server.url)).text()).toBe('a=jar; b=session; c=session');
  });

  test('cookies stay with their origin across a redirect', async () => {
    await using server = await startServer(handler);
    await using other = await startServer(handler);
    await using session = new ClientSession({ cookieJar: null });
    const to = encodeURIComponent(`${other.url}/`);
    const response = await session.get(`${server.url}/login?to=${to}`, { cookies: { secret: '1' } });
    expect([response.url, await response.text()]).toEqual([`${other.url}/`, '']);
  });

  test('two sessions may share a jar', async () => {
    await using server = await startServer(handler);
    const cookieJar = new CookieJar();
    await using first = new ClientSession({ cookieJar });
    await using second = new ClientSession({ cookieJar });
    await (await first.get(`${server.url}/login`)).text();
    expect(await (await second.get(server.url)).text()).toBe('sid=1; x=y');
  });

  test('a response tells which cookies it sets', async () => {
    await using server = await startServer((_request, response) => {
      response.setHeader('set-cookie', ['a=1; Path=/p; Secure', 'a=2', 'b="c d"', '=nothing', 'odd']).end();
    });
    await using session = new ClientSession();
    await using response = await session.get(server.url);
    expect([...response.cookies].map(([name, { value }]) => `${name}:${value}`)).toEqual(['a:2', 'b:"c d"']);
  });
});

test.each([
  [{ maxCookies: 0 }, 'maxCookies must be'],
  [{ maxCookie: 1 }, 'is maxCookies meant?'],
])('a jar refuses %o', (given, words) => {
  const options = Object.assign<object, object>(given, {});
  expect(() => new CookieJar(options)).toThrow(words);
});

test('an origin that is treated as secure is sent Secure cookies over http, and may set them', async () => {
  const jar = new CookieJar({ treatAsSecureOrigin: ['http://build.test:8080', new URL('http://127.0.0.1/')] });
  expect(jar.set('a=1; Secure', 'https://build.test/')).toBe(true);
  expect(jar.header('http://build.test:8080/x')).toBe('a=1');
  expect(jar.get('http://build.test:8080/').map(({ name }) => name)).toEqual(['a']);
  expect(jar.header('http://build.test/')).toBe('');
  expect(jar.set('b=2; Secure', 'http://build.test/')).toBe(false);
  expect(jar.set('b=2; Secure', 'http://build.test:8080/')).toBe(true);
  expect(jar.set('__Host-c=3; Secure; Path=/', 'http://127.0.0.1/')).toBe(true);
  for (const bad of ['nowhere', 'data:x'])
    expect(() => new CookieJar({ treatAsSecureOrigin: bad })).toThrow('treatAsSecureOrigin must be');
  await using server = await startServer((request, response) => {
    response.setHeader('set-cookie', 'a=1; Secure').end(request.headers.cookie ?? 'none');
  });
  await using session = new ClientSession({ cookieJar: new CookieJar({ treatAsSecureOrigin: server.url }) });
  await (await session.get(server.url)).text();
  expect(await (await session.get(server.url)).text()).toBe('a=1');
});
