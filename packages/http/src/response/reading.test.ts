/** Pieces of a body asked for one by one, texts in doubtful encodings, and what is known of the connection. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import { startServer, type Handler, type TestServer } from '@cotask/test-servers';
import { afterEach, describe, expect, test } from 'vitest';
import { ClientSession, type ClientResponse, type ClientSessionOptions } from '../index.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function respond(handler: Handler, options: ClientSessionOptions = {}): Promise<ClientResponse> {
  const server = await startServer(handler);
  const session = new ClientSession(options);
  open.push(server, session);
  return await session.get(server.url);
}

const lastServer = (): TestServer => {
  const found = open.findLast((one): one is TestServer => 'requests' in one);
  if (found === undefined) throw new Error('no server');
  return found;
};

const words = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());

/** What a program in plain JavaScript might pass. */
const untyped = (options: object): object => options;

/** Sends the pieces one by one. */
const inPieces =
  (...pieces: string[]): Handler =>
  async (_request, out) => {
    for (const piece of pieces) {
      out.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    out.end();
  };

/** Every reader in one go, under `yield*`. */
const readAll = coroutine(function* (response: ClientResponse) {
  const seen: unknown[] = [];
  seen.push(words(yield* response.readExactly(3)));
  seen.push(words(yield* response.readUntil('--')));
  seen.push(yield* response.readLine());
  seen.push(words(yield* response.read(2)), response.atEof);
  seen.push(words(yield* response.readUntil('--')), response.atEof);
  seen.push(yield* response.readUntil('--'), yield* response.read(1));
  return seen;
});

describe('the readers of a body', () => {
  test('may be used in turn, wherever the pieces end', async () => {
    const all = ['abc', 'def-', '-line', '\r', '\nxy', 'rest'];
    const expected = ['abc', 'def--', 'line', 'xy', false, 'rest', true, null, null];
    expect(await run(readAll(await respond(inPieces(...all))))).toEqual(expected);
    expect(await readAll(await respond(inPieces(all.join(''))))).toEqual(expected);
    expect(await readAll(await respond(inPieces(...all.join(''))))).toEqual(expected);
  });

  test('readExactly() says what there was where it was not enough', async () => {
    const response = await respond(inPieces('abc', 'de'));
    expect(words(await response.readExactly(0))).toBe('');
    await expect(response.readExactly(6)).rejects.toMatchObject({
      code: 'COTASK_HTTP_INCOMPLETE_READ',
      expected: 6,
      partial: new Uint8Array(Buffer.from('abcde')),
    });
  });

  test('readUntil() finds what lies across pieces and is bounded', async () => {
    const response = await respond(inPieces('a-', '-', '-b', '--', 'x'.repeat(50)));
    expect(words(await response.readUntil('---'))).toBe('a---');
    expect(words(await response.readUntil(Buffer.from('--')))).toBe('b--');
    await expect(response.readUntil('!', 20)).rejects.toMatchObject({ code: 'COTASK_HTTP_LINE_TOO_LONG' });
    await lastServer().waitForConnections(0);
  });

  test('readNowait() waits for nothing, and totalRawBytes counts', async () => {
    let more: () => void = () => undefined;
    const response = await respond((_request, out) => {
      out.write('first');
      more = () => out.end('second');
    });
    while (response.totalRawBytes < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(words(response.readNowait())).toBe('first');
    expect(words(response.readNowait())).toBe('');
    expect(response.atEof).toBe(false);
    more();
    await response.waitForClose();
    expect(words(response.readNowait())).toBe('second');
    expect([response.atEof, response.totalRawBytes, response.exception]).toEqual([true, 11, null]);
  });

  test('refuse what cannot be', async () => {
    const response = await respond(inPieces('x'));
    for (const bad of [
      () => response.readExactly(-1),
      () => response.readUntil(''),
      () => response.readUntil('x', 0),
      () => response.json(untyped({ typ: 'x' })),
      () => response.text(untyped({ strict: true })),
    ])
      expect(bad).toThrow(expect.objectContaining({ code: 'COTASK_HTTP_OPTION' }));
    expect(await response.text()).toBe('x');
  });

  test.each(['readExactly', 'readUntil', 'waitForClose'] as const)(
    'a cancel in %s() leaves nothing',
    async (reader) => {
      const response = await respond((_request, out) => void out.write('begun'), { timeout: null });
      const waits = {
        readExactly: () => response.readExactly(100),
        readUntil: () => response.readUntil('!'),
        waitForClose: () => response.waitForClose(),
      };
      await run(
        coroutine(async () => {
          const task = createTask(coroutine(async () => void (await waits[reader]()))());
          await sleep(20);
          expect(task.state).toBe('waiting');
          task.cancel();
          await fromPromise(Promise.allSettled([task]));
          expect(task.cancelled()).toBe(true);
        })(),
      );
      // Who waits for the end reads nothing: the response is as it was.
      expect(response.closed).toBe(reader !== 'waitForClose');
      response.close();
      await lastServer().waitForConnections(0);
    },
  );

  test('waitForClose() resolves however it ends', async () => {
    const failed = await respond((_request, out) => {
      out.writeHead(200, { 'content-length': 10 }).write('x');
      setTimeout(() => out.destroy(), 10);
    });
    await failed.waitForClose();
    await failed.waitForClose();
    expect(failed.exception).toMatchObject({ code: 'COTASK_HTTP_PAYLOAD' });
    const closed = await respond((_request, out) => void out.write('x'));
    setTimeout(() => closed.close(), 10);
    await closed.waitForClose();
  });
});

describe('the encoding of a text', () => {
  const send =
    (bytes: readonly number[], type: string | null): Handler =>
    (_request, out) => {
      if (type !== null) out.setHeader('content-type', type);
      out.end(Buffer.from(bytes));
    };

  test('is the fallback where the server names none that is known', async () => {
    const latin = { fallbackCharset: 'latin1' };
    expect(await (await respond(send([0xe9], 'text/plain'), latin)).text()).toBe('é');
    expect(await (await respond(send([0xe9], 'text/plain; charset=klingon'), latin)).text()).toBe('é');
    expect(await (await respond(send([0xc3, 0xa9], 'text/plain; charset=utf-8'), latin)).text()).toBe('é');
    expect(await (await respond(send([0x22, 0xc3, 0xa9, 0x22], 'application/json'), latin)).json()).toBe('é');
    expect((await respond(send([], null), latin)).encoding).toBe('latin1');
    expect((await respond(send([], null))).encoding).toBe('utf-8');
    const lines = await respond(send([0xe9, 0x0a], 'text/plain'), latin);
    expect(await lines.readLine()).toBe('é');
  });

  test('may be found in the body', async () => {
    const options: ClientSessionOptions = {
      fallbackCharset: (response, body) => (response.status === 200 && body[0] === 0xe9 ? 'latin1' : 'utf-8'),
    };
    const response = await respond(send([0xe9], 'text/plain'), options);
    expect(() => response.encoding).toThrow(/read the body first/u);
    expect(await response.text()).toBe('é');
    expect(response.encoding).toBe('latin1');
    const wrong = await respond(send([0xe9], null), { fallbackCharset: () => 'klingon' });
    await expect(wrong.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_OPTION' });
  });

  test('is insisted on with fatal', async () => {
    const response = await respond(send([0x61, 0xe9], 'text/plain'));
    expect(await response.text()).toBe('a\uFFFD');
    await expect(response.text({ fatal: true })).rejects.toMatchObject({ code: 'COTASK_HTTP_UNREADABLE' });
    expect(await response.text({ fatal: true, encoding: 'latin1' })).toBe('aé');
  });

  test('json() takes an encoding and a parser', async () => {
    const body = send([0x22, 0xe9, 0x22], 'application/json');
    expect(await (await respond(body)).json({ encoding: 'latin1' })).toBe('é');
    expect(await (await respond(body)).json({ encoding: 'latin1', parse: (text) => text.length })).toBe(3);
    const parse = (): never => {
      throw new RangeError('no');
    };
    await expect((await respond(body)).json({ parse })).rejects.toMatchObject({
      code: 'COTASK_HTTP_UNREADABLE',
      cause: expect.any(RangeError),
    });
  });
});

test('a response knows its connection, and whether it was used before', async () => {
  const response = await respond((_request, out) => void out.end('x'));
  const { port, url } = lastServer();
  expect(response.host).toBe(`127.0.0.1:${port}`);
  expect(response.connection).toEqual({
    localAddress: '127.0.0.1',
    localPort: expect.any(Number),
    remoteAddress: '127.0.0.1',
    remotePort: port,
    tls: null,
    reused: false,
  });
  await response.text();
  const session = open.find((one) => one instanceof ClientSession);
  const again = await session?.get(url);
  expect(again?.connection).toEqual({ ...response.connection, reused: true });
});

test('readUntilEof: false takes a body for empty that only the end of the connection would end', async () => {
  const server = await startServer((request, out) => {
    if (request.url === '/framed') out.end('framed');
    else out.socket?.write('HTTP/1.1 200 OK\r\n\r\nand so on');
  });
  const session = new ClientSession();
  open.push(server, session);
  const response = await session.get(server.url, { readUntilEof: false });
  expect([await response.text(), response.framed]).toEqual(['', false]);
  await server.waitForConnections(0);
  expect(await (await session.get(`${server.url}/framed`, { readUntilEof: false })).text()).toBe('framed');
});

test('readBufferSize bounds what is held for a reader that does not come', async () => {
  const written = async (readBufferSize: number): Promise<number> => {
    const response = await respond((_request, out) => void out.end(Buffer.alloc(30_000_000)), { readBufferSize });
    let before = -1;
    while (before !== response.totalRawBytes) {
      before = response.totalRawBytes;
      await run(sleep(30));
    }
    response.close();
    return before;
  };
  expect(await written(1)).toBeLessThan(70_000);
  expect(await written(1_000_000)).toBeGreaterThan(1_000_000);
  expect(await written(1_000_000)).toBeLessThan(1_200_000);
});
