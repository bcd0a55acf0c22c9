/** How libraries use the `fetch` that they are given: the ways of ky, openapi-fetch and SDKs, without the libraries. */
import { startServer, type TestServer } from '@cotask/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientSession, type Fetch } from '../index.ts';

let server: TestServer;
let session: ClientSession;
let refused = 0;

beforeAll(async () => {
  server = await startServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url === '/busy' && (refused += 1) < 3) response.writeHead(503, { 'retry-after': '0' }).end('busy');
    else if (request.url === '/silent') return;
    else response.end(`${request.method} ${request.url} ${body}`);
  });
  session = new ClientSession({ limit: 1 });
});

afterAll(async () => {
  await session.close();
  await server.close();
});

/** As ky: one Request, sent as a clone for each attempt, with the options that a Request does not keep beside it. */
async function likeKy(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  const controller = new AbortController();
  const request = new Request(url, { ...init, signal: controller.signal });
  for (;;) {
    const response = await fetch(request.clone(), { keepalive: false });
    if (response.status !== 503) return response;
    await response.body?.cancel();
  }
}

test('an attempt after the other, each a clone of one Request with a body', async () => {
  const response = await likeKy(session.fetch, `${server.url}/busy`, { method: 'POST', body: 'once more' });
  expect(await response.text()).toBe('POST /busy once more');
  expect(refused).toBe(3);
});

/** As openapi-fetch: a Request of a class of its own with a field more, and the options once more as the second argument. */
class OwnRequest extends Request {
  readonly schemaPath: string;

  constructor(url: string, init: RequestInit & { schemaPath: string }) {
    super(url, init);
    this.schemaPath = init.schemaPath;
  }
}

test('a Request of a class of its own', async () => {
  const init = { method: 'PUT', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
  const request = new OwnRequest(`${server.url}/users/5?q=1`, { ...init, schemaPath: '/users/{id}' });
  const response = await session.fetch(request, { signal: new AbortController().signal });
  expect(await response.clone().text()).toBe('PUT /users/5?q=1 {"a":1}');
  expect(await response.text()).toBe('PUT /users/5?q=1 {"a":1}');
  expect([response.url, response.redirected, response.type]).toEqual([`${server.url}/users/5?q=1`, false, 'basic']);
});

test('a deadline by a signal of the library, after which the session goes on', async () => {
  await expect(session.fetch(`${server.url}/silent`, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  expect(await (await session.fetch(`${server.url}/next`)).text()).toBe('GET /next ');
});

test('a response that is wrapped to see how far it has come', async () => {
  const response = await session.fetch(`${server.url}/wrapped`, { method: 'POST', body: 'x'.repeat(1000) });
  let seen = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
  const { status, headers } = response;
  const wrapped = new Response(response.body?.pipeThrough(counting) ?? null, { status, headers });
  expect((await wrapped.text()).length).toBe(seen);
});
