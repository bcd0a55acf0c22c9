/** Every bound holds at its value, and the guide's table says what the code does. */
import { startServer, type TestServer } from '@cotask/test-servers';
import { coroutine, createTask, gather, run, sleep } from 'cotask';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { defaultBounds, fixedBounds } from './bounds.ts';
import { ClientSession, type ClientSessionOptions, type RequestOptions } from './index.ts';
import { PieceList } from './bodies/piece-list.ts';

const mebibyte = 1024 * 1024;

/** A number as the guide writes it. */
function words(name: string, value: number): string {
  const inBytes = /size$|bytes$/iu.test(name);
  if (inBytes && value % mebibyte === 0) return `${value / mebibyte} MiB`;
  if (inBytes) return `${value / 1024} KiB`;
  return value.toLocaleString('en');
}

describe('the guide’s table of bounds', () => {
  test.each([
    ['the options', defaultBounds],
    ['what cannot be changed', fixedBounds],
  ])('says of %s what holds', async (_what, bounds) => {
    const guide = await readFile(new URL('../../../docs/guide/http-limits.md', import.meta.url), 'utf8');
    const rows = new Map(
      [...guide.matchAll(/^\| `(\w+)` *\| ([^|]*?) *\|/gmu)].map(([, name, value]) => [name, value]),
    );
    for (const [name, value] of Object.entries(bounds))
      expect([name, rows.get(name)]).toEqual([name, words(name, value)]);
  });

  test('has no bound that the code does not have', async () => {
    const guide = await readFile(new URL('../../../docs/guide/http-limits.md', import.meta.url), 'utf8');
    const [, bounds = ''] = /## Bounds\n([\s\S]*?)\n## /u.exec(guide) ?? [];
    const named = [...bounds.matchAll(/^\| `(\w+)`/gmu)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set([...Object.keys(defaultBounds), ...Object.keys(fixedBounds)]));
  });
});

describe('maxConnections', () => {
  test('ends the connection that has been idle longest where one more is needed', async () => {
    const servers = await Promise.all(
      Array.from({ length: 4 }, () => startServer((_, response) => void response.end())),
    );
    await using session = new ClientSession({ maxConnections: 2 });
    for (const { url } of servers) await (await session.get(url)).bytes();
    await servers[0]?.waitForConnections(0);
    await servers[1]?.waitForConnections(0);
    expect(servers.map(({ connections }) => connections)).toEqual([0, 0, 1, 1]);
    await (await session.get(servers[2]?.url ?? '')).bytes();
    expect(servers[2]?.totalConnections).toBe(1);
    // The third was used last: now the fourth is the oldest.
    await (await session.get(servers[0]?.url ?? '')).bytes();
    await servers[3]?.waitForConnections(0);
    expect(servers.map(({ connections }) => connections)).toEqual([1, 0, 1, 0]);
    await session.close();
    await Promise.all(servers.map((server) => server.close()));
  });

  test('bounds the requests in flight where limit does not', async () => {
    await using server = await startServer(async (_request, response) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      response.end();
    });
    await using session = new ClientSession({ limit: 0, maxConnections: 3 });
    await gather(Array.from({ length: 12 }, () => coroutine(async () => (await session.get(server.url)).bytes())()));
    expect(server.peakConnections).toBe(3);
  });
});

describe('maxWaiting', () => {
  test('one more than it allows fails, and those that wait go on', async () => {
    await using server = await startServer((_request, response) => void response.end('x'));
    const main = coroutine(async () => {
      await using session = new ClientSession({ limit: 1, maxWaiting: 2 });
      const ask = coroutine(async () => (await session.get(server.url)).text());
      const tasks = Array.from({ length: 5 }, () => createTask(ask()));
      const ends = await gather(tasks, { returnExceptions: true });
      const again = await gather([ask(), ask(), ask()]);
      return { ends, again };
    });
    const refused = { code: 'COTASK_HTTP_QUEUE_FULL', message: expect.stringContaining('maxWaiting') };
    expect(await run(main())).toMatchObject({ ends: ['x', 'x', 'x', refused, refused], again: ['x', 'x', 'x'] });
  });

  test('a cancelled wait makes room', async () => {
    await using server = await startServer((_request, response) => void response.write('x'));
    const main = coroutine(async () => {
      await using session = new ClientSession({ limit: 1, maxWaiting: 1 });
      await using holder = await session.get(server.url);
      for (let i = 0; i < 3; i++) {
        const waiting = createTask(session.get(server.url));
        await sleep(0);
        waiting.cancel();
        await waiting.then(null, () => undefined);
      }
      holder.close();
    });
    await run(main());
  });
});

describe('a body that comes in tiny pieces', () => {
  const drip = (pieces: number): Promise<TestServer> =>
    startServer((_request, response) => {
      response.setHeader('transfer-encoding', 'chunked');
      const socket = response.socket;
      response.flushHeaders();
      socket?.write('1\r\nx\r\n'.repeat(pieces));
      socket?.write('0\r\n\r\n');
    });
  const read = async (
    server: TestServer,
    options: ClientSessionOptions,
    request: RequestOptions = {},
  ): Promise<unknown> => {
    await using session = new ClientSession({ timeout: 10_000, ...options });
    return await session.get(server.url, request).then((response) => response.text());
  };

  test('is read within maxChunks', async () => {
    await using server = await drip(5000);
    expect(await read(server, {})).toBe('x'.repeat(5000));
    expect(await read(server, { maxChunks: 5000 })).toBe('x'.repeat(5000));
  });

  test('is refused beyond it, by the session’s bound or the request’s', async () => {
    await using server = await drip(5000);
    const tooMany = { code: 'COTASK_HTTP_BODY_TOO_LARGE', message: expect.stringContaining('maxChunks (4999)') };
    await expect(read(server, { maxChunks: 4999 })).rejects.toMatchObject(tooMany);
    await expect(read(server, {}, { maxChunks: 4999 })).rejects.toMatchObject(tooMany);
  });
});

describe('a list of pieces', () => {
  test('joins small and large ones in their order', () => {
    const list = new PieceList();
    const sizes = [1, 1, 1023, 1024, 5, 40_000, 0, 7, 16_384, 1, ...Array.from({ length: 40 }, () => 1000)];
    const pieces = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
    for (const piece of pieces) list.push(piece);
    expect(Buffer.from(list.join()).equals(Buffer.concat(pieces))).toBe(true);
    expect(list.count).toBe(pieces.length);
  });

  test('copies them to their place where the length is known, and takes what is longer or shorter than that', () => {
    const pieces = [3, 2000, 1, 70_000].map((size, i) => new Uint8Array(size).fill(i + 1));
    const whole = Buffer.concat(pieces);
    for (const length of [whole.length, whole.length - 1, 2003, 1, whole.length + 1, 300_000]) {
      const list = new PieceList(length);
      for (const piece of pieces) list.push(piece);
      const joined = list.join();
      expect(whole.equals(joined)).toBe(true);
      expect(joined.buffer.byteLength).toBe(whole.length);
    }
    expect(new PieceList(0).join()).toHaveLength(0);
  });

  test('keeps none of the memory that a single piece shares', () => {
    const list = new PieceList();
    list.push(new Uint8Array(new ArrayBuffer(1000), 10, 5));
    expect(list.join().buffer.byteLength).toBe(5);
  });
});
