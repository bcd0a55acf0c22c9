import { coroutine, createTask, run, sleep, type Awaitable } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import { createHash, randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ClientSession, type ClientResponse, type ClientSessionOptions, type ContentCoding } from '../index.ts';

const compress: Record<string, (bytes: Uint8Array) => Buffer> = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
};
const decompress: Record<string, (bytes: Uint8Array) => Buffer> = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync,
};
const codings = Object.keys(compress) as ContentCoding[];

const content = Buffer.from(Array.from({ length: 30_000 }, (_, at) => `line ${at}: äöü\n`).join(''));

const inRun = <T>(begin: () => Awaitable<T>): Promise<T> => run(coroutine(async () => await begin())());

/** Asks a server that answers so, and reads the response. */
async function answer<T>(
  handler: Handler,
  read: (response: ClientResponse) => PromiseLike<T>,
  options: ClientSessionOptions = {},
): Promise<T> {
  await using server = await startServer(handler);
  await using session = new ClientSession(options);
  await using response = await session.get(server.url);
  const result = await read(response);
  await session.close();
  await server.waitForConnections(0);
  return result;
}

const coded =
  (coding: string, body: Uint8Array): Handler =>
  (_request, response) =>
    void response.writeHead(200, { 'content-encoding': coding, 'content-length': body.byteLength }).end(body);

describe.each(codings)('%s', (coding) => {
  const small = compress[coding]?.(content) ?? Buffer.alloc(0);

  test('is asked for and undone, however the body is read', async () => {
    const handler = coded(coding, small);
    expect(await answer(handler, (response) => response.text())).toBe(content.toString());
    expect(await answer(handler, async (response) => Buffer.from(await response.bytes()).equals(content))).toBe(true);
    const consumed = await answer(handler, async (response) => {
      const hash = createHash('sha256');
      const bytes = await response.consume((chunk) => void hash.update(chunk));
      return [bytes, hash.digest('hex')];
    });
    expect(consumed).toEqual([content.byteLength, createHash('sha256').update(content).digest('hex')]);
    const pieces = await answer(handler, async (response) => {
      const list: Uint8Array[] = [];
      for await (const piece of response.body) list.push(piece);
      return Buffer.concat(list);
    });
    expect(pieces.equals(content)).toBe(true);
    expect(await answer(handler, (response) => new Response(response.stream()).text())).toBe(content.toString());
    const asked = await answer(
      (request, response) => void response.end(request.headers['accept-encoding']),
      (response) => response.text(),
    );
    expect(asked.split(', ')).toContain(coding);
  });

  test('is undone byte by byte', async () => {
    const tiny = compress[coding]?.(Buffer.from('All is well.')) ?? Buffer.alloc(0);
    const trickle: Handler = async (_request, response) => {
      response.writeHead(200, { 'content-encoding': coding });
      for (const byte of tiny) {
        response.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    };
    expect(await answer(trickle, (response) => response.text())).toBe('All is well.');
  });

  test('that is cut short or broken is an error', async () => {
    for (const body of [small.subarray(0, small.byteLength / 2), Buffer.concat([Buffer.from([1, 2, 3]), small])]) {
      await expect(answer(coded(coding, body), (response) => response.bytes())).rejects.toMatchObject({
        code: 'COTASK_HTTP_CONTENT_ENCODING',
      });
    }
  });

  test('an empty body and the answer to a HEAD have nothing to undo', async () => {
    expect(await answer(coded(coding, Buffer.alloc(0)), (response) => response.text())).toBe('');
    await using server = await startServer(coded(coding, small));
    await using session = new ClientSession();
    expect(await (await session.head(server.url)).text()).toBe('');
  });

  test('autoDecompress: false asks for none and leaves it on', async () => {
    const options = { autoDecompress: false };
    const bytes = await answer(coded(coding, small), (response) => response.bytes(), options);
    expect(Buffer.from(bytes).equals(small)).toBe(true);
    await expect(answer(coded(coding, small), (response) => response.text(), options)).rejects.toMatchObject({
      code: 'COTASK_HTTP_UNREADABLE',
    });
    const asked = await answer(
      (request, response) => void response.end(request.headers['accept-encoding']),
      (response) => response.text(),
      options,
    );
    expect(asked).toBe('identity');
  });

  test('compress sends a body in it', async () => {
    const seen: unknown[] = [];
    const handler: Handler = async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      seen.push(request.headers['content-encoding'], request.headers['content-type']);
      response.end(decompress[coding]?.(Buffer.concat(chunks)));
    };
    await using server = await startServer(handler);
    await using session = new ClientSession();
    const json = await session.post(server.url, { json: { a: 'b' }, compress: coding });
    expect(await json.text()).toBe('{"a":"b"}');
    const streamed = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < content.byteLength; at += 10_000) yield content.subarray(at, at + 10_000);
    };
    const stream = await session.post(server.url, { data: streamed(), compress: coding });
    expect(await stream.text()).toBe(content.toString());
    expect(seen).toEqual([coding, 'application/json', coding, 'application/octet-stream']);
  });
});

test('several codings are undone from the last to the first', async () => {
  const body = zlib.brotliCompressSync(zlib.gzipSync(content));
  expect(await answer(coded('gzip, br', body), (response) => response.text())).toBe(content.toString());
  expect(await answer(coded('identity, x-gzip,', zlib.gzipSync(content)), (response) => response.text())).toBe(
    content.toString(),
  );
});

test('deflate without zlib’s header is understood', async () => {
  const body = zlib.deflateRawSync(content);
  expect(await answer(coded('deflate', body), (response) => response.text())).toBe(content.toString());
});

test('a range is asked for without a coding', async () => {
  await using server = await startServer((request, response) => void response.end(request.headers['accept-encoding']));
  await using session = new ClientSession();
  expect(await (await session.get(server.url, { headers: { range: 'bytes=0-1' } })).text()).toBe('identity');
  const own = { range: 'bytes=0-1', 'accept-encoding': 'br' };
  expect(await (await session.get(server.url, { headers: own })).text()).toBe('br');
});

describe('bounds on what a coded body becomes', () => {
  const bomb = zlib.gzipSync(Buffer.alloc(20_000_000));

  test('maxExpansion, maxDecompressedSize and maxBodySize end it', async () => {
    const readers: ((response: ClientResponse) => PromiseLike<unknown>)[] = [
      (response) => response.bytes(),
      (response) => response.consume(() => undefined),
      (response) => new Response(response.stream()).arrayBuffer(),
      async (response) => {
        for await (const piece of response.body) void piece;
      },
    ];
    for (const read of readers) {
      await expect(answer(coded('gzip', bomb), read)).rejects.toMatchObject({
        code: 'COTASK_HTTP_BODY_EXPANSION',
        message: expect.stringContaining('maxExpansion (200)'),
      });
      const small = { maxExpansion: Infinity, maxDecompressedSize: 1_000_000 };
      await expect(answer(coded('gzip', bomb), read, small)).rejects.toThrow('maxDecompressedSize (1000000)');
    }
    const whole = { maxExpansion: Infinity, maxBodySize: 10_000_000 };
    await expect(answer(coded('gzip', bomb), (response) => response.bytes(), whole)).rejects.toMatchObject({
      code: 'COTASK_HTTP_BODY_TOO_LARGE',
    });
    const allowed = await answer(coded('gzip', bomb), (response) => response.bytes(), { maxExpansion: Infinity });
    expect(allowed).toHaveLength(20_000_000);
  });

  test('a request may change them', async () => {
    await using server = await startServer(coded('gzip', bomb));
    await using session = new ClientSession({ maxExpansion: Infinity });
    await expect((await session.get(server.url, { maxExpansion: 10 })).bytes()).rejects.toThrow('maxExpansion (10)');
    await expect((await session.get(server.url, { maxDecompressedSize: 5_000_000 })).bytes()).rejects.toThrow(
      'maxDecompressedSize (5000000)',
    );
    expect(await (await session.get(server.url, { autoDecompress: false })).bytes()).toHaveLength(bomb.byteLength);
  });

  test('a slow reader holds the decoder and the socket back', async () => {
    const large = zlib.gzipSync(randomBytes(30_000_000), { level: 0 });
    let written = 0;
    const handler: Handler = async (_request, response) => {
      let goOn = (): void => undefined;
      response.on('drain', () => goOn()).on('close', () => goOn());
      response.writeHead(200, { 'content-encoding': 'gzip' });
      for (let at = 0; at < large.byteLength; at += 100_000) {
        if (!response.write(large.subarray(at, at + 100_000)))
          await new Promise<void>((resolve) => void (goOn = resolve));
        written = at;
      }
      response.end();
    };
    await using server = await startServer(handler);
    await using session = new ClientSession({ timeout: { sockRead: 1000 } });
    const response = await session.get(server.url);
    let flow: { resume(): void } | null = null;
    let bytes = 0;
    const consumed = run(
      coroutine(async () => {
        const task = createTask(
          response.consume((chunk, given) => {
            bytes += chunk.byteLength;
            if (flow !== null || bytes < 1_000_000) return;
            flow = given;
            return false;
          }),
        );
        await sleep(1300);
        const [before, sent] = [bytes, written];
        await sleep(100);
        expect([bytes, written]).toEqual([before, sent]);
        expect(sent).toBeLessThan(25_000_000);
        flow?.resume();
        return await task;
      })(),
    );
    expect(await consumed).toBe(30_000_000);
  });
});

test('a cancel in the middle of decoding leaves nothing', async () => {
  await using server = await startServer(coded('br', zlib.brotliCompressSync(content)));
  await using session = new ClientSession({ limit: 1 });
  for (let round = 0; round < 30; round += 1) {
    await inRun(
      coroutine(async () => {
        const task = createTask(coroutine(async () => (await session.get(server.url)).bytes())());
        for (let turns = 0; turns < round * 3 && !task.done(); turns += 1)
          await new Promise((resolve) => setImmediate(resolve));
        task.cancel();
        await task.then(null, () => undefined);
      }),
    );
  }
  expect(await (await session.get(server.url)).text()).toBe(content.toString());
  await session.close();
  await server.waitForConnections(0);
});

test('a response in a coding that is released or closed leaves nothing', async () => {
  await using server = await startServer(coded('gzip', zlib.gzipSync(content)));
  await using session = new ClientSession({ limit: 1 });
  for (const give of ['release', 'close'] as const) (await session.get(server.url))[give]();
  const response = await session.get(server.url);
  await response.readChunk();
  response.release();
  expect(await (await session.get(server.url)).text()).toBe(content.toString());
});

test.each([
  [{ compress: 'lzma' }, "compress must be 'gzip', 'deflate', 'br' or 'zstd'"],
  [{ compress: 'gzip', headers: { 'content-encoding': 'gzip' } }, 'both compress and the header content-encoding'],
])('a request refuses %o', async (given, words) => {
  await using session = new ClientSession();
  const options = Object.assign<object, object>(given, { data: 'x' });
  await expect(session.post('http://x.test/', options)).rejects.toThrow(words);
});
