/** Multipart bodies from real sockets: forms, ranges, parts in parts, and what is none. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import { startServer, type Handler, type TestServer } from '@cotask/test-servers';
import { afterEach, describe, expect, test } from 'vitest';
import { ClientSession, MultipartForm, type BodyPart, type ClientResponse, type MultipartOptions } from '../index.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

let server: TestServer;

async function respond(handler: Handler, options = {}): Promise<ClientResponse> {
  server = await startServer(handler);
  const session = new ClientSession(options);
  open.push(server, session);
  return await session.get(server.url);
}

const mixed =
  (body: string | Uint8Array, type = 'multipart/mixed; boundary="b 1"'): Handler =>
  (_request, out) => {
    out.setHeader('content-type', type);
    out.end(body);
  };

const ranges = [
  '--b 1\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-2/10\r\n\r\nabc\r\n',
  '--b 1\r\nContent-Type: application/json; charset=latin1\r\n\r\n{"a":"é"}\r\n',
  '--b 1\r\n\r\n\r\n--b 1--\r\n',
].join('');

const readAsync = coroutine(async (response: ClientResponse) => {
  const seen: unknown[] = [];
  for await (const part of response.multipart()) {
    if (part.contentType === 'application/json') seen.push(await part.json());
    else seen.push([part.header('content-range'), await part.text()]);
  }
  return seen;
});

const readGenerator = coroutine(function* (response: ClientResponse) {
  const seen: unknown[] = [];
  const reader = response.multipart();
  for (let part = yield* reader.next(); part !== null; part = yield* reader.next()) {
    if (part.contentType === 'application/json') seen.push(yield* part.json());
    else seen.push([part.header('content-range'), yield* part.text()]);
  }
  seen.push(yield* reader.next());
  return seen;
});

describe('a multipart body', () => {
  test('is read part by part, in both gears, and its connection is used again', async () => {
    const expected = [['bytes 0-2/10', 'abc'], { a: 'é' }, [null, '']];
    const first = await respond(mixed(Buffer.from(ranges, 'latin1')));
    expect(await run(readAsync(first))).toEqual(expected);
    expect(first.closed).toBe(true);
    const [, session] = open;
    if (!(session instanceof ClientSession)) expect.unreachable();
    const second = await session.get(server.url);
    expect(await run(readGenerator(second))).toEqual([...expected, null]);
    expect(server.totalConnections).toBe(1);
  });

  test('of a form has names and filenames, and contents of any size', async () => {
    const large = Buffer.alloc(3_000_000, 'large\r\n--');
    const form = new MultipartForm()
      .append('title', 'grüß\r\n"dich"')
      .append('a "name"', large, { filename: 'ä\n.bin', contentType: 'image/png' });
    const response = await respond(async (_request, out) => {
      out.setHeader('content-type', form.contentType);
      for await (const chunk of form) out.write(chunk);
      out.end();
    });
    const seen: unknown[] = [];
    for await (const part of response.multipart()) {
      const { name, filename, contentType } = part;
      const bytes = await part.bytes();
      seen.push({ name, filename, contentType, size: bytes.byteLength });
      expect(await part.bytes()).toBe(bytes);
      if (name === 'title') expect(await part.text()).toBe('grüß\r\n"dich"');
      else expect(Buffer.from(bytes).equals(large)).toBe(true);
    }
    expect(seen).toEqual([
      { name: 'title', filename: null, contentType: null, size: 14 },
      { name: 'a "name"', filename: 'ä\n.bin', contentType: 'image/png', size: 3_000_000 },
    ]);
  });

  test('may hold another one, and what is not read is passed over', async () => {
    const inner = '--i\r\nx: 1\r\n\r\none\r\n--i\r\nx: 2\r\n\r\ntwo\r\n--i--\r\n';
    const response = await respond(
      mixed(
        `--b 1\r\nContent-Type: multipart/mixed;\r\n boundary=i\r\n\r\n${inner}\r\n--b 1\r\n\r\nskipped\r\n--b 1\r\n\r\nlast\r\n--b 1--`,
      ),
    );
    const reader = response.multipart();
    const outer = await reader.next();
    const seen: (string | null)[] = [];
    for await (const part of outer?.multipart() ?? []) {
      seen.push(part.header('X'), await part.text());
      if (seen.length === 2) break;
    }
    const skipped = await reader.next();
    expect(skipped?.atEof).toBe(false);
    const last = await reader.next();
    expect(skipped?.atEof).toBe(true);
    seen.push((await last?.text()) ?? null);
    expect(seen).toEqual(['1', 'one', 'last']);
    await expect(skipped?.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_IN_USE' });
    expect(() => last?.multipart()).toThrow(expect.objectContaining({ code: 'COTASK_HTTP_MULTIPART' }));
    expect(await reader.next()).toBe(null);
  });

  test('is not held in memory: a part that nobody reads holds the server back', async () => {
    const response = await respond(
      (_request, out) => {
        out.setHeader('content-type', 'multipart/mixed; boundary=b');
        out.write('--b\r\n\r\n');
        out.end(Buffer.alloc(30_000_000));
      },
      { timeout: null },
    );
    const part = await response.multipart().next();
    const first = await part?.readChunk();
    expect(first?.byteLength).toBeGreaterThan(0);
    await run(sleep(100));
    expect(response.totalRawBytes).toBeLessThan(1_000_000);
    response.close();
  });

  test('a loop that is left early closes the response', async () => {
    const response = await respond((_request, out) => {
      out.setHeader('content-type', 'multipart/mixed; boundary=b');
      out.write('--b\r\n\r\nx\r\n--b\r\n\r\n');
    });
    for await (const part of response.multipart()) {
      expect(part.rawHeaders).toEqual([]);
      break;
    }
    expect(response.closed).toBe(true);
    await server.waitForConnections(0);
  });

  test('header fields may be folded, repeated and in UTF-8', async () => {
    const head = 'A: 1\r\nX-Long: one\r\n\ttwo\r\na: 2\r\nContent-Disposition: attachment; filename="ü.txt"';
    const response = await respond(mixed(`--b 1\r\n${head}\r\n\r\n\r\n--b 1--`));
    const part = await response.multipart().next();
    expect(part?.rawHeaders.slice(0, 3)).toEqual([
      ['A', '1'],
      ['X-Long', 'one two'],
      ['a', '2'],
    ]);
    expect(part?.headers.get('a')).toBe('1, 2');
    expect(part?.filename).toBe('ü.txt');
    expect(part?.contentDisposition).toMatchObject({ type: 'attachment' });
  });
});

describe('what is refused', () => {
  test.each<[string, string, MultipartOptions, string]>([
    ['a body that ends', '--b 1\r\n\r\nabc', {}, 'ended before its last boundary'],
    ['more parts than maxParts', '--b 1\r\n\r\n\r\n'.repeat(4), { maxParts: 2 }, 'more parts than maxParts (2)'],
    ['a long head', `--b 1\r\na: ${'x'.repeat(50)}\r\n\r\n`, { maxPartHeaderSize: 20 }, 'maxPartHeaderSize (20 bytes)'],
    ['a head that is none', '--b 1\r\nno field\r\n\r\n\r\n--b 1--', {}, 'no header field'],
    ['a head with a zero', '--b 1\r\na: \0\r\n\r\n\r\n--b 1--', {}, 'no header field'],
    ['a page', '<html>'.repeat(20_000), {}, 'no boundary where one must be'],
  ])('%s', async (_what, body, options, words) => {
    const response = await respond((_request, out) => {
      out.setHeader('content-type', 'multipart/mixed; boundary="b 1"');
      out.write(body);
      if (words.startsWith('ended')) out.end();
    });
    const reader = response.multipart(options);
    const all = async (): Promise<void> => {
      for (let part = await reader.next(); part !== null; part = await reader.next());
    };
    await expect(all()).rejects.toMatchObject({
      code: 'COTASK_HTTP_MULTIPART',
      message: expect.stringContaining(words),
    });
    if (!words.startsWith('ended')) await server.waitForConnections(0);
  });

  test('a body that is no multipart, or names no boundary; an option that does not exist', async () => {
    for (const type of [
      'text/plain',
      'multipart/mixed',
      'multipart/mixed; boundary=',
      `multipart/x; boundary=${'b'.repeat(71)}`,
    ]) {
      const response = await respond(mixed('x', type));
      expect(() => response.multipart()).toThrow(expect.objectContaining({ code: 'COTASK_HTTP_CONTENT_TYPE' }));
    }
    const response = await respond(mixed('--b 1--'));
    expect(() => response.multipart({ maxParts: 0 })).toThrow('maxParts must be');
    const typo: object = { maxPart: 1 };
    expect(() => response.multipart(typo)).toThrow('is maxParts meant?');
    expect(await response.multipart().next()).toBe(null);
  });

  test('a part above maxBodySize that is read whole, and a second reader', async () => {
    const body = `--b 1\r\n\r\n${'x'.repeat(200)}\r\n--b 1--`;
    const response = await respond(mixed(body), { maxBodySize: 100 });
    const part = await response.multipart().next();
    await expect(part?.bytes()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_TOO_LARGE' });
    const other = await (await respond(mixed(body))).multipart().next();
    await other?.readChunk();
    await expect(other?.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_IN_USE' });
    const json = await (await respond(mixed(body))).multipart().next();
    await expect(json?.json()).rejects.toMatchObject({ code: 'COTASK_HTTP_UNREADABLE' });
  });
});

const waits = {
  next: (response: ClientResponse) => response.multipart().next(),
  readChunk: coroutine(async (response: ClientResponse) => await (await firstOf(response)).readChunk()),
  bytes: coroutine(async (response: ClientResponse) => await (await firstOf(response)).bytes()),
  release: coroutine(async (response: ClientResponse) => await (await firstOf(response)).release()),
};

async function firstOf(response: ClientResponse): Promise<BodyPart> {
  const part = await response.multipart().next();
  if (part === null) throw new Error('no part');
  return part;
}

test.each(['next', 'readChunk', 'bytes', 'release'] as const)('a cancel in %s() ends the connection', async (wait) => {
  const response = await respond(
    (_request, out) => {
      out.setHeader('content-type', 'multipart/mixed; boundary=b');
      out.write(wait === 'next' ? '--b\r\na: 1' : '--b\r\n\r\n');
    },
    { timeout: null },
  );
  await run(
    coroutine(async () => {
      const task = createTask(coroutine(async () => void (await waits[wait](response)))());
      await sleep(30);
      expect(task.state).toBe('waiting');
      task.cancel();
      await fromPromise(Promise.allSettled([task]));
      expect(task.cancelled()).toBe(true);
    })(),
  );
  await server.waitForConnections(0);
});
