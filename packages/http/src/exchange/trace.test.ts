/** What a session tells of its requests: hooks, channels, timings. */
import { CotaskError, coroutine, createTask, fromPromise, gather, run, sleep } from 'cotask';
import { startServer, type TestServer } from '@cotask/test-servers';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientSession, type TraceConfig, type TraceEvent } from '../index.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/moved') response.writeHead(302, { location: '/end' }).end('moved');
    else if (path === '/silent') return;
    else if (path === '/cut') response.writeHead(200, { 'content-length': 9 }).write('cut', () => response.destroy());
    else if (path === '/slow') setTimeout(() => response.end('slow'), 40);
    else request.resume().on('end', () => response.end('the end'));
  });
});

afterAll(() => server.close());

/** Hooks that write down every event. */
function listener(): { names: string[]; events: Map<string, TraceEvent>; trace: TraceConfig } {
  const names: string[] = [];
  const events = new Map<string, TraceEvent>();
  const note =
    (name: string) =>
    (event: TraceEvent): void => {
      names.push(name);
      events.set(name, event);
    };
  const trace: TraceConfig = {
    onRequestStart: note('requestStart'),
    onRequestEnd: note('requestEnd'),
    onRequestException: note('requestException'),
    onRequestRedirect: note('requestRedirect'),
    onRequestHeadersSent: note('requestHeadersSent'),
    onRequestChunkSent: note('requestChunkSent'),
    onResponseChunkReceived: note('responseChunkReceived'),
    onResponseEnd: note('responseEnd'),
    onConnectionQueuedStart: note('connectionQueuedStart'),
    onConnectionQueuedEnd: note('connectionQueuedEnd'),
    onConnectionCreateStart: note('connectionCreateStart'),
    onConnectionCreateEnd: note('connectionCreateEnd'),
    onConnectionReuse: note('connectionReuse'),
    onDnsCacheHit: note('dnsCacheHit'),
    onDnsCacheMiss: note('dnsCacheMiss'),
    onDnsResolveHostStart: note('dnsResolveHostStart'),
    onDnsResolveHostEnd: note('dnsResolveHostEnd'),
  };
  return { names, events, trace };
}

const connecting = [
  'connectionCreateStart',
  'dnsCacheMiss',
  'dnsResolveHostStart',
  'dnsResolveHostEnd',
  'connectionCreateEnd',
];

test('hooks hear of a request in its order, with a look-up for a name', async () => {
  const { names, events, trace } = listener();
  await using session = new ClientSession({ traces: [trace] });
  const url = `http://localhost:${server.port}/end`;
  await (await session.post(url, { data: 'body', context: 'mine' })).text();
  expect(names).toEqual([
    'requestStart',
    ...connecting,
    'requestHeadersSent',
    'requestChunkSent',
    // A short body is whole before the task that waits for its head has its turn.
    'responseChunkReceived',
    'responseEnd',
    'requestEnd',
  ]);
  const requests = new Set([...events.values()].map(({ request }) => request));
  expect([...requests]).toEqual([{ id: expect.any(Number), method: 'POST', url, context: 'mine' }]);
  expect(events.get('requestChunkSent')).toMatchObject({ bytes: 4 });
  expect(events.get('responseEnd')).toMatchObject({ bytes: 7, error: null, url });
  expect(events.get('requestHeadersSent')).toMatchObject({
    method: 'POST',
    headers: expect.arrayContaining(['accept']),
  });
});

test('the addresses of a name are asked for once, or each time', async () => {
  for (const [dnsCacheTtl, second] of [
    [10_000, ['dnsCacheHit']],
    [0, ['dnsResolveHostStart', 'dnsResolveHostEnd']],
  ] as const) {
    const { names, trace } = listener();
    await using session = new ClientSession({ traces: [trace], dnsCacheTtl, keepAlive: false });
    await (await session.get(`http://localhost:${server.port}/end`)).text();
    names.length = 0;
    await (await session.get(`http://localhost:${server.port}/end`)).text();
    expect(names.filter((name) => name.startsWith('dns'))).toEqual(second);
  }
});

test('a redirect is told of, and a connection that is used again', async () => {
  const { names, events, trace } = listener();
  await using session = new ClientSession({ traces: [trace] });
  await (await session.get(`${server.url}/moved`)).text();
  expect(names.filter((name) => name.startsWith('connection') || name === 'requestRedirect')).toEqual([
    'connectionCreateStart',
    'connectionCreateEnd',
    'requestRedirect',
    'connectionReuse',
  ]);
  expect(events.get('requestRedirect')).toMatchObject({ url: `${server.url}/end`, redirect: { status: 302 } });
  expect(names.filter((name) => name === 'responseEnd')).toHaveLength(2);
});

test('a wait for a slot is told of, and is in the timings', async () => {
  const { names, trace } = listener();
  await using session = new ClientSession({ limit: 1, traces: [trace] });
  const get = coroutine(function* () {
    const response = yield* session.get(`${server.url}/slow`);
    yield* response.text();
    return response.timings;
  });
  const [first, second] = await run(coroutine(async () => await gather(get(), get()))());
  expect(names.filter((name) => name.startsWith('connectionQueued'))).toEqual([
    'connectionQueuedStart',
    'connectionQueuedEnd',
  ]);
  expect(first).toMatchObject({ queued: 0, dns: null, tls: null, connect: expect.any(Number) });
  expect(second).toMatchObject({ dns: null, connect: null, tls: null });
  expect(second.queued).toBeGreaterThan(30);
  expect(second.firstByte).toBeGreaterThan(30);
  expect(second.total).toBeGreaterThanOrEqual(second.queued + (second.firstByte ?? NaN));
});

test.each(['silent', 'cut'])('a failure is told of (%s)', async (path) => {
  const { names, events, trace } = listener();
  await using session = new ClientSession({ traces: [trace], timeout: { sockRead: 60 } });
  const get = coroutine(async () => await (await session.get(`${server.url}/${path}`)).text());
  const error = await get().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(names.includes('requestException')).toBe(path === 'silent');
  if (path === 'silent') expect(events.get('requestException')).toMatchObject({ error });
  expect(events.get('responseEnd')).toMatchObject({ error });
});

test('a cancel is told of once it was delivered', async () => {
  const { names, events, trace } = listener();
  await using session = new ClientSession({ traces: [trace] });
  const main = coroutine(async () => {
    const task = createTask(session.get(`${server.url}/silent`));
    await sleep(40);
    task.cancel();
    await fromPromise(Promise.allSettled([task]));
  });
  await run(main());
  expect(names.slice(-2).sort()).toEqual(['requestException', 'responseEnd']);
  expect(events.get('requestException')).toMatchObject({ error: { code: 'COTASK_CANCELLED' } });
});

test('a status that is raised is an exception and no end', async () => {
  const { names, trace } = listener();
  await using own = await startServer((_request, response) => void response.writeHead(500).end('no'));
  await using session = new ClientSession({ traces: [trace], raiseForStatus: true });
  await expect(session.get(own.url)).rejects.toMatchObject({ status: 500 });
  expect(names).toContain('requestException');
  expect(names).not.toContain('requestEnd');
});

test('requests with middlewares are traced too', async () => {
  const { names, trace } = listener();
  await using session = new ClientSession({
    traces: [trace],
    middlewares: [async (request, next) => await next(request)],
  });
  await (await session.get(`${server.url}/moved`)).text();
  expect(names.at(0)).toBe('requestStart');
  expect(names).toContain('requestRedirect');
  expect(names.filter((name) => name === 'requestEnd')).toHaveLength(1);
});

test('what a hook throws goes to the exception handler, and the request goes on', async () => {
  const told: unknown[] = [];
  await using session = new ClientSession({
    traces: [
      {
        onResponseChunkReceived() {
          throw new CotaskError('TEST', 'a hook');
        },
      },
    ],
  });
  const main = coroutine(async () => await (await session.get(`${server.url}/end`)).text());
  const text = await run(
    coroutine(async () => {
      const { getEventLoop } = await import('cotask');
      getEventLoop().setExceptionHandler((_loop, context) => void told.push(context.exception));
      return await main();
    })(),
  );
  expect(text).toBe('the end');
  expect(told).toMatchObject([{ code: 'TEST' }]);
});

test('channels carry the same events, without a hook', async () => {
  await using session = new ClientSession();
  const seen: unknown[] = [];
  const hear = (message: unknown): void => void seen.push(message);
  subscribe('cotask:http:responseEnd', hear);
  await (await session.get(`${server.url}/end`)).text();
  unsubscribe('cotask:http:responseEnd', hear);
  await (await session.get(`${server.url}/end`)).text();
  expect(seen).toMatchObject([{ bytes: 7, request: { method: 'GET' }, timings: { queued: 0 } }]);
});

test('an unknown hook is refused by name', () => {
  const bad: TraceConfig = { onRequestStart: () => undefined };
  Object.assign(bad, { onRequestBegin: () => undefined });
  expect(() => new ClientSession({ traces: [bad] })).toThrow(/onRequestBegin/u);
});
