// Chunks, forms, cookies, credentials and events as Python's aiohttp writes and reads them. WebSockets with it are tried
// beside the client's own.

import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { startAiohttp, type AiohttpServer } from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, digestAuth, MultipartForm, type ClientSessionOptions } from '../../index.ts';
import { manyRequests } from './many-requests.ts';

const server: AiohttpServer | null = await startAiohttp();
let url = '';

beforeAll(() => {
  url = server?.url ?? '';
});

afterAll(async () => {
  await server?.close();
});

const open = (options: ClientSessionOptions = {}): ClientSession =>
  new ClientSession({ baseUrl: `${url}/`, ...options });

const piece = new Uint8Array(1 << 20).fill(97);

async function* streamed(count: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) yield piece;
}

const sha256 = (count: number): string => {
  const hash = createHash('sha256');
  for (let at = 0; at < count; at += 1) hash.update(piece);
  return hash.digest('hex');
};

describe.skipIf(server === null)('aiohttp', () => {
  describe('chunks', () => {
    test('a hundred, one by one', async () => {
      await using session = open();
      const lines: string[] = [];
      for await (const line of (await session.get('chunks')).readLines()) lines.push(line);
      expect(lines.map(Number)).toEqual(Array.from({ length: 100 }, (_, number) => number));
    });

    test.each(['gzip', 'deflate'])('compressed with %s as they are written', async (coding) => {
      await using session = open();
      const response = await session.get('compressed', { params: { coding } });
      expect(response.headers.get('content-encoding')).toBe(coding);
      expect((await response.text()).split('\n')).toHaveLength(1001);
    });

    test.each(['extensions', 'trailers', 'hints'])('%s, byte after byte, twice on one connection', async (name) => {
      await using session = new ClientSession({ limit: 1 });
      for (let round = 0; round < 2; round += 1) {
        const response = await session.get(`${server?.rawUrl}/${name}`);
        expect([response.status, await response.text()]).toEqual([200, 'onetwo']);
      }
    });
  });

  describe('uploads', () => {
    test('50 MB in chunks, or with their length', async () => {
      await using session = open();
      const wanted = { bytes: piece.length * 50, sha256: sha256(50) };
      expect(await (await session.put('upload', { data: streamed(50) })).json()).toMatchObject(wanted);
      const headers = { 'content-length': String(wanted.bytes) };
      expect(await (await session.put('upload', { data: streamed(50), headers })).json()).toMatchObject(wanted);
    });

    test.each(['gzip', 'deflate'] as const)('compressed with %s, and undone there', async (compress) => {
      await using session = open();
      const response = await session.post('upload', { data: streamed(5), compress });
      expect(await response.json()).toMatchObject({ bytes: piece.length * 5, sha256: sha256(5) });
    });

    test('an answer that comes first', async () => {
      await using session = open();
      for (let round = 0; round < 10; round += 1) {
        const response = await session.post('upload/refused', { data: streamed(50) });
        expect([response.status, await response.text()]).toEqual([413, 'too much']);
      }
    });

    test('forms: texts, files, streams, names that need quotes', async () => {
      await using session = open();
      const form = new MultipartForm();
      form.append('text', 'grüß dich');
      form.append('na"me\n', 'x');
      form.append('file', new Blob(['12345'], { type: 'text/css' }), { filename: 'ü "b".css' });
      form.append('stream', streamed(2), { filename: 'c.bin' });
      const response = await session.post('parts', { data: form });
      const found = await response.json();
      expect(found).toEqual([
        ['text', null, null, 11],
        ['na%22me%0A', null, null, 1],
        ['file', 'ü %22b%22.css', 'text/css', 5],
        ['stream', 'c.bin', 'application/octet-stream', piece.length * 2],
      ]);
    });

    test('a body that is asked about is sent when it is wanted', async () => {
      await using session = open();
      for (let round = 0; round < 3; round += 1) {
        const response = await session.post('upload', { data: streamed(5), expect100: true });
        expect(await response.json()).toMatchObject({ bytes: piece.length * 5, sha256: sha256(5) });
      }
    });
  });

  test('cookies that it sets on the way are kept by their rules', async () => {
    await using session = open();
    const response = await session.get('cookies/set');
    expect(response.history).toHaveLength(1);
    // What is `Secure` may go to this machine itself over http, as in browsers.
    const kept = { plain: 'a b', safe: 'x' };
    expect(await response.json()).toEqual(kept);
    expect(await (await session.get('cookies/seen')).json()).toEqual(kept);
  });

  test('events, over two connections', async () => {
    await using session = open();
    const seen: [string, string, string][] = [];
    for await (const { type, data, lastEventId } of session.events('events')) seen.push([type, data, lastEventId]);
    expect(seen).toEqual([1, 2, 3, 4, 5].map((at) => ['count', `line ${at}\nand more`, String(at)]));
  });

  test.each(['digest', 'digest/brief'])(
    '%s: SHA-256, a name and a word in UTF-8, one after the other and at once',
    async (path) => {
      await using session = open({ middlewares: [digestAuth({ username: 'me', password: 'wörd' })] });
      for (let at = 0; at < 10; at += 1) expect((await session.get(path)).status).toBe(200);
      if (path === 'digest') await manyRequests(50, 10, async () => expect((await session.get(path)).status).toBe(200));
    },
  );

  // The cast: 40 connections that aiohttp ends after a second without a word. The plot: each is used again at about that
  // moment, a little before, a little after, and in it.
  test('a connection that is ended just when it is used again loses no GET and no PUT of bytes', async () => {
    await using session = open({ limit: 0 });
    await Promise.all(Array.from({ length: 40 }, async () => await (await session.get('chunks')).text()));
    const again = async (_: unknown, at: number): Promise<number> => {
      await wait(980 + at);
      const response = await (at % 2 > 0 ? session.get('chunks') : session.put('upload', { data: 'again' }));
      await response.text();
      return response.status;
    };
    const statuses = await Promise.all(Array.from({ length: 40 }, again));
    expect(statuses).toEqual(Array.from({ length: 40 }, () => 200));
  });
});
