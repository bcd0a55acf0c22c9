/** Rules in place of connections: what they match, what they reply, and that all above the wire is the real thing. */
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { coroutine, CotaskError, createTask, gather, getEventLoop, run, sleep, timeout, type Awaitable } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { describe, expect, test } from 'vitest';
import {
  ClientError,
  ClientSession,
  CookieJar,
  retryRequests,
  type ClientMiddleware,
  type ClientResponse,
  type ClientTimeout,
  type TraceEventName,
} from '../index.ts';
import { gears, inGear, on, type EitherBody } from '../../../cotask/src/testing/both-gears.ts';
import * as testing from './index.ts';
import {
  MockConnector,
  MockSession,
  NotCalledError,
  type MockReply,
  type NetworkFault,
  type Place,
  type RequestMatch,
  type SentRequest,
} from './index.ts';

const origin = 'https://api.test';

/** Runs on virtual time; gives what the body returned and the time it took. */
async function virtually<T>(body: () => Promise<T>): Promise<{ value: T; took: number }> {
  const host = new VirtualHost();
  const value = await run(coroutine(body)(), { host });
  return { value, took: host.now() };
}

async function failure(begin: () => Awaitable<unknown> | PromiseLike<unknown>): Promise<unknown> {
  try {
    await begin();
    return 'no error';
  } catch (error) {
    return error;
  }
}

describe.each(gears)('a session of rules, in the %s gear', (gear) => {
  const ask = inGear(gear, function* (session: ClientSession): EitherBody<string> {
    const response = yield* on(session.post(`${origin}/echo`, { json: { a: 1 } }));
    return `${response.status} ${yield* on(response.text())}`;
  });

  test('is a ClientSession, and what takes one takes it', async () => {
    const session = new MockSession();
    session.intercept({ method: 'POST' }).reply((request) => ({ status: 201, body: request.text }));
    expect(session).toBeInstanceOf(ClientSession);
    const main = coroutine<void, [ClientSession], string>(ask);
    expect(await run(main(session), { host: new VirtualHost() })).toBe('201 {"a":1}');
    session.assertAllCalled();
    expect(session.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${origin}/echo`]);
  });

  test('a cancel while a rule takes its time leaves nothing behind', async () => {
    const session = new MockSession({ limit: 1 });
    session.intercept().reply({ delay: 1000 }).persist();
    const main = coroutine(async () => {
      const loop = getEventLoop();
      const task = createTask(coroutine<void, [ClientSession], string>(ask)(session));
      await sleep(1);
      task.cancel();
      await failure(() => task);
      await sleep(1);
      expect(task.cancelled()).toBe(true);
      expect(loop.waitingTasks()).toEqual([]);
      // The slot is free again.
      await expect(session.get(origin, { timeout: 10 })).rejects.toMatchObject({ stage: 'head' });
    });
    await run(main(), { host: new VirtualHost() });
  });
});

test('works from plain promise code, without a loop', async () => {
  await using session = new MockSession();
  session.intercept().reply({ delay: 1, json: [1] });
  expect(await (await session.get(origin)).json()).toEqual([1]);
});

describe('a rule', () => {
  const send = async (session: ClientSession): Promise<ClientResponse> =>
    await session.post(`${origin}/users/7?a=1&a=2&b=x`, {
      json: { name: 'Ada', tags: ['x'] },
      headers: { 'X-Id': '9' },
    });

  test.each<[string, RequestMatch]>([
    ['nothing', {}],
    ['a method', { method: 'post' }],
    ['methods', { method: ['PUT', 'POST'] }],
    ['a URL', { url: `${origin}/users/7?a=1&a=2&b=x` }],
    ['a URL object', { url: new URL(`${origin}/users/7?a=1&a=2&b=x`) }],
    ['a pattern of the URL', { url: /users\/\d/g }],
    ['an origin', { origin }],
    ['an origin by a function', { origin: (text) => text.endsWith('.test') }],
    ['a path', { path: '/users/7' }],
    ['a pattern of the path', { path: /^\/users\/\d$/ }],
    ['a path by a function', { path: (text) => text.length === 8 }],
    ['a parameter', { query: { b: 'x' } }],
    ['values of a parameter', { query: { a: ['1', '2'], b: /x/ } }],
    ['a parameter that is not there', { query: { c: null } }],
    ['a header field', { headers: { 'x-id': '9', 'Content-Type': /json/ } }],
    ['a header field that is not there', { headers: { authorization: null } }],
    ['a body', { body: '{"name":"Ada","tags":["x"]}' }],
    ['a pattern of the body', { body: /Ada/ }],
    ['the bytes of the body', { body: Buffer.from('{"name":"Ada","tags":["x"]}') }],
    ['JSON', { json: { tags: ['x'], name: 'Ada' } }],
    ['JSON by a function', { json: (value: { name: string }) => value.name === 'Ada' }],
    ['a function', { where: (request) => request.headers.get('x-id') === '9' }],
  ])('fits by %s', async (_, match) => {
    await using session = new MockSession();
    session.intercept({ method: 'GET' });
    const rule = session.intercept(match).persist();
    // A pattern with the flag g is asked twice.
    expect([(await send(session)).status, (await send(session)).status]).toEqual([200, 200]);
    expect(rule.calls).toHaveLength(2);
  });

  test('fits by a form', async () => {
    await using session = new MockSession();
    session.intercept({
      form: [
        ['a', '1'],
        ['b', 'x y'],
      ],
    });
    expect((await session.post(origin, { form: { a: 1, b: 'x y' } })).status).toBe(200);
  });

  test.each<[RequestMatch, string]>([
    [{ method: 'PUT' }, 'the method is POST, not PUT'],
    [{ url: origin }, `the URL is ${origin}/users/7?a=1&a=2&b=x, not ${origin}/`],
    [{ origin: /other/ }, `the origin is ${origin}, which /other/ does not match`],
    [{ path: '/users' }, 'the path is /users/7, not /users'],
    [{ path: () => false }, 'the path is /users/7, to which its function says no'],
    [{ query: { a: ['2', '1'] } }, 'the parameter a is ["1","2"], not ["2","1"]'],
    [{ query: { b: null } }, 'the parameter b is x, and must not be there'],
    [{ query: { c: 'z' } }, 'the parameter c is missing, not z'],
    [{ headers: { 'X-Id': '8' } }, 'the header x-id is 9, not 8'],
    [{ body: 'Ada' }, 'the body is {"name":"Ada","tags":["x"]}, not Ada'],
    [{ body: new Uint8Array(3) }, 'the body is another one, of 27 bytes'],
    [{ json: { name: 'Bob' } }, 'the JSON is {"name":"Ada","tags":["x"]}, not {"name":"Bob"}'],
    [{ form: { a: 1 } }, 'the form is {"name":"Ada","tags":["x"]}, not a=1'],
    [{ where: () => false }, 'the function where says no'],
  ])('%o does not fit, and the error says why', async (match, reason) => {
    await using session = new MockSession();
    session.intercept({ ...match, origin: match.origin ?? origin });
    session.intercept({ method: 'DELETE', origin: 'https://other.test', path: '/' });
    const error = await failure(() => send(session));
    expect(error).toMatchObject({
      name: 'UnmatchedRequestError',
      code: 'COTASK_HTTP_UNMATCHED',
      differences: [reason],
    });
    expect(String(error)).toContain('no rule fits; the nearest is rule 1 (');
    expect(() => session.assertAllCalled()).toThrow(NotCalledError);
  });

  test('without rules, the error says so; a retry lets it through', async () => {
    await using session = new MockSession({ middlewares: [retryRequests()] });
    await expect(session.get(origin)).rejects.toThrow(`GET ${origin}/: there is no rule; intercept() makes one`);
    expect(session.calls).toHaveLength(1);
  });

  test.each<[object, string]>([
    [{ pth: '/' }, 'intercept() knows no option "pth"; is path meant?'],
    [{ path: 'users' }, 'path must begin with a slash and have no query'],
    [{ path: '/users?a=1' }, 'path must begin with a slash and have no query'],
    [{ url: '/users' }, 'url must be a whole URL'],
    [{ method: 1 }, 'method must be a method'],
    [{ headers: { a: 1 } }, 'headers must have texts'],
  ])('%o is refused', (match, words) => {
    expect(() => new MockSession().intercept(match)).toThrow(words);
  });
});

describe('how often', () => {
  test('a rule answers once, and the first that is left answers', async () => {
    await using session = new MockSession();
    session.intercept().reply({ body: 'first' });
    session.intercept().reply({ body: 'second' });
    const texts = [await (await session.get(origin)).text(), await (await session.get(origin)).text()];
    expect(texts).toEqual(['first', 'second']);
    const error = await failure(() => session.get(origin));
    expect(String(error)).toContain('it was called once already');
  });

  test('replies come in turn, then the last for times() or persist()', async () => {
    await using session = new MockSession();
    const statuses = async (count: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let at = 0; at < count; at += 1) seen.push((await session.get(origin)).status);
      return seen;
    };
    session.intercept().reply({ status: 503 }, { status: 500 }, { status: 200 });
    expect(await statuses(3)).toEqual([503, 500, 200]);
    session.intercept().reply({ status: 503 }, { status: 200 }).times(4);
    expect(await statuses(4)).toEqual([503, 200, 200, 200]);
    session.intercept().reply({ status: 404 }).persist();
    expect(await statuses(5)).toEqual([404, 404, 404, 404, 404]);
    session.assertAllCalled();
  });

  test('assertAllCalled says which were not', async () => {
    await using session = new MockSession();
    session.intercept({ path: '/a' }).times(3);
    session.intercept({ path: '/b' });
    session.intercept({ path: '/c' }).persist();
    await session.get(`${origin}/a`);
    await session.get(`${origin}/a`);
    expect(() => session.assertAllCalled()).toThrow(
      'rule 1 (/a) was called 2 times of 3\nrule 2 (/b) was called never\nrule 3 (/c) was called never',
    );
    session.mock.reset();
    session.assertAllCalled();
    expect(session.calls).toEqual([]);
  });

  test('fewer times than replies are refused', () => {
    const rule = new MockSession().intercept().reply({}, {});
    expect(() => rule.times(1)).toThrow('times() takes a whole number of at least 2, got 1');
    expect(() => rule.reply()).toThrow('reply() takes what is replied');
  });
});

describe('a reply', () => {
  const read = async (reply: MockReply, method = 'GET'): Promise<{ response: ClientResponse; text: string }> => {
    await using session = new MockSession();
    session.intercept().reply(reply);
    const response = await session.request(method, origin);
    return { response, text: await response.text() };
  };

  test('has status, reason, header fields and a body with its length', async () => {
    const { response, text } = await read({
      status: 404,
      headers: { 'X-A': 'b', 'set-cookie': ['a=1', 'b=2'] },
      body: 'né',
    });
    expect([response.status, response.reason, response.contentLength, text]).toEqual([404, 'Not Found', 3, 'né']);
    expect(response.rawHeaders.filter(([name]) => name === 'set-cookie')).toHaveLength(2);
    expect(response.headers.get('x-a')).toBe('b');
  });

  test('has bytes, JSON, pieces', async () => {
    expect((await read({ body: Buffer.from('bytes') })).text).toBe('bytes');
    expect(await (await read({ json: { a: [1] } })).response.json()).toEqual({ a: [1] });
    expect((await read({ body: ['a', Buffer.from('b'), 5, 'c'] })).text).toBe('abc');
    const stream = async function* (): AsyncGenerator<string> {
      yield 'x';
      await sleep(1);
      yield 'y';
    };
    expect((await read({ body: stream })).text).toBe('xy');
    expect((await read({ body: stream() })).text).toBe('xy');
  });

  test('to HEAD, with 204 and with 304 has no body', async () => {
    const head = await read({ body: 'what GET would give' }, 'HEAD');
    expect([head.text, head.response.contentLength]).toEqual(['', 19]);
    expect((await read({ status: 204 })).text).toBe('');
    expect((await read({ status: 304, headers: { etag: 'x' } })).text).toBe('');
  });

  test('comes in pieces as from a socket, and waits for a slow reader', async () => {
    const body = Buffer.alloc(1_000_000, 7);
    await using session = new MockSession();
    session.intercept().reply({ body });
    const response = await session.get(origin);
    let bytes = 0;
    let held = 0;
    await response.consume((chunk, flow) => {
      bytes += chunk.byteLength;
      held += 1;
      setImmediate(() => flow.resume());
      return false;
    });
    expect([bytes, held > 10]).toEqual([1_000_000, true]);
  });

  test('of a function is made in either gear when the request has come', async () => {
    await using session = new MockSession();
    session.intercept().reply(
      ({ path }) => ({ body: path }),
      async ({ text }) => {
        await sleep(5);
        return { body: text };
      },
      function* ({ headers }) {
        yield* sleep(5);
        return { body: headers.get('content-type') ?? '' };
      },
      ({ query }) => sleep(5, { json: [...query] }),
    );
    const send = async (): Promise<string> => await (await session.post(`${origin}/p?q=r`, { data: 'sent' })).text();
    expect([await send(), await send(), await send(), await send()]).toEqual([
      '/p',
      'sent',
      'text/plain;charset=UTF-8',
      '[["q","r"]]',
    ]);
  });

  test('of a function that throws, or says what comes too late, fails the request', async () => {
    await using session = new MockSession({ middlewares: [retryRequests()] });
    session.intercept().reply(
      () => {
        throw new Error('a bug of the test');
      },
      () => ({ error: 'refused' }),
      () => ({ status: 99 }),
    );
    const words = async (): Promise<string> => String(await failure(() => session.get(origin)));
    expect(await words()).toContain('the reply function of rule 1 (any request) failed: a bug of the test');
    expect(await words()).toContain('is called when the request has come');
    expect(await words()).toContain('status must be the status of a final response');
  });

  test.each<[object, string]>([
    [{ stats: 200 }, 'is status meant?'],
    [{ status: 100 }, 'status must be the status of a final response, 200 to 999, got 100'],
    [{ body: 'a', json: 1 }, 'a reply has one body'],
    [{ body: 5 }, 'use json for objects'],
    [{ body: { a: 1 } }, 'use json for objects'],
    [{ json: () => 1 }, 'json cannot be written as JSON'],
    [
      { headers: { 'content-length': '3' }, body: 'four' },
      "content-length says 3, the body has 4 bytes; error: 'closed'",
    ],
    [{ error: 'boom' }, 'error must be an Error or one of dns, refused'],
    [{ error: 'refused', status: 200 }, 'a request that fails by refused has no response'],
    [{ error: 'reset', hang: 'head' }, 'a reply ends in one way'],
    [{ hang: 'queued' }, 'hang must be one of resolving'],
    [{ delay: -1 }, 'delay must be 0 ms or more'],
    [{ delay: { queued: 1 } }, 'delay must be milliseconds'],
  ])('%o is refused', (reply, words) => {
    expect(() => new MockSession().intercept().reply(reply)).toThrow(words);
  });
});

describe('the network', () => {
  test.each<[NetworkFault, string]>([
    ['dns', 'COTASK_HTTP_DNS'],
    ['refused', 'COTASK_HTTP_CONNECT'],
    ['unreachable', 'COTASK_HTTP_CONNECT'],
    ['tls', 'COTASK_HTTP_TLS'],
    ['certificate', 'COTASK_HTTP_CERTIFICATE'],
    ['reset', 'COTASK_HTTP_DISCONNECTED'],
    ['closed', 'COTASK_HTTP_DISCONNECTED'],
    ['malformed', 'COTASK_HTTP_MESSAGE'],
  ])('fails by %s as a real one does', async (error, code) => {
    await using session = new MockSession();
    session.intercept().reply({}, { error });
    await (await session.get(origin)).text();
    // On a connection that is there, or on a fresh one where it has to be.
    expect(await failure(() => session.get(origin))).toMatchObject({ code, url: `${origin}/` });
  });

  test('fails within a body, and by an error of the test’s', async () => {
    await using session = new MockSession();
    session.intercept().reply({ body: 'half', error: 'reset' }, { error: new Error('odd') });
    const response = await session.get(origin);
    expect(await failure(() => response.text())).toMatchObject({ code: 'COTASK_HTTP_PAYLOAD', bytes: 4 });
    expect(await failure(() => session.get(origin))).toMatchObject({
      code: 'COTASK_HTTP_CONNECTION',
      cause: { message: 'odd' },
    });
  });

  test('a place that the connection does not have is a mistake of the test’s', async () => {
    await using session = new MockSession();
    session.intercept().reply({ hang: 'handshake' }, { error: 'dns' });
    expect(String(await failure(() => session.get('http://plain.test/')))).toContain('has no place "handshake"');
    expect(String(await failure(() => session.get('http://127.0.0.1/')))).toContain('has no place "resolving"');
  });

  test.each<[keyof ClientTimeout, Place, number]>([
    ['connect', 'resolving', 1000],
    ['sockConnect', 'resolving', 1000],
    ['sockConnect', 'connecting', 1000],
    ['tlsHandshake', 'handshake', 1000],
    ['firstByte', 'head', 1000],
    ['sockRead', 'sending', 1000],
    ['sockRead', 'head', 1000],
    ['sockRead', 'body', 1000],
    ['total', 'connecting', 60_000],
    ['total', 'body', 60_000],
  ])('the deadline %s passes while it hangs at %s, on virtual time', async (deadline, hang, limit) => {
    const { value, took } = await virtually(async () => {
      await using session = new MockSession({ timeout: { total: null, sockConnect: null, [deadline]: limit } });
      session.intercept().reply(hang === 'body' ? { hang, body: 'a piece' } : { hang });
      return await failure(async () => (await session.post(origin, { data: 'x' })).text());
    });
    expect(value).toMatchObject({ deadline, stage: hang, limit });
    expect(took).toBe(limit);
  });

  test('a slow body fails minThroughput; a stalled reader fails nothing', async () => {
    const { value, took } = await virtually(async () => {
      await using session = new MockSession({ timeout: { minThroughput: 10, throughputWindow: 1000 } });
      session.intercept().reply({ body: ['0123456789abcdef', 1500, 'x', 1000, 'y'] });
      return await failure(async () => (await session.get(origin)).text());
    });
    expect(value).toMatchObject({ code: 'COTASK_HTTP_TOO_SLOW', bytes: 17 });
    expect(took).toBe(2000);
  });

  test('takes its time at every place, and timings and hooks say so', async () => {
    const events: TraceEventName[] = [];
    const { value } = await virtually(async () => {
      const note = (name: TraceEventName) => () => void events.push(name);
      await using session = new MockSession({
        traces: [
          {
            onDnsResolveHostStart: note('dnsResolveHostStart'),
            onDnsResolveHostEnd: note('dnsResolveHostEnd'),
            onConnectionCreateStart: note('connectionCreateStart'),
            onConnectionCreateEnd: note('connectionCreateEnd'),
            onConnectionReuse: note('connectionReuse'),
            onResponseEnd: note('responseEnd'),
          },
        ],
      });
      session
        .intercept()
        .reply({ delay: { resolving: 1, connecting: 20, handshake: 300, head: 4000, body: 5 }, body: ['a', 7, 'b'] });
      session.intercept().reply({ delay: 3 });
      const response = await session.get(origin);
      await response.text();
      const { timings } = response;
      await (await session.get(origin)).text();
      return timings;
    });
    expect(value).toEqual({ queued: 0, dns: 1, connect: 20, tls: 300, firstByte: 4000, body: 12, total: 4333 });
    expect(events).toEqual([
      'connectionCreateStart',
      'dnsResolveHostStart',
      'dnsResolveHostEnd',
      'connectionCreateEnd',
      'responseEnd',
      'connectionReuse',
      'responseEnd',
    ]);
  });

  test('a timeout scope, a signal and the end of the session end what hangs', async () => {
    const { took } = await virtually(async () => {
      const session = new MockSession();
      session.intercept().reply({ hang: 'connecting' }).persist();
      const within = timeout(50, async () => await session.get(origin));
      expect(await failure(() => within)).toMatchObject({ code: 'COTASK_TIMEOUT' });
      const control = new AbortController();
      getEventLoop().callLater(25, () => control.abort(new Error('enough')));
      expect(await failure(() => session.get(origin, { signal: control.signal }))).toMatchObject({ message: 'enough' });
      const asking = createTask(session.get(origin));
      await sleep(5);
      await session.close();
      expect(await failure(() => asking)).toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
    });
    expect(took).toBe(80);
  });

  test('that never answers is a deadlock where no deadline is set', async () => {
    const session = new MockSession({ timeout: null });
    session.intercept().reply({ hang: 'head' });
    await expect(run(session.get(origin), { host: new VirtualHost() })).rejects.toThrow(
      `the response to GET ${origin}/`,
    );
  });
});

describe('above the wire all is real', () => {
  test('redirects, cookies, credentials', async () => {
    await using session = new MockSession({ cookieJar: new CookieJar(), auth: { username: 'a', password: 'b' } });
    session
      .intercept({ path: '/a' })
      .reply({ status: 302, headers: { location: 'https://other.test/b', 'set-cookie': 'k=v' } });
    session.intercept({ origin: 'https://other.test' }).reply({ status: 301, headers: { location: `${origin}/c` } });
    session.intercept({ path: '/c' }).reply({ body: 'there' });
    const response = await session.get(`${origin}/a`);
    expect([await response.text(), response.history.length]).toEqual(['there', 2]);
    const sent = session.calls.map(({ headers }) => [headers.get('authorization'), headers.get('cookie')]);
    expect(sent).toEqual([
      ['Basic YTpi', null],
      [null, null],
      [null, 'k=v'],
    ]);
  });

  test('retries, with their pauses on virtual time', async () => {
    const { value, took } = await virtually(async () => {
      await using session = new MockSession({ middlewares: [retryRequests({ attempts: 4 })] });
      session
        .intercept()
        .reply({ error: 'reset' }, { status: 503, headers: { 'retry-after': '7' } }, { body: 'at last' });
      const response = await session.get(origin);
      session.assertAllCalled();
      return await response.text();
    });
    expect(value).toBe('at last');
    expect(took).toBeGreaterThanOrEqual(7000);
  });

  test('middlewares', async () => {
    const sign: ClientMiddleware = async (request, next) => {
      request.headers.set('x-length', String((await request.bytes()).byteLength));
      return await next(request);
    };
    await using session = new MockSession({ middlewares: [sign] });
    session.intercept({ headers: { 'x-length': '5' } });
    const upload = async function* (): AsyncGenerator<string> {
      yield 'ab';
      yield 'cde';
    };
    expect((await session.put(origin, { data: upload() })).status).toBe(200);
  });

  test('decoding, on the thread pool, while virtual time stands still', async () => {
    const text = 'x'.repeat(300_000) + Math.random();
    const { value, took } = await virtually(async () => {
      await using session = new MockSession({ timeout: 1000, maxExpansion: Infinity });
      const packed = gzipSync(text);
      const halves = [packed.subarray(0, 99), 100, packed.subarray(99)];
      session
        .intercept()
        .reply(
          { headers: { 'content-encoding': 'gzip' }, body: packed },
          { headers: { 'content-encoding': 'gzip' }, body: halves },
        );
      const whole = await (await session.get(origin)).text();
      expect(getEventLoop().time()).toBe(0);
      return [whole, await (await session.get(origin)).text()];
    });
    expect(value.map((each) => each === text)).toEqual([true, true]);
    expect(took).toBe(100);
  });

  test('a slow reader of a decoded body does not stop time', async () => {
    const text = Buffer.alloc(3_000_000, 'abcdefghij').toString();
    const { value, took } = await virtually(async () => {
      await using session = new MockSession({ maxExpansion: Infinity });
      session.intercept().reply({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) });
      const response = await session.get(origin);
      await sleep(1000);
      let bytes = 0;
      for await (const chunk of response.body) {
        bytes += chunk.byteLength;
        await sleep(1);
      }
      return bytes;
    });
    expect(value).toBe(3_000_000);
    expect(took).toBeGreaterThan(1000);
  });

  test('bounds of the head and of the body', async () => {
    await using session = new MockSession({ maxHeaderSize: 100, maxHeaders: 3, maxBodySize: 10 });
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`h${at}`, '']));
    session.intercept().reply({ headers: { a: 'x'.repeat(100) } }, { headers: many }, { body: 'x'.repeat(11) });
    expect(await failure(() => session.get(origin))).toMatchObject({ code: 'COTASK_HTTP_MESSAGE' });
    expect(await failure(() => session.get(origin))).toMatchObject({ code: 'COTASK_HTTP_MESSAGE' });
    expect(await failure(async () => (await session.get(origin)).text())).toMatchObject({
      code: 'COTASK_HTTP_BODY_TOO_LARGE',
    });
  });

  test('slots: no more at once than limit', async () => {
    const { took } = await virtually(async () => {
      await using session = new MockSession({ limit: 2 });
      session.intercept().reply({ delay: 10 }).persist();
      await gather(Array.from({ length: 6 }, () => coroutine(async () => await (await session.get(origin)).text())()));
    });
    expect(took).toBe(30);
  });

  test('guards: an address that is not public', async () => {
    await using session = new MockSession({ publicAddressesOnly: true });
    session
      .intercept()
      .reply({ status: 302, headers: { location: 'https://[::ffff:10.0.0.1]/' } })
      .persist();
    expect(await failure(() => session.get(origin))).toMatchObject({ code: 'COTASK_HTTP_NON_PUBLIC_ADDRESS' });
  });

  test('server-sent events come one by one', async () => {
    const { value, took } = await virtually(async () => {
      await using session = new MockSession();
      session.intercept().reply({
        headers: { 'content-type': 'text/event-stream' },
        body: ['data: 1\n\n', 500, 'data: 2\n\n'],
        hang: 'body',
      });
      const seen: [string, number][] = [];
      for await (const event of session.events(origin)) {
        seen.push([event.data, getEventLoop().time()]);
        if (seen.length === 2) break;
      }
      return seen;
    });
    expect(value).toEqual([
      ['1', 0],
      ['2', 500],
    ]);
    expect(took).toBe(500);
  });

  test('fetch', async () => {
    await using session = new MockSession();
    session.intercept({ method: 'POST', json: { a: 1 } }).reply({ json: { b: 2 } });
    const response = await session.fetch(origin, { method: 'POST', body: '{"a":1}' });
    expect(await response.json()).toEqual({ b: 2 });
  });

  test('a stream that is sent takes the loop’s time, and is read whole', async () => {
    const { value, took } = await virtually(async () => {
      await using session = new MockSession({ timeout: 10_000 });
      session.intercept({ body: /^(piece)+$/ }).reply((request) => ({ body: String(request.body.byteLength) }));
      const upload = async function* (): AsyncGenerator<string> {
        for (let at = 0; at < 100; at += 1) {
          if (at % 10 === 0) await sleep(10);
          else await null;
          yield 'piece';
        }
      };
      return await (await session.post(origin, { data: upload() })).text();
    });
    expect(value).toBe('500');
    expect(took).toBe(100);
  });
});

test('a stream that fails fails the request with its error', async () => {
  await using session = new MockSession();
  session.intercept().persist();
  const broken = async function* (): AsyncGenerator<string> {
    yield 'a';
    throw new Error('the disk is gone');
  };
  expect(await failure(() => session.post(origin, { data: broken() }))).toMatchObject({ message: 'the disk is gone' });
});

test('a length that is not the body’s is refused as on a real connection', async () => {
  await using session = new MockSession();
  session.intercept().persist();
  const options = { data: 'four', headers: { 'content-length': '5' } };
  expect(await failure(() => session.post(origin, options))).toMatchObject({ code: 'COTASK_HTTP_OPTION' });
});

test('WebSockets are refused by name', async () => {
  await using session = new MockSession();
  await expect(session.ws('wss://api.test/')).rejects.toThrow('a MockConnector speaks no WebSocket');
});

test('a connector of rules serves several sessions, and its end is theirs', async () => {
  const mock = new MockConnector();
  mock.intercept().reply({ body: 'a' }, { body: 'b' }, { hang: 'head' });
  await using first = new ClientSession({ connector: mock });
  await using second = new ClientSession({ connector: mock });
  const texts = [await (await first.get(origin)).text(), await (await second.get(origin)).text()];
  expect(texts).toEqual(['a', 'b']);
  const main = coroutine(async () => {
    const asking = createTask(first.get(origin));
    await sleep(1);
    await mock.close();
    await expect(asking).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
  });
  await run(main());
  expect(mock.closed).toBe(true);
});

test('an option of real connections is refused', () => {
  const options: object = { localAddress: '127.0.0.1' };
  expect(() => new MockConnector(options)).toThrow('MockConnector knows no option "localAddress"');
  expect(() => new MockSession(options)).toThrow('localAddress');
});

test('what was sent is in the log as it was sent, and which rule took it', async () => {
  await using session = new MockSession({ headers: { 'X-Session': '1' }, proxy: 'http://proxy.test' });
  const rule = session.intercept({ path: '/a b'.replace(' ', '%20') });
  await session.post('http://plain.test/a b?c=d', { data: 'text', auth: { bearer: 'secret' } });
  const [sent]: readonly (SentRequest | undefined)[] = rule.calls;
  expect(sent).toMatchObject({
    method: 'POST',
    url: 'http://plain.test/a%20b?c=d',
    origin: 'http://plain.test',
    text: 'text',
  });
  expect(sent?.query.get('c')).toBe('d');
  expect(sent?.rawHeaders).toEqual(
    expect.arrayContaining([
      ['x-session', '1'],
      ['authorization', 'Bearer secret'],
      ['content-type', 'text/plain;charset=UTF-8'],
    ]),
  );
});

test('each error of the door has a code of its own and a line in the guide, and is no ClientError', () => {
  const classes = Object.values(testing).filter((value) => value.prototype instanceof CotaskError);
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
  const guide = read('../../../../docs/guide/http-testing.md');
  const codes = (read('mock-errors.ts') + read('cassette-file.ts')).match(/(?<=')COTASK_HTTP_[A-Z_]+(?=')/g) ?? [];
  expect(codes).toHaveLength(classes.length);
  expect(new Set(codes).size).toBe(4);
  for (const { name } of classes) expect(guide).toContain(`\`${name}\``);
  for (const code of codes) expect(guide).toContain(`\`${code}\``);
  expect(classes.filter((each) => each.prototype instanceof ClientError)).toEqual([]);
});
