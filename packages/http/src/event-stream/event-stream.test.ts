/** Server-sent events: what is read of a body, and when a stream is asked for again. */
import { coroutine, createTask, fromPromise, run, sleep } from 'cotask';
import { startServer, type TestServer } from '@cotask/test-servers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ClientSession, type EventStream, type EventStreamOptions, type ServerSentEvent } from '../index.ts';

type Play = (response: ServerResponse, request: IncomingMessage) => void;

/** A server that plays the first act to the first connection, and so on; the last one again and again. */
function startActs(...acts: Play[]): Promise<TestServer> {
  let connection = 0;
  return startServer((request, response) => acts[Math.min(connection++, acts.length - 1)]?.(response, request));
}

const says =
  (text: string, stays = false): Play =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write(text);
    if (!stays) response.end();
  };
const status =
  (code: number): Play =>
  (response) =>
    void response.writeHead(code).end('words');
const over = status(204);
const breaks: Play = (response) => response.destroy();

const quick: EventStreamOptions = { retry: 1, maxRetry: 2 };

/** Reads all events, in both gears. */
const readers = {
  async: coroutine(async (stream: EventStream) => {
    const events: ServerSentEvent[] = [];
    for await (const event of stream) events.push(event);
    return events;
  }),
  generator: coroutine(function* (stream: EventStream) {
    const events: ServerSentEvent[] = [];
    for (let event = yield* stream.read(); event !== null; event = yield* stream.read()) events.push(event);
    return events;
  }),
};

describe.each(['async', 'generator'] as const)('in the %s gear', (gear) => {
  const read = async (acts: Play[], options: EventStreamOptions = quick) => {
    await using server = await startActs(...acts);
    await using session = new ClientSession();
    const stream = session.events(server.url, options);
    const data = await run(readers[gear](stream)).then(
      (events) => events.map((event) => event.data),
      (error: { code: string }) => error.code,
    );
    expect(stream.closed).toBe(true);
    await server.idle();
    return { data, ids: server.log.map(({ headers }) => headers['last-event-id']) };
  };

  test('events come with their type, data and id', async () => {
    await using server = await startActs(
      says(
        '\uFEFFdata: one\n\nevent: named\nid: 7\ndata: two\ndata:lines\n\n: a comment\r\ndata: three\r\n\r\ndata: cut',
      ),
      over,
    );
    await using session = new ClientSession();
    expect(await run(readers[gear](session.events(server.url, quick)))).toEqual([
      { type: 'message', data: 'one', lastEventId: '' },
      { type: 'named', data: 'two\nlines', lastEventId: '7' },
      { type: 'message', data: 'three', lastEventId: '7' },
    ]);
    expect(server.log[0]?.headers).toMatchObject({ accept: 'text/event-stream', 'cache-control': 'no-store' });
  });

  test('a stream that ends is asked for again from its last id, until the server says 204', async () => {
    expect(await read([says('id: ü1\ndata: a\n\n'), says('data: b\n\n'), over])).toEqual({
      data: ['a', 'b'],
      ids: [undefined, Buffer.from('ü1').toString('latin1'), Buffer.from('ü1').toString('latin1')],
    });
  });

  test('a connection that breaks off, or a server in trouble, is tried again', async () => {
    const cut: Play = (response) => {
      says('data: a\n\n', true)(response, response.req);
      setTimeout(() => response.destroy(), 10);
    };
    expect((await read([cut, breaks, status(503), says('data: b\n\n'), over])).data).toEqual(['a', 'b']);
  });

  test('a first connection that fails is not tried again', async () => {
    expect(await read([status(503)])).toEqual({ data: 'COTASK_HTTP_RESPONSE', ids: [undefined] });
  });

  test('an answer that is no stream ends it, later too', async () => {
    expect((await read([says('data: a\n\n'), status(404)])).data).toBe('COTASK_HTTP_RESPONSE');
    expect((await read([(response) => void response.end('html')])).data).toBe('COTASK_HTTP_CONTENT_TYPE');
  });

  test('after maxFailures connections without an event the last error is thrown', async () => {
    const { data, ids } = await read([says('data: a\n\n'), status(500)], { ...quick, maxFailures: 3 });
    expect([data, ids.length]).toEqual(['COTASK_HTTP_RESPONSE', 3]);
    const empty = await read([says('data: a\n\n'), says('')], { ...quick, maxFailures: 4 });
    expect([empty.data, empty.ids.length]).toEqual([['a'], 4]);
  });

  test('without reconnecting it ends with its connection; a POST does', async () => {
    expect((await read([says('data: a\n\n')], { reconnect: false })).data).toEqual(['a']);
    expect((await read([says('data: a\n\n')], { method: 'post', json: {} })).data).toEqual(['a']);
    const cut: Play = (response) =>
      void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('d', () => response.destroy());
    expect((await read([cut], { reconnect: false })).data).toBe('COTASK_HTTP_PAYLOAD');
  });

  test.each([
    ['one line', `data: ${'x'.repeat(3000)}`],
    ['one line with its end', `data: ${'x'.repeat(3000)}\n\n`],
    ['many lines', 'data: 0123456789\n'.repeat(300)],
  ])('an event above maxEventSize is refused (%s) and its connection ended', async (_what, text) => {
    expect((await read([says(text, true)], { ...quick, maxEventSize: 1000 })).data).toBe('COTASK_HTTP_EVENT_TOO_LARGE');
  });

  test('a stream in a coding is decoded; one in a coding that nobody knows is refused', async () => {
    const coded =
      (coding: string): Play =>
      (response) =>
        void response
          .writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': coding })
          .end(gzipSync('data: a\n\n'));
    expect((await read([coded('gzip'), over])).data).toEqual(['a']);
    expect((await read([coded('x-own')])).data).toBe('COTASK_HTTP_UNREADABLE');
  });

  test.each(['head', 'event', 'pause'])('a cancel while it waits for the %s leaves nothing behind', async (where) => {
    const act: Play = where === 'head' ? () => undefined : says('data: a\n\n', where === 'event');
    await using server = await startActs(act);
    await using session = new ClientSession();
    const stream = session.events(server.url, { retry: 30_000 });
    const main = coroutine(async () => {
      const task = createTask(readers[gear](stream));
      await fromPromise(server.waitForRequests(1));
      await sleep(30);
      task.cancel();
      return await fromPromise(Promise.allSettled([task]));
    });
    expect(await run(main())).toMatchObject([{ reason: { code: 'COTASK_CANCELLED' } }]);
    if (where !== 'pause') await server.waitForConnections(0);
    expect(stream.closed).toBe(true);
  });

  test.each(['event', 'pause'])('close() ends the wait for the %s', async (where) => {
    await using server = await startActs(says('data: a\n\n', where === 'event'));
    await using session = new ClientSession();
    const stream = session.events(server.url, { retry: 30_000 });
    const main = coroutine(async () => {
      const task = createTask(readers[gear](stream));
      await fromPromise(server.waitForRequests(1));
      await sleep(30);
      stream.close();
      return (await task).length;
    });
    expect(await run(main())).toBe(1);
  });
});

test('a signal ends the pause too, with its reason', async () => {
  await using server = await startActs(says('data: a\n\n'));
  await using session = new ClientSession();
  const controller = new AbortController();
  const stream = session.events(server.url, { retry: 30_000, signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 50);
  await expect(readers.async(stream)).rejects.toThrow('enough');
});

test('the server says how long to wait, within maxRetry', async () => {
  await using server = await startActs(says('retry: 60\ndata: a\n\n'), says('retry: 999999\ndata: b\n\n'), over);
  await using session = new ClientSession();
  await readers.async(session.events(server.url, { maxRetry: 90 }));
  const [first = 0, second = 0, third = 0] = server.log.map(({ at }) => at);
  expect(second - first).toBeGreaterThanOrEqual(55);
  expect(third - second).toBeGreaterThanOrEqual(85);
  expect(third - second).toBeLessThan(5000);
});

test('leaving the loop closes the stream, the session too', async () => {
  await using server = await startActs(says('data: a\n\ndata: b\n\n', true));
  const session = new ClientSession();
  for await (const event of session.events(server.url)) if (event.data === 'a') break;
  await server.waitForConnections(0);
  const stream = session.events(server.url);
  expect((await stream.read())?.data).toBe('a');
  await stream.read();
  const third = stream.read().then(
    () => 'an event',
    (error: unknown) => error,
  );
  await sleep(20);
  await session.close();
  expect(await third).toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
});

test('no deadline of the session ends a stream but its silence', async () => {
  await using server = await startActs((response, request) => {
    says('data: a\n\n', true)(response, request);
    setTimeout(() => response.end('data: b\n\n'), 80);
  }, over);
  await using session = new ClientSession({ timeout: 40 });
  expect((await readers.async(session.events(server.url, quick))).length).toBe(2);
  await using silent = await startActs(says('data: a\n\n', true), over);
  const stream = session.events(silent.url, { ...quick, timeout: { sockRead: 30 } });
  expect((await readers.async(stream)).length).toBe(1);
});

test('bad options are refused by name', async () => {
  await using session = new ClientSession();
  const bad: EventStreamOptions = {};
  expect(() => session.events('http://a.example', Object.assign(bad, { retries: 1 }))).toThrow(/retries/u);
  expect(() => session.events('http://a.example', { maxFailures: 0 })).toThrow(/maxFailures/u);
  expect(() => session.events('http://a.example', { retry: -1 })).toThrow(/retry/u);
});
