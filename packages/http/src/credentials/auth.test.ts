import { startServer, type Handler } from '@cotask/test-servers';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { basicAuth, ClientSession, type AuthInput, type ClientSessionOptions, type RequestOptions } from '../index.ts';
import { parseNetrc } from './netrc.ts';

/** Says who asks, or sends elsewhere. */
const handler: Handler = (request, response) => {
  const to = new URL(request.url ?? '', 'http://x.test').searchParams.get('to');
  if (to !== null) response.writeHead(302, { location: to });
  response.end(request.headers.authorization ?? 'nobody');
};

const ask = async (url: string, session: ClientSessionOptions = {}, options: RequestOptions = {}): Promise<string> => {
  await using client = new ClientSession(session);
  return await (await client.get(url, options)).text();
};

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test.each<[AuthInput, string]>([
  [{ username: 'a', password: 'b' }, basic('a:b')],
  [{ username: 'ä', password: 'ö:ü' }, basic('ä:ö:ü')],
  [{ username: 'a' }, basic('a:')],
  [{ bearer: 'abc.DEF-123=' }, 'Bearer abc.DEF-123='],
])('auth %o is sent as %s', async (auth, sent) => {
  await using server = await startServer(handler);
  expect(await ask(server.url, { auth })).toBe(sent);
  expect(await ask(server.url, {}, { auth })).toBe(sent);
});

test('a request’s auth stands over the session’s; null takes it away', async () => {
  await using server = await startServer(handler);
  const session = { auth: { bearer: 'session' } };
  expect(await ask(server.url, session, { auth: { bearer: 'request' } })).toBe('Bearer request');
  expect(await ask(server.url, session, { headers: { authorization: 'Custom' } })).toBe('Custom');
  expect(await ask(server.url, session, { auth: null })).toBe('nobody');
});

test('a session with a home gives its auth to nobody else, and a redirect takes it nowhere', async () => {
  await using server = await startServer(handler);
  await using other = await startServer(handler);
  const session = { baseUrl: `${server.url}/`, auth: { bearer: 'secret' } };
  expect(await ask('a', session)).toBe('Bearer secret');
  expect(await ask(other.url, session)).toBe('nobody');
  expect(await ask(`?to=${encodeURIComponent(other.url)}`, session)).toBe('nobody');
});

test.each<[object, string]>([
  [{ username: 'a:b' }, 'must not hold a colon'],
  [{ username: 1 }, 'username must be a text'],
  [{ user: 'a' }, 'is username meant?'],
  [{ username: 'a', password: 12_345 }, 'password must be a text, got number'],
  [{ password: 'a' }, 'auth must be'],
  [{ bearer: 'a b' }, 'bearer must be a token: visible characters, no space, got a text'],
  [{ bearer: 'a\r\nb: c' }, 'bearer must be a token'],
])('refuses auth %o', (given, words) => {
  const auth = Object.assign<object, never>(given, undefined as never) as AuthInput;
  expect(() => new ClientSession({ auth })).toThrow(words);
});

test('two sources of credentials are refused', async () => {
  expect(() => new ClientSession({ auth: { bearer: 'a' }, headers: { authorization: 'b' } })).toThrow('both auth and');
  await expect(ask('http://u:p@x.test/', { auth: { bearer: 'a' } })).rejects.toThrow('both the URL and');
});

test('basicAuth writes the header’s value', () => {
  expect(basicAuth('a', 'b')).toBe(basic('a:b'));
});

describe('netrc', () => {
  const text = `
# a comment
machine x.test login me password "a \\"quoted\\" word"
machine Y.test
  login you
  account ignored
  password #1
macdef init
machine evil.test login no password no

machine x.test login second password second
default login any password thing
`;

  test('is read as curl reads it', () => {
    expect(Object.fromEntries(parseNetrc(text))).toEqual({
      'x.test': { login: 'me', password: 'a "quoted" word' },
      'y.test': { login: 'you', password: '#1' },
      '': { login: 'any', password: 'thing' },
    });
    expect(parseNetrc('').size).toBe(0);
    expect(parseNetrc('machine').size).toBe(1);
  });

  test('is asked with trustEnv only, and only where nobody said who asks', async () => {
    await using server = await startServer(handler);
    await using other = await startServer(handler);
    const folder = await mkdtemp(path.join(tmpdir(), 'netrc-'));
    try {
      await writeFile(path.join(folder, 'netrc'), 'machine 127.0.0.1 login me password secret');
      vi.stubEnv('NETRC', path.join(folder, 'netrc'));
      expect(await ask(server.url, { trustEnv: true })).toBe(basic('me:secret'));
      expect(await ask(server.url)).toBe('nobody');
      expect(await ask(server.url, { trustEnv: true, auth: { bearer: 'own' } })).toBe('Bearer own');
      expect(await ask(server.url.replace('//', '//u:p@'), { trustEnv: true })).toBe(basic('u:p'));
      expect(await ask(server.url.replace('127.0.0.1', 'localhost'), { trustEnv: true })).toBe('nobody');
      expect(await ask(`${server.url}/?to=${encodeURIComponent(other.url)}`, { trustEnv: true })).toBe('nobody');
      vi.stubEnv('NETRC', path.join(folder, 'none'));
      expect(await ask(server.url, { trustEnv: true })).toBe('nobody');
    } finally {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    }
  });
});

describe('what is sent of itself', () => {
  const echo: Handler = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    response.end(JSON.stringify({ ...request.headers, body }));
  };
  const seen = async (session: ClientSessionOptions, options: RequestOptions): Promise<Record<string, string>> => {
    await using server = await startServer(echo);
    await using client = new ClientSession(session);
    return await (await client.post(server.url, options)).json({ contentType: null });
  };

  test('skipAutoHeaders leaves automatic fields out, and never those that were given', async () => {
    const skipAutoHeaders = ['User-Agent', 'accept', 'Content-Type'];
    for (const [session, options] of [
      [{ skipAutoHeaders }, {}],
      [{}, { skipAutoHeaders }],
    ]) {
      const headers = await seen(session ?? {}, { data: 'text', ...options });
      for (const name of skipAutoHeaders) expect(headers).not.toHaveProperty(name.toLowerCase());
      expect(headers).toHaveProperty('accept-encoding');
    }
    const given = await seen({ headers: { accept: 'mine' }, skipAutoHeaders }, { headers: { 'user-agent': 'me' } });
    expect(given).toMatchObject({ accept: 'mine', 'user-agent': 'me' });
  });

  test('jsonSerialize writes the option json', async () => {
    const jsonSerialize = (value: unknown): string => `/*${JSON.stringify(value)}*/`;
    expect(await seen({ jsonSerialize }, { json: 1 })).toMatchObject({
      body: '/*1*/',
      'content-type': 'application/json',
    });
    const bytes = (): Uint8Array => Buffer.from('[]');
    expect(await seen({ jsonSerialize: bytes }, { json: 1 })).toMatchObject({ body: '[]', 'content-length': '2' });
    await using broken = new ClientSession({ jsonSerialize: () => 1 as never });
    await expect(broken.post('http://x.test/', { json: 1 })).rejects.toThrow('cannot be written as JSON');
  });

  test('chunked sends a body of known length in chunks', async () => {
    const headers = await seen({}, { data: 'text', chunked: true });
    expect(headers).toMatchObject({ body: 'text', 'transfer-encoding': 'chunked' });
    expect(headers).not.toHaveProperty('content-length');
  });
});
