/** `session.fetch`: what the platform's does, side by side with it, over the session's connections and guards. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import { startServer, type TestServer } from '@cotask/test-servers';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, TooManyRedirects, TotalTimeoutError, type Fetch } from '../index.ts';

let server: TestServer;
let session: ClientSession;

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

beforeAll(async () => {
  server = await startServer(async (request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/echo')) {
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-twice': ['a', 'b'],
        'set-cookie': ['a=1', 'b=2'],
      });
      response.end(JSON.stringify(await echo(request)));
    } else if (path.startsWith('/status/')) response.writeHead(Number(path.slice(8))).end();
    else if (path === '/moved') response.writeHead(301, { location: '/echo' }).end('moved');
    else if (path === '/kept') response.writeHead(307, { location: '/echo' }).end('kept');
    else if (path === '/round') response.writeHead(302, { location: '/round' }).end();
    else if (path === '/coded') response.writeHead(200, { 'content-encoding': 'x-cow' }).end('not asked for');
    else if (path === '/large') response.end(Buffer.alloc(3_000_000, 'x'));
    else if (path === '/begun') response.writeHead(200, { 'content-length': 100 }).write('begun');
    else if (path === '/cut') response.writeHead(200, { 'content-length': 100 }).write('cut', () => response.destroy());
    else if (path === '/silent') return;
    else response.end('plain');
  });
  session = new ClientSession({ baseUrl: `${server.url}/`, headers: { 'x-session': 'yes' } });
});

afterAll(async () => {
  await session.close();
  await server.close();
});

async function echo(request: IncomingMessage): Promise<Echo> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return { method: request.method ?? '', url: request.url ?? '', headers, body: await text(request) };
}

const sent = async (fetch: Fetch, ...args: Parameters<Fetch>): Promise<Echo> => await (await fetch(...args)).json();

describe('a response', () => {
  test('is the global Response, with url, redirected and type as the platform sets them', async () => {
    for (const fetch of [session.fetch, globalThis.fetch]) {
      const response = await fetch(`${server.url}/moved#here`);
      expect(response).toBeInstanceOf(Response);
      const { url, redirected, type, status, statusText, ok } = response;
      expect({ url, redirected, type, status, statusText, ok }).toEqual({
        url: `${server.url}/echo`,
        redirected: true,
        type: 'basic',
        status: 200,
        statusText: 'OK',
        ok: true,
      });
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(response.headers.get('x-twice')).toBe('a, b');
      await response.body?.cancel();
    }
  });

  test('keeps its url in a clone, and both can be read', async () => {
    const response = await session.fetch('echo');
    const clone = response.clone();
    expect([clone.url, clone.clone().type]).toEqual([`${server.url}/echo`, 'basic']);
    expect(await clone.text()).toBe(await response.text());
  });

  test.each([204, 205, 304, 404, 500, 600, 999])('has status %d, and ok as fetch understands it', async (status) => {
    const response = await session.fetch(`status/${status}`);
    expect([response.status, response.ok]).toEqual([status, status < 300]);
    expect(await response.text()).toBe('');
  });

  test('raises for no status, whatever the session does', async () => {
    await using strict = new ClientSession({ raiseForStatus: true });
    expect((await strict.fetch(`${server.url}/status/404`)).status).toBe(404);
  });

  test('to a HEAD has no body', async () => {
    const response = await session.fetch('large', { method: 'HEAD' });
    expect([response.status, response.body]).toEqual([200, null]);
  });
});

describe('a body', () => {
  test('is a byte stream that a reader of its own buffers can read', async () => {
    const response = await session.fetch('echo');
    const reader = response.body?.getReader({ mode: 'byob' });
    const first = await reader?.read(new Uint8Array(5));
    expect(Buffer.from(first?.value ?? []).toString()).toBe('{"met');
    let last = first;
    while (last?.done === false) last = await reader?.read(new Uint8Array(4096));
    expect(last?.done).toBe(true);
  });

  test('of three megabytes comes whole', async () => {
    const bytes = await (await session.fetch('large')).bytes();
    expect([bytes.length, bytes.every((byte) => byte === 120)]).toEqual([3_000_000, true]);
  });

  test('is held back while nobody reads, and its connection ends when it is cancelled', async () => {
    await using own = await startServer((_request, response) => void response.end(Buffer.alloc(20_000_000)));
    await using narrow = new ClientSession({ limit: 1 });
    const response = await narrow.fetch(own.url);
    const reader = response.body?.getReader();
    await reader?.read();
    await sleep(50);
    expect(own.concurrentRequests).toBe(1);
    await reader?.cancel();
    await own.waitForConnections(0);
    expect((await narrow.fetch(own.url)).status).toBe(200);
  });

  test("that breaks off is a TypeError with the client's error as its cause", async () => {
    const response = await session.fetch('cut');
    await expect(response.text()).rejects.toMatchObject({
      name: 'TypeError',
      message: 'terminated',
      cause: { code: 'COTASK_HTTP_PAYLOAD' },
    });
  });

  test('in a coding that nobody asked for is refused and not handed out as it is', async () => {
    await expect(session.fetch('coded')).rejects.toMatchObject({ cause: { code: 'COTASK_HTTP_UNREADABLE' } });
  });

  test('that nobody read gives its connection back when it is collected', async () => {
    await using narrow = new ClientSession({ limit: 1 });
    await (async () => void (await narrow.fetch(`${server.url}/large`)))();
    const second = narrow.fetch(`${server.url}/echo`);
    let answered = false;
    void second.then(() => (answered = true));
    while (!answered) {
      globalThis.gc?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await second).status).toBe(200);
  });
});

describe('a request', () => {
  test("carries what the platform would send, and the session's headers", async () => {
    const echoed = await sent(session.fetch, 'echo?a=1', {
      method: 'post',
      body: '{"x":1}',
      headers: { 'Content-Type': 'application/json', 'X-Own': '1', connection: 'close' },
    });
    expect(echoed).toMatchObject({ method: 'POST', url: '/echo?a=1', body: '{"x":1}' });
    expect(echoed.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '7',
      'x-own': '1',
      'x-session': 'yes',
      connection: 'keep-alive',
    });
  });

  const form = new FormData();
  form.set('field', 'value');
  const bodies: [string, () => RequestInit, string | RegExp, string | undefined][] = [
    ['a text', () => ({ body: 'é' }), 'é', '2'],
    ['bytes', () => ({ body: Uint8Array.of(65, 66) }), 'AB', '2'],
    ['a view', () => ({ body: new DataView(Uint8Array.of(65, 66, 67).buffer, 1) }), 'BC', '2'],
    ['a buffer', () => ({ body: Uint8Array.of(65).buffer }), 'A', '1'],
    ['parameters', () => ({ body: new URLSearchParams({ a: '1' }) }), 'a=1', '3'],
    ['a blob', () => ({ body: new Blob(['blob'], { type: 'text/x' }) }), 'blob', '4'],
    ['a form', () => ({ body: form }), /name="field"\r\n\r\nvalue/u, undefined],
    ['a stream', () => ({ body: new Blob(['stream']).stream(), duplex: 'half' }) as RequestInit, 'stream', undefined],
  ];
  test.each(bodies)('may have %s as its body', async (_what, init, body, length) => {
    const theirs = await sent(globalThis.fetch, `${server.url}/echo`, { method: 'PUT', ...init() });
    const ours = await sent(session.fetch, 'echo', { method: 'PUT', ...init() });
    if (typeof body === 'string') expect(ours.body).toBe(body);
    else expect(ours.body).toMatch(body);
    const type = (echoed: Echo): string | undefined => echoed.headers['content-type']?.replace(/boundary=.*/u, '');
    if (ours.headers['content-type'] !== 'application/octet-stream') expect(type(ours)).toBe(type(theirs));
    if (length !== undefined) expect(ours.headers['content-length']).toBe(length);
  });

  test('may be a Request, whose text is sent with its length', async () => {
    const request = new Request(`${server.url}/echo`, { method: 'POST', body: 'of a Request', headers: { a: 'b' } });
    const echoed = await sent(session.fetch, request, { headers: { c: 'd' } });
    expect(echoed).toMatchObject({ method: 'POST', body: 'of a Request' });
    expect(echoed.headers).toMatchObject({ c: 'd', 'content-length': '12' });
    expect(echoed.headers['a']).toBeUndefined();
    expect(request.bodyUsed).toBe(true);
  });

  test('may be a Request with a stream that takes its time', async () => {
    const body = new ReadableStream({
      async start(controller) {
        for (const part of ['one ', 'two ', 'three']) {
          controller.enqueue(Buffer.from(part));
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        controller.close();
      },
    });
    const init = { method: 'POST', body, duplex: 'half' };
    expect((await sent(session.fetch, new Request(`${server.url}/echo`, init))).body).toBe('one two three');
  });

  test('sends its body again where a 307 asks for it', async () => {
    expect(await sent(session.fetch, 'kept', { method: 'POST', body: 'again' })).toMatchObject({
      method: 'POST',
      body: 'again',
    });
  });

  test('follows redirects, hands them out or refuses them, as it says', async () => {
    expect((await session.fetch('moved', { redirect: 'manual' })).status).toBe(301);
    await expect(session.fetch('moved', { redirect: 'error' })).rejects.toThrow(TypeError);
    await expect(session.fetch('round')).rejects.toMatchObject({ cause: expect.any(TooManyRedirects) });
  });

  test('is refused as the platform refuses it', async () => {
    const bad: Parameters<Fetch>[] = [
      ['http://['],
      [`${server.url}/`, { method: 'b a d' }],
      [`${server.url}/`, { body: 'x' }],
      [`${server.url}/`, { headers: { 'a b': 'c' } }],
      ['http://user:word@127.0.0.1/'],
      ['ftp://127.0.0.1/'],
    ];
    for (const args of bad) {
      await expect(globalThis.fetch(...args)).rejects.toBeInstanceOf(TypeError);
      await expect(session.fetch(...args)).rejects.toBeInstanceOf(TypeError);
    }
    await expect(session.fetch(server.url, { integrity: 'sha256-x' })).rejects.toThrow(/integrity/u);
  });

  test("that fails is a TypeError, its cause the client's error", async () => {
    await using closed = await startServer(() => undefined);
    await closed.close();
    await expect(session.fetch(closed.url)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'COTASK_HTTP_CONNECT', cause: { code: 'ECONNREFUSED' } },
    });
    await using hasty = new ClientSession({ timeout: 30 });
    const error = await hasty.fetch(`${server.url}/silent`).catch((e: unknown) => e);
    expect(error).toMatchObject({ cause: expect.any(TotalTimeoutError) });
  });
});

describe('a signal', () => {
  test.each([new DOMException('away', 'AbortError'), 'a text', undefined])(
    'rejects with its very reason (%s), before, while it waits and in the body',
    async (reason) => {
      const given = AbortSignal.abort(reason).reason;
      await expect(session.fetch('echo', { signal: AbortSignal.abort(reason) })).rejects.toEqual(given);
      const waiting = new AbortController();
      const head = session.fetch('silent', { signal: waiting.signal });
      setTimeout(() => waiting.abort(reason), 20);
      const thrown = await head.catch((error: unknown) => error);
      expect(thrown).toBe(waiting.signal.reason);
      const reading = new AbortController();
      const response = await session.fetch('begun', { signal: reading.signal });
      setTimeout(() => reading.abort(reason), 20);
      expect(await response.text().catch((error: unknown) => error)).toBe(reading.signal.reason);
    },
  );

  test('of a Request is heard too', async () => {
    const controller = new AbortController();
    const request = new Request(`${server.url}/silent`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(session.fetch(request)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const readers = {
  async: coroutine(async (fetch: Fetch, url: string) => await (await fetch(url)).text()),
  generator: coroutine(function* (fetch: Fetch, url: string) {
    const response = yield* fromPromise(fetch(url));
    return yield* fromPromise(response.text());
  }),
};

describe.each(['async', 'generator'] as const)('in a task of the %s gear', (gear) => {
  test('gives its response', async () => {
    expect(await run(readers[gear](session.fetch, 'plain'))).toBe('plain');
  });

  test.each(['head', 'body'])(
    'a cancel while it waits for the %s ends the connection, and the slot serves the next',
    async (part) => {
      await using own = await startServer((request, response) => {
        if (request.url === '/next') response.end('next');
        else if (part === 'body') response.writeHead(200, { 'content-length': 100 }).write('begun');
      });
      await using narrow = new ClientSession({ limit: 1, timeout: null });
      const main = coroutine(async () => {
        const task = createTask(readers[gear](narrow.fetch, own.url));
        await fromPromise(own.waitForRequests(1));
        await sleep(20);
        task.cancel();
        await expect(fromPromise(Promise.resolve(task))).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
        await fromPromise(own.waitForConnections(0));
        return await readers[gear](narrow.fetch, `${own.url}/next`);
      });
      expect(await run(main())).toBe('next');
    },
  );
});
