import { coroutine, run, sleep } from 'cotask';
import { startServer, type Handler, type TestServer } from '@cotask/test-servers';
import { afterEach, describe, expect, test } from 'vitest';
import { ClientSession, type ClientResponse } from '../index.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** A response of a server with that handler. */
async function respond(
  handler: Handler,
  options: ConstructorParameters<typeof ClientSession>[0] = {},
): Promise<ClientResponse> {
  const server = await startServer(handler);
  const session = new ClientSession(options);
  open.push(server, session);
  return await session.get(server.url);
}

const lastServer = (): TestServer => open.findLast((one): one is TestServer => 'requests' in one) ?? raise();
const raise = (): never => {
  throw new Error('no server');
};

describe('what a response says of itself', () => {
  test('status, reason, type, charset and length', async () => {
    const response = await respond((_request, out) => {
      out.writeHead(201, 'Made', { 'content-type': 'Text/HTML; Charset="ISO-8859-1"', 'content-length': 3 });
      out.end('abc');
    });
    expect(response).toMatchObject({
      status: 201,
      reason: 'Made',
      ok: true,
      method: 'GET',
      contentType: 'text/html',
      charset: 'iso-8859-1',
      contentLength: 3,
    });
    expect(response.framed).toBe(true);
    expect(response.history).toEqual([]);
  });

  test('null for what was not sent', async () => {
    const response = await respond((_request, out) => void out.end('no type'));
    expect(response).toMatchObject({ contentType: null, charset: null });
    expect(response.header('etag')).toBe(null);
    expect(response.header('constructor')).toBe(null);
  });

  test('header fields: as a Headers, one by one, and as they were sent', async () => {
    const response = await respond((_request, out) => {
      out.setHeader('X-Name', ['one', 'two']);
      out.setHeader('Set-Cookie', ['a=1', 'b=2']);
      out.setHeader('X-Latin', Buffer.from('é', 'utf8').toString('latin1'));
      out.end();
    });
    expect(response.header('x-NAME')).toBe('one, two');
    expect(response.headers.get('x-name')).toBe('one, two');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers).toBe(response.headers);
    expect(response.rawHeaders.filter(([name]) => name.toLowerCase() === 'x-name')).toEqual([
      ['X-Name', 'one'],
      ['X-Name', 'two'],
    ]);
    expect(Buffer.from(response.header('x-latin') ?? '', 'latin1').toString('utf8')).toBe('é');
  });

  test('a body that ends with the connection is not framed', async () => {
    const response = await respond((_request, out) => {
      out.socket?.end('HTTP/1.1 200 OK\r\n\r\nuntil the end');
    });
    expect(response.framed).toBe(false);
    expect(await response.text()).toBe('until the end');
  });
});

const pieces: Handler = async (_request, out) => {
  for (const piece of ['one ', 'two ', 'three']) {
    out.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  out.end();
};

describe('reading the body', () => {
  test('bytes() gives an array with memory of its own, the same one each time', async () => {
    for (const handler of [pieces, ((_request, out) => void out.end('one two three')) satisfies Handler]) {
      const response = await respond(handler);
      const bytes = await response.bytes();
      expect(Buffer.from(bytes).toString()).toBe('one two three');
      expect(bytes.buffer.byteLength).toBe(13);
      expect(await response.bytes()).toBe(bytes);
      expect(await response.text()).toBe('one two three');
    }
  });

  test('text() and json() read what bytes() kept', async () => {
    const response = await respond((_request, out) => {
      out.setHeader('content-type', 'application/problem+json');
      out.end('{"a":[1,2]}');
    });
    expect(await response.json()).toEqual({ a: [1, 2] });
    expect(await response.text()).toBe('{"a":[1,2]}');
  });

  test('text() decodes: mark, then encoding, then charset, then UTF-8', async () => {
    const send =
      (bytes: number[], type: string): Handler =>
      (_request, out) => {
        out.setHeader('content-type', type);
        out.end(Buffer.from(bytes));
      };
    expect(await (await respond(send([0xe9], 'text/plain; charset=latin1'))).text()).toBe('é');
    expect(await (await respond(send([0xc3, 0xa9], 'text/plain'))).text()).toBe('é');
    expect(await (await respond(send([0xc3, 0xa9], 'text/plain; charset=latin1'))).text('utf-8')).toBe('é');
    expect(await (await respond(send([0xff, 0xfe, 0xe9, 0], 'text/plain; charset=utf-8'))).text()).toBe('é');
    expect(await (await respond(send([0xe9], 'text/plain'))).text()).toBe('\uFFFD');
    expect(await (await respond(send([0xc3, 0xa9], 'text/plain; charset=klingon'))).text()).toBe('é');
    const response = await respond(send([0x41], 'text/plain'));
    await expect(response.text('klingon')).rejects.toMatchObject({ code: 'COTASK_HTTP_OPTION' });
  });

  test('json() insists on a JSON type, unless told otherwise, and on JSON', async () => {
    const html: Handler = (_request, out) => void out.setHeader('content-type', 'text/html').end('{"a":1}');
    await expect((await respond(html)).json()).rejects.toMatchObject({ code: 'COTASK_HTTP_CONTENT_TYPE', status: 200 });
    expect(await (await respond(html)).json({ contentType: null })).toEqual({ a: 1 });
    expect(await (await respond(html)).json({ contentType: 'text/html' })).toEqual({ a: 1 });
    const broken = await respond(
      (_request, out) => void out.setHeader('content-type', 'application/json').end('{"a":'),
    );
    await expect(broken.json()).rejects.toMatchObject({
      code: 'COTASK_HTTP_UNREADABLE',
      cause: expect.any(SyntaxError),
    });
  });

  test('a body in a coding that nobody knows is bytes, no text', async () => {
    const response = await respond(
      (_request, out) => void out.setHeader('content-encoding', 'x-cow').end('not really'),
    );
    await expect(response.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_UNREADABLE' });
    expect(Buffer.from(await response.bytes()).toString()).toBe('not really');
  });

  test('maxBodySize bounds what is kept, by the announced length and by what comes', async () => {
    for (const announce of [true, false]) {
      const handler: Handler = (_request, out) => {
        if (announce) out.setHeader('content-length', 2_000_000);
        out.write(Buffer.alloc(1_000_000));
        out.end(Buffer.alloc(1_000_000));
      };
      const response = await respond(handler, { maxBodySize: 1_500_000 });
      await expect(response.bytes()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_TOO_LARGE' });
      await lastServer().waitForConnections(0);
    }
    const response = await respond((_request, out) => void out.end(Buffer.alloc(100)), { maxBodySize: 100 });
    expect(await response.bytes()).toHaveLength(100);
    const chunked: Handler = (_request, out) => {
      out.write(Buffer.alloc(51));
      out.end(Buffer.alloc(50));
    };
    const small = await respond(chunked, { maxBodySize: 100 });
    while (!small.closed) await new Promise((resolve) => setImmediate(resolve));
    await expect(small.bytes()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_TOO_LARGE' });
  });

  test('body is iterated with backpressure: a slow reader holds the server back', async () => {
    let written = 0;
    const response = await respond((_request, out) => {
      const more = (): void => {
        while (written < 64_000_000) {
          written += 64_000;
          if (!out.write(Buffer.alloc(64_000))) {
            out.once('drain', more);
            return;
          }
        }
        out.end();
      };
      more();
    });
    const iterator = response.body[Symbol.asyncIterator]();
    await iterator.next();
    let before = -1;
    // Until the server has come to a stop.
    while (before !== written) {
      before = written;
      await run(sleep(50));
    }
    expect(written).toBeLessThan(32_000_000);
    let size = 0;
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
      size += step.value.byteLength;
    expect(written).toBe(64_000_000);
    expect(size).toBeGreaterThan(63_800_000);
  });

  test('leaving the iteration early closes the connection', async () => {
    const response = await respond((_request, out) => void out.write('and so on'));
    for await (const chunk of response.body) {
      expect(Buffer.from(chunk).toString()).toBe('and so on');
      break;
    }
    expect(response.closed).toBe(true);
    await lastServer().waitForConnections(0);
  });

  test('readChunk() gives piece after piece, then null', async () => {
    const response = await respond(pieces);
    const read = coroutine(function* () {
      const seen: string[] = [];
      for (let chunk = yield* response.readChunk(); chunk !== null; chunk = yield* response.readChunk())
        seen.push(Buffer.from(chunk).toString());
      return seen.join('') + String(yield* response.readChunk());
    });
    expect(await run(read())).toBe('one two threenull');
  });

  test('a body is read by one reader in one way', async () => {
    const response = await respond(pieces);
    const reading = response.bytes().then((bytes) => bytes.length);
    await Promise.resolve();
    for (const other of [() => response.text(), () => response.readChunk(), () => response.consume(() => undefined)]) {
      await expect(other()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_IN_USE' });
    }
    expect(await reading).toBe(13);
    const second = await respond(pieces);
    await second.readChunk();
    await expect(second.bytes()).rejects.toMatchObject({ code: 'COTASK_HTTP_BODY_IN_USE' });
  });

  test('a closed or released response cannot be read', async () => {
    for (const end of ['close', 'release'] as const) {
      for (const body of ['short', 'x'.repeat(500_000)]) {
        const response = await respond((_request, out) => void out.end(body));
        response[end]();
        response[end]();
        await expect(response.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_RESPONSE_CLOSED' });
        await expect(response.readChunk()).rejects.toMatchObject({ code: 'COTASK_HTTP_RESPONSE_CLOSED' });
      }
    }
  });
});

describe('consume()', () => {
  test('hands over every chunk and resolves with the number of bytes', async () => {
    const response = await respond(pieces);
    const seen: string[] = [];
    expect(await response.consume((chunk) => void seen.push(Buffer.from(chunk).toString()))).toBe(13);
    expect(seen.join('')).toBe('one two three');
  });

  test('false holds the server back until resume(), and nothing is lost', async () => {
    const response = await respond((_request, out) => void out.end(Buffer.alloc(5_000_000, 7)));
    let size = 0;
    let stopped = false;
    const total = await response.consume((chunk, flow) => {
      expect(stopped).toBe(false);
      size += chunk.byteLength;
      stopped = true;
      setImmediate(() => {
        stopped = false;
        flow.resume();
      });
      return false;
    });
    expect([size, total]).toEqual([5_000_000, 5_000_000]);
  });

  test('resume() from inside another connection’s chunk is put off until that one is through', async () => {
    const [first, second] = [
      await respond((_q, out) => void out.end(Buffer.alloc(3_000_000))),
      await respond((_q, out) => void out.end(Buffer.alloc(3_000_000))),
    ];
    const flows: { resume(): void }[] = [];
    const sink = (_chunk: Uint8Array, flow: { resume(): void }): boolean => {
      for (const other of flows.splice(0)) other.resume();
      if (flows.length === 0) flows.push(flow);
      setImmediate(() => flow.resume());
      return false;
    };
    expect(await Promise.all([first.consume(sink), second.consume(sink)])).toEqual([3_000_000, 3_000_000]);
  });

  test('what the sink throws ends the connection and is thrown', async () => {
    const large: Handler = (_request, out) => void out.end(Buffer.alloc(5_000_000));
    const small: Handler = (_request, out) => void out.end('small');
    for (const handler of [large, small]) {
      const response = await respond(handler);
      const fault = new Error('the disk is full');
      await expect(
        response.consume(() => {
          throw fault;
        }),
      ).rejects.toBe(fault);
    }
    await lastServer().idle();
  });

  test('a failure reaches a sink that holds back', async () => {
    const response = await respond(
      (_request, out) => {
        out.writeHead(200, { 'content-length': 5_000_000 });
        out.write(Buffer.alloc(1_000_000));
      },
      { timeout: 200 },
    );
    await expect(response.consume(() => false)).rejects.toMatchObject({ deadline: 'total', stage: 'body' });
  });

  test('an empty body resolves with 0', async () => {
    const response = await respond((_request, out) => void out.writeHead(204).end());
    expect(await response.consume(() => undefined)).toBe(0);
  });
});
