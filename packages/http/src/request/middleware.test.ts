import { coroutine, createTask, gather, getEventLoop, run, sleep, wait, type Awaitable } from 'cotask';
import { startServer, type Handler } from '@cotask/test-servers';
import { describe, expect, test } from 'vitest';
import {
  ClientSession,
  type ClientMiddleware,
  type ClientRequest,
  type ClientResponse,
  type ClientSessionOptions,
  type NextRequest,
} from '../index.ts';

interface Echo {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string;
}

/** Says what it was asked, redirects, or is busy until it was asked often enough. */
function makeHandler(): Handler {
  let busy = 2;
  return async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? '';
    if (path === '/silent') return;
    if (path === '/redirect') return void response.writeHead(307, { location: '/end' }).end('over there');
    if (path === '/busy' && busy-- > 0) return void response.writeHead(503).end('busy');
    const body = Buffer.concat(chunks).toString();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, target: path, headers: request.headers, body }));
  };
}

/** A middleware in each gear, from its steps before and after `next`. */
type Steps = { before?: (request: ClientRequest) => void; after?: (response: ClientResponse) => void };
const kinds: Record<string, (steps: Steps) => ClientMiddleware> = {
  async:
    ({ before, after }) =>
    async (request, next) => {
      before?.(request);
      const response = await next(request);
      after?.(response);
      return response;
    },
  generator: ({ before, after }) =>
    function* (request, next) {
      before?.(request);
      const response = yield* next(request);
      after?.(response);
      return response;
    },
  coroutine: ({ before, after }) =>
    coroutine(function* (request: ClientRequest, next: NextRequest) {
      before?.(request);
      const response = yield* next(request);
      after?.(response);
      return response;
    }),
};
const inRun = <T>(begin: () => Awaitable<T>): Promise<T> => run(coroutine(async () => await begin())());

describe.each(Object.entries(kinds))('%s middlewares', (_kind, make) => {
  test('stand around a request, the first outermost', async () => {
    await using server = await startServer(makeHandler());
    const seen: string[] = [];
    const named = (name: string): ClientMiddleware =>
      make({
        before: () => void seen.push(`${name} before`),
        after: ({ status }) => void seen.push(`${name} ${status}`),
      });
    await using session = new ClientSession({ middlewares: [named('a'), named('b')] });
    const response = await inRun(() => session.get(server.url));
    expect(response.status).toBe(200);
    expect(seen).toEqual(['a before', 'b before', 'b 200', 'a 200']);
    expect((await response.json<Echo>()).method).toBe('GET');
  });

  test('change what is sent', async () => {
    await using server = await startServer(makeHandler());
    const change = make({
      before(request) {
        expect(request.method).toBe('GET');
        expect(request.url).toBe(`${server.url}/start?a=1#part`);
        expect(request.headers.get('X-One')).toBe('1');
        request.method = 'post';
        request.url = new URL('/changed', request.url);
        request.headers.set('X-One', 2);
        request.headers.append('x-two', 'b');
        request.headers.append('x-two', 'c');
        request.headers.delete('accept');
        request.setBody({ json: [1] });
      },
    });
    await using session = new ClientSession({ headers: { 'x-one': '1' }, middlewares: [change] });
    const response = await inRun(() => session.get(`${server.url}/start?a=1#part`));
    const { method, target, headers, body } = await response.json<Echo>();
    expect([method, target, body]).toEqual(['POST', '/changed', '[1]']);
    expect(headers).toMatchObject({ 'x-one': '2', 'x-two': 'b, c', 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('accept');
    expect(response.url).toBe(`${server.url}/changed`);
    expect(response.method).toBe('POST');
  });

  test('pass every hop of a redirect, and see where it comes from', async () => {
    await using server = await startServer(makeHandler());
    const seen: unknown[] = [];
    const look = make({
      before(request) {
        seen.push([new URL(request.url).pathname, request.headers.has('x-mark'), request.history.length]);
        request.headers.set('x-mark', 'yes');
      },
      after: ({ status }) => void seen.push(status),
    });
    await using session = new ClientSession({ middlewares: [look] });
    const response = await inRun(() => session.post(`${server.url}/redirect`, { data: 'body' }));
    expect(seen).toEqual([['/redirect', false, 0], 307, ['/end', false, 1], 200]);
    expect(response.history.map(({ status }) => status)).toEqual([307]);
    expect(await response.json<Echo>()).toMatchObject({ target: '/end', body: 'body' });
    expect(server.totalConnections).toBe(1);
  });

  test('may fail a request', async () => {
    await using server = await startServer(makeHandler());
    const refuse = make({
      before() {
        throw new RangeError('not today');
      },
    });
    await using session = new ClientSession({ limit: 1, middlewares: [refuse] });
    await expect(inRun(() => session.get(server.url))).rejects.toThrow('not today');
    const refuseLate = make({
      after() {
        throw new RangeError('too late');
      },
    });
    await expect(inRun(() => session.get(server.url, { middlewares: [refuseLate] }))).rejects.toThrow('too late');
    await inRun(() => session.get(server.url, { middlewares: [] }));
    expect(server.requests).toBe(2);
  });
});

const retry: ClientMiddleware = async (request, next) => {
  for (;;) {
    const response = await next(request);
    if (response.status !== 503) return response;
    await sleep(5);
  }
};

const retryByGenerator: ClientMiddleware = function* (request, next) {
  for (;;) {
    const response = yield* next(request);
    if (response.status !== 503) return response;
    yield* sleep(5);
  }
};

test.each([
  ['async', retry],
  ['generator', retryByGenerator],
])('an %s retry sends again without holding the slot of the response before', async (_kind, middleware) => {
  await using server = await startServer(makeHandler());
  await using session = new ClientSession({ limit: 1, middlewares: [middleware] });
  const response = await inRun(() => session.post(`${server.url}/busy`, { json: { a: 1 } }));
  expect(response.status).toBe(200);
  expect((await response.json<Echo>()).body).toBe('{"a":1}');
  expect(server.requests).toBe(3);
  expect(server.totalConnections).toBe(1);
});

test('raiseForStatus looks at what the middlewares return', async () => {
  await using server = await startServer(makeHandler());
  await using session = new ClientSession({ raiseForStatus: true, middlewares: [retry] });
  await using response = await session.get(`${server.url}/busy`);
  expect(response.status).toBe(200);
});

test('a request’s middlewares stand in place of the session’s', async () => {
  await using server = await startServer(makeHandler());
  const mark =
    (name: string): ClientMiddleware =>
    (request, next) => {
      request.headers.set('x-mark', name);
      return next(request);
    };
  await using session = new ClientSession({ middlewares: [mark('session')] });
  const marked = async (options: { middlewares?: ClientMiddleware[] }): Promise<string | undefined> =>
    (await (await session.get(server.url, options)).json<Echo>()).headers['x-mark'];
  expect(await marked({})).toBe('session');
  expect(await marked({ middlewares: [mark('request')] })).toBe('request');
  expect(await marked({ middlewares: [] })).toBe(undefined);
});

test('a middleware is given the context of the request and may use the session', async () => {
  await using server = await startServer(makeHandler());
  const withToken: ClientMiddleware = async (request, next) => {
    const token = await request.session.get(`${server.url}/token`, { middlewares: [] });
    const { target } = await token.json<Echo>();
    request.headers.set('authorization', `Bearer ${target}`);
    request.headers.set('x-context', String(request.context));
    return await next(request);
  };
  await using session = new ClientSession({ limit: 1, middlewares: [withToken] });
  const response = await session.get(server.url, { context: 'mine' });
  const { headers } = await response.json<Echo>();
  expect(headers).toMatchObject({ authorization: 'Bearer /token', 'x-context': 'mine' });
});

test('says whether a request can be sent again, and reads its body for a signature', async () => {
  await using server = await startServer(makeHandler());
  const seen: unknown[] = [];
  const look: ClientMiddleware = async (request, next) => {
    seen.push([request.method, request.idempotent, request.hasBody, request.bodyLength, request.replayable]);
    const text = Buffer.from(await request.bytes()).toString();
    seen.push([text.length, request.bodyLength, request.replayable]);
    await next(request);
    return await next(request);
  };
  await using session = new ClientSession({ middlewares: [look] });
  await session.get(server.url);
  await session.post(server.url, { data: 'äöü' });
  const streamed = await session.put(server.url, {
    data: (async function* () {
      yield 'one';
      yield 'two';
    })(),
  });
  expect((await streamed.json<Echo>()).body).toBe('onetwo');
  const form = new FormData();
  form.set('a', 'b');
  const posted = await session.post(server.url, { data: form });
  const { headers, body } = await posted.json<Echo>();
  expect(body).toContain(headers['content-type']?.split('boundary=')[1]);
  expect(seen.slice(0, 6)).toEqual([
    ['GET', true, false, 0, true],
    [0, 0, true],
    ['POST', false, true, 6, true],
    [3, 6, true],
    ['PUT', true, true, null, false],
    [6, 6, true],
  ]);
});

test('two sent side by side: the one that is not returned is ended', async () => {
  await using server = await startServer(makeHandler());
  const hedge: ClientMiddleware = async (request, next) => {
    const slow = request.clone();
    slow.url = new URL('/silent', request.url);
    const first = createTask(next(slow));
    const second = createTask(next(request));
    const { done } = await wait([first, second], { returnWhen: 'FIRST_COMPLETED' });
    expect([...done]).toEqual([second]);
    first.cancel();
    return await second;
  };
  await using session = new ClientSession({ middlewares: [hedge] });
  const response = await inRun(() => session.get(server.url));
  expect(response.status).toBe(200);
  await server.waitForConnections(1);
});

test('what a middleware began and left is ended with the request', async () => {
  await using server = await startServer(makeHandler());
  const leave: ClientMiddleware = async (request, next) => {
    const silent = request.clone();
    silent.url = new URL('/silent', request.url);
    const left = createTask(next(silent));
    left.addDoneCallback((task) => task.exception());
    await server.waitForRequests(1);
    return await next(request);
  };
  await using session = new ClientSession({ middlewares: [leave] });
  const response = await session.get(server.url);
  expect((await response.json<Echo>()).target).toBe('/');
  await server.waitForConnections(1);
});

describe('deadlines and cancels', () => {
  const waits: Record<string, ClientMiddleware> = {
    async: async (request, next) => {
      await next(request);
      await sleep(60_000);
      return await next(request);
    },
    generator: function* (request, next) {
      yield* next(request);
      yield* sleep(60_000);
      return yield* next(request);
    },
  };

  test.each(Object.entries(waits))('`total` ends an %s middleware that waits', async (_kind, middleware) => {
    await using server = await startServer(makeHandler());
    await using session = new ClientSession({ timeout: 60, middlewares: [middleware] });
    await expect(inRun(() => session.get(server.url))).rejects.toMatchObject({
      code: 'COTASK_HTTP_TOTAL_TIMEOUT',
      deadline: 'total',
      limit: 60,
      url: `${server.url}/`,
    });
  });

  test('`total` is not begun anew by a middleware that sends again', async () => {
    await using server = await startServer(makeHandler());
    let tries = 0;
    const stubborn: ClientMiddleware = async (request, next) => {
      for (;;) {
        tries += 1;
        try {
          return await next(request);
        } catch (error) {
          if (tries > 3) throw error;
        }
      }
    };
    await using session = new ClientSession({ timeout: 50, middlewares: [stubborn] });
    await expect(inRun(() => session.get(`${server.url}/silent`))).rejects.toMatchObject({
      code: 'COTASK_HTTP_TOTAL_TIMEOUT',
    });
    expect(server.requests).toBe(1);
  });

  test('`total` covers the body that is read after the middlewares', async () => {
    await using server = await startServer((_request, response) => void response.writeHead(200).write('a piece'));
    const pass: ClientMiddleware = (request, next) => next(request);
    await using session = new ClientSession({ timeout: 60, middlewares: [pass] });
    await using response = await session.get(server.url);
    await expect(response.text()).rejects.toMatchObject({ code: 'COTASK_HTTP_TOTAL_TIMEOUT', stage: 'body', bytes: 7 });
  });

  test('a cancel reaches a middleware, and nothing is left behind', async () => {
    await using server = await startServer(makeHandler());
    await using session = new ClientSession({ limit: 1, middlewares: Object.values(waits) });
    const main = coroutine(async () => {
      for (const path of ['/silent', '/']) {
        const task = createTask(session.get(server.url + path));
        await sleep(30);
        task.cancel();
        await expect(task).rejects.toMatchObject({ code: 'COTASK_CANCELLED' });
      }
      const response = await session.get(server.url, { middlewares: [] });
      await response.text();
      expect(getEventLoop().waitingTasks()).toEqual([]);
    });
    await run(main());
  });

  test('the session’s end reaches what middlewares wait for', async () => {
    await using server = await startServer(makeHandler());
    const session = new ClientSession({ middlewares: [(request, next) => next(request)] });
    const main = coroutine(async () => {
      const task = createTask(session.get(`${server.url}/silent`));
      await server.waitForRequests(1);
      await gather(session.close(), waitForEnd(task));
    });
    await run(main());
  });
});

const waitForEnd = coroutine(async (task: Awaitable<unknown>) => {
  await expect(task).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
});

test.each([
  [{ middlewares: 'x' }, 'middlewares must be a list of functions'],
  [{ middlewares: [1] }, 'middlewares must be a list of functions, it holds a number'],
])('refuses %o', (options, words) => {
  const given = Object.assign<object, never>(options, undefined as never) as ClientSessionOptions;
  expect(() => new ClientSession(given)).toThrow(words);
});

test('a middleware that returns nothing is told so', async () => {
  await using server = await startServer(makeHandler());
  const forgetful = (() => Promise.resolve(undefined as never)) satisfies ClientMiddleware;
  await using session = new ClientSession({ middlewares: [forgetful] });
  await expect(session.get(server.url)).rejects.toThrow('a middleware must return a ClientResponse');
});

test('what cannot be sent is refused where a middleware sets it', async () => {
  await using server = await startServer(makeHandler());
  const bad: ClientMiddleware = (request, next) => {
    expect(() => request.headers.set('x', 'a\r\nb: c')).toThrow('holds a line end');
    expect(() => request.headers.set('transfer-encoding', 'x')).toThrow('set by the connection');
    expect(() => request.headers.append('authorization', 'x') ?? request.headers.append('authorization', 'y')).toThrow(
      'given twice',
    );
    expect(() => (request.method = 'A B')).toThrow('no HTTP method');
    expect(() => (request.url = 'file:///etc/passwd')).toThrow('not spoken here');
    request.headers.delete('authorization');
    request.url = request.url.replace('//', '//user:word@');
    expect(request.url).toBe(`${server.url}/`);
    return next(request);
  };
  await using session = new ClientSession({ middlewares: [bad] });
  const { headers } = await (await session.get(server.url)).json<Echo>();
  expect(headers['authorization']).toBe(`Basic ${btoa('user:word')}`);
});
