/** Real exchanges: recorded from a server on this machine, replayed when it is gone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { coroutine, createTask, gather, run, sleep, timeout, type Awaitable } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { startServer, type Handler } from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gears, inGear, on, type EitherBody } from '../../../cotask/src/testing/both-gears.ts';
import { ClientSession, MultipartForm, retryRequests, type ClientSessionOptions } from '../index.ts';
import { Cassette, CassetteError, NotCalledError, type CassetteOptions } from './index.ts';

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassettes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const newFile = (): string => join(folder, `${(files += 1)}.json`);

async function failure(begin: () => Awaitable<unknown> | PromiseLike<unknown>): Promise<unknown> {
  try {
    await begin();
    return 'no error';
  } catch (error) {
    return error;
  }
}

let busy = 0;

/** A server of many ways, some of them by turns. */
const handler: Handler = async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const { pathname } = new URL(request.url ?? '/', 'http://host');
  if (pathname === '/redirect') {
    response
      .writeHead(302, { location: '/landed?token=tok-123456', 'set-cookie': 'sid=cookie-value-1; Path=/' })
      .end('over there');
  } else if (pathname === '/gzip') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(JSON.stringify({ list: [1, 2.5, 'three'], nothing: null })));
  } else if (pathname === '/bytes') response.end(Buffer.from([0, 1, 2, 255, 254]));
  else if (pathname === '/busy') {
    busy += 1;
    response.writeHead(busy % 3 === 0 ? 200 : 503).end(`try ${busy}`);
  } else if (pathname === '/break') {
    response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
  } else if (pathname === '/silent') response.writeHead(200).write('a piece');
  else if (pathname === '/never') return;
  else if (pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('id: 1\ndata: one\n\n');
    response.write('data: two\n\n');
  } else if (pathname === '/text') response.writeHead(200, { 'content-type': 'text/plain' }).end('line 1\nline 2\n');
  else {
    response.setHeader('content-type', 'application/json');
    const { headers, method, url } = request;
    response.end(JSON.stringify({ method, url, crumbs: headers.cookie ?? null, body: sent.toString('latin1') }));
  }
};

/** Records what `use` does with a session, closes the server, replays it, and gives both results. */
async function twice<T>(
  use: (session: ClientSession, url: string) => Promise<T>,
  options: { cassette?: CassetteOptions; session?: ClientSessionOptions } = {},
): Promise<{ recorded: T; replayed: T; text: string; file: string; url: string }> {
  const file = newFile();
  const once = async (mode: 'record' | 'replay', url: string): Promise<T> => {
    await using cassette = new Cassette(file, { ...options.cassette, mode });
    await using session = new ClientSession({ ...options.session, connector: cassette });
    const value = await use(session, url);
    cassette.assertAllReplayed();
    return value;
  };
  const server = await startServer(handler);
  const recorded = await once('record', server.url);
  await server.close();
  const replayed = await once('replay', server.url);
  return { recorded, replayed, text: readFileSync(file, 'utf8'), file, url: server.url };
}

describe('recorded, then replayed with the server closed', () => {
  test('the same status, header fields and bytes', async () => {
    const { recorded, replayed } = await twice(async (session, url) => {
      const response = await session.get(`${url}/bytes`);
      return [response.status, response.reason, response.rawHeaders, [...(await response.bytes())]];
    });
    expect(replayed).toEqual(recorded);
  });

  test('redirects and cookies, each hop an exchange; secrets are not in the file', async () => {
    const { recorded, replayed, text, url } = await twice(async (session, url) => {
      const response = await session.get(`${url}/redirect`, { headers: { 'x-api-key': 'key-987654' } });
      return {
        history: response.history.map(({ status }) => status),
        path: new URL(response.url).pathname,
        body: await response.json(),
      };
    });
    expect(recorded).toEqual({
      history: [302],
      path: '/landed',
      body: { method: 'GET', url: '/landed?token=tok-123456', crumbs: 'sid=cookie-value-1', body: '' },
    });
    expect(replayed).toEqual({
      history: [302],
      path: '/landed',
      body: { method: 'GET', url: '/landed?token=REDACTED', crumbs: 'sid=REDACTED', body: '' },
    });
    expect(text).not.toMatch(/tok-123456|cookie-value-1|key-987654/);
    expect(text).toContain(`"url": "${url}/landed?token=REDACTED"`);
    expect(text).toContain('"set-cookie: sid=REDACTED; Path=/"');
    expect(text).toContain('"x-api-key: REDACTED"');
  });

  test('gzip, which stands in the file as the JSON it is', async () => {
    const { recorded, replayed, text } = await twice(async (session, url) => {
      const response = await session.get(`${url}/gzip`);
      return [response.headers.get('content-encoding'), await response.text()];
    });
    expect(replayed).toEqual(recorded);
    expect(JSON.parse(text).exchanges[0].response.body).toEqual({
      json: { list: [1, 2.5, 'three'], nothing: null },
      layout: 'compact',
    });
  });

  test('tries, in the order in which they were made', async () => {
    const { recorded, replayed, text } = await twice(
      async (session, url) => await (await session.get(`${url}/busy`)).text(),
      { session: { middlewares: [retryRequests({ backoff: () => 1 })] } },
    );
    expect(replayed).toBe(recorded);
    expect(JSON.parse(text).exchanges).toHaveLength(3);
  });

  test('bodies of every kind are compared', async () => {
    const { recorded, replayed } = await twice(async (session, url) => {
      const stream = async function* (): AsyncGenerator<string> {
        yield 'a';
        yield 'b';
      };
      const form = new MultipartForm();
      form.append('name', 'Ada');
      form.append('password', 'pass-112233');
      const statuses = [
        await session.post(url, { json: { a: 1 } }),
        await session.post(url, { form: { a: 1, client_secret: 'form-secret' } }),
        await session.post(url, { data: Buffer.from([0, 255]) }),
        await session.post(url, { data: stream() }),
        await session.post(url, { data: form }),
        await session.post(url, { data: 'x'.repeat(2000), compress: 'gzip' }),
      ];
      return statuses.map(({ status }) => status);
    });
    expect(replayed).toEqual(recorded);
  });

  test('failures: a body that breaks off, a name that does not exist, nobody there', async () => {
    const gone = await startServer(() => undefined);
    await gone.close();
    const { recorded, replayed, text } = await twice(async (session, url) => {
      const errors = [
        await failure(async () => (await session.get(`${url}/break`)).text()),
        await failure(() => session.get('http://no-such-name.invalid/')),
        await failure(() => session.get(gone.url)),
      ];
      return errors.map((error) => [
        Reflect.get(Object(error), 'code'),
        String(error),
        Reflect.get(Object(error), 'bytes'),
      ]);
    });
    expect(recorded.map(([code]) => code)).toEqual(['COTASK_HTTP_PAYLOAD', 'COTASK_HTTP_DNS', 'COTASK_HTTP_CONNECT']);
    expect(replayed).toEqual(recorded);
    // A request that was never sent is compared all the same.
    const gets = JSON.parse(text).exchanges.map(({ request }: { request: { body: unknown } }) => request.body);
    expect(gets).toEqual([null, null, null]);
  });

  test('what the client gave up is given up again: by a deadline, by a reader', async () => {
    const { recorded, replayed, text } = await twice(async (session, url) => {
      const late = await failure(() => session.get(`${url}/never`, { timeout: 300 }));
      const response = await session.get(`${url}/silent`, { timeout: { sockRead: 300 } });
      const stalled = await failure(() => response.text());
      const reading = await session.get(`${url}/silent`);
      const piece = Buffer.from((await reading.readChunk()) ?? []).toString();
      reading.close();
      return [String(late), String(stalled), piece];
    });
    expect(recorded[2]).toBe('a piece');
    expect(replayed).toEqual(recorded);
    expect(JSON.parse(text).exchanges.map(({ end }: { end: unknown }) => end)).toEqual([
      { cut: 'head' },
      { cut: 'body' },
      { cut: 'body' },
    ]);
  });

  test('server-sent events, one by one', async () => {
    const { recorded, replayed } = await twice(async (session, url) => {
      const seen: string[] = [];
      for await (const event of session.events(`${url}/events`)) {
        seen.push(`${event.lastEventId} ${event.data}`);
        if (seen.length === 2) break;
      }
      return seen;
    });
    expect(recorded).toEqual(['1 one', '1 two']);
    expect(replayed).toEqual(recorded);
  });

  test('texts stand in the file by lines', async () => {
    const { recorded, replayed, text } = await twice(
      async (session, url) => await (await session.get(`${url}/text`)).text(),
    );
    expect(replayed).toBe(recorded);
    expect(JSON.parse(text).exchanges[0].response.body).toEqual({ text: ['line 1\n', 'line 2\n'] });
  });

  test('requests side by side', async () => {
    const { recorded, replayed } = await twice(async (session, url) => {
      const ask = coroutine(async (at: number) => await (await session.get(`${url}/${at}`)).text());
      return await run(coroutine(async () => await gather(Array.from({ length: 20 }, (_, at) => ask(at))))());
    });
    expect(replayed).toEqual(recorded);
  });
});

test('credentials of every kind are out of the file, and a replay with others fits', async () => {
  const file = newFile();
  const server = await startServer(handler);
  const once = async (mode: 'record' | 'replay', secret: string): Promise<number> => {
    await using cassette = new Cassette(file, { mode });
    await using session = new ClientSession({ connector: cassette, auth: { username: 'ada', password: secret } });
    const url = `${server.url}/?api_key=${secret}&page=1`;
    const response = await session.post(url, {
      json: { user: 'ada', nested: { accessToken: secret, pins: [secret] } },
    });
    return response.status;
  };
  await once('record', 'the-real-one');
  await server.close();
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('the-real-one');
  expect(text).not.toContain(Buffer.from('ada:the-real-one').toString('base64'));
  expect(text).toContain('"authorization: Basic REDACTED"');
  // The list `pins` is no place of secrets: what stands there was learned elsewhere.
  expect(await once('replay', 'another-one')).toBe(200);
});

test('more names, and a function of one’s own, take more out', async () => {
  const { text, replayed } = await twice(
    async (session, url) =>
      (await session.post(`${url}/people/ada?shoe-size=39`, { json: { shoeSize: 'thirty-nine' } })).status,
    {
      cassette: {
        secretNames: ['shoe_size'],
        redact: (text, place) => (place === 'url' ? text.replace('/ada', '/REDACTED') : text),
      },
    },
  );
  expect(text).toContain('/people/REDACTED?shoe-size=REDACTED"');
  expect(text).toContain('"shoeSize": "REDACTED"');
  expect(text).not.toContain('thirty-nine');
  expect(replayed).toBe(200);
});

describe('a replay is strict', () => {
  let file: string;
  let url: string;

  beforeAll(async () => {
    const recorded = await twice(async (session, url) => {
      await session.post(`${url}/a`, { json: { name: 'Ada', age: 36 } });
      await session.get(`${url}/b`);
    });
    ({ file, url } = recorded);
  });

  const differences = async (use: (session: ClientSession) => Awaitable<unknown>): Promise<unknown> => {
    await using session = new ClientSession({ connector: new Cassette(file) });
    const error = await failure(() => use(session));
    expect(error).toMatchObject({ name: 'UnmatchedRequestError', code: 'COTASK_HTTP_UNMATCHED' });
    return Reflect.get(Object(error), 'differences');
  };

  test('and says what differs', async () => {
    expect(await differences((session) => session.put(`${url}/a`, { json: { name: 'Ada', age: 36 } }))).toEqual([
      'the method is PUT, not POST',
    ]);
    expect(await differences((session) => session.post(`${url}/a`, { json: { name: 'Ada', age: 37 } }))).toEqual([
      'the body differs from character 22 on: it is …"name":"Ada","age":37}, not …"name":"Ada","age":36}',
    ]);
    expect(await differences((session) => session.get(`${url}/b?x=1`))).toEqual([
      `the URL is ${url}/b?x=1, not ${url}/b`,
    ]);
    expect(await differences((session) => session.get(`${url}/b`, { data: 'a body' }))).toEqual([
      'its body is a body, and it was recorded without one',
    ]);
  });

  test('and replays each exchange once; the rest is named', async () => {
    await using cassette = new Cassette(file);
    await using session = new ClientSession({ connector: cassette });
    await session.get(`${url}/b`);
    expect(cassette.unused).toEqual([`exchange 1 (POST ${url}/a)`]);
    expect(() => cassette.assertAllReplayed()).toThrow(NotCalledError);
    expect(() => cassette.assertAllReplayed()).toThrow(`exchange 1 (POST ${url}/a) was not replayed`);
    expect(String(await failure(() => session.get(`${url}/b`)))).toContain('it was replayed already');
  });
});

describe('recordMissing', () => {
  test('replays what is there and records the rest, streams included', async () => {
    const file = newFile();
    await using server = await startServer(handler);
    const ask = async (paths: string[]): Promise<void> => {
      await using cassette = new Cassette(file, { mode: 'recordMissing' });
      await using session = new ClientSession({ connector: cassette });
      for (const path of paths) {
        await (await session.get(server.url + path)).text();
        await (await session.post(server.url + path, { data: [path, '!'] })).text();
      }
    };
    await ask(['/a']);
    await ask(['/a', '/b']);
    await ask(['/a', '/b']);
    expect(server.requests).toBe(4);
    const { exchanges } = JSON.parse(readFileSync(file, 'utf8'));
    expect(exchanges.map(({ request }: { request: { url: string } }) => request.url.slice(server.url.length))).toEqual([
      '/a',
      '/a',
      '/b',
      '/b',
    ]);
  });

  test('a secret that a later recording shows is removed from what was there', async () => {
    const file = newFile();
    await using server = await startServer(handler);
    const ask = async (path: string, headers: Record<string, string>): Promise<void> => {
      await using cassette = new Cassette(file, { mode: 'recordMissing' });
      await using session = new ClientSession({ connector: cassette });
      await (await session.get(server.url + path, { headers })).text();
    };
    await ask('/of/hidden-99', {});
    expect(readFileSync(file, 'utf8')).toContain('hidden-99');
    await ask('/second', { 'x-auth-token': 'hidden-99' });
    expect(readFileSync(file, 'utf8')).not.toContain('hidden-99');
    await ask('/of/hidden-99', {});
    expect(server.requests).toBe(2);
  });
});

describe.each(gears)('a cancel in the middle of recording, in the %s gear', (gear) => {
  test('leaves a valid file with what there was', async () => {
    const file = newFile();
    await using server = await startServer(handler);
    const use = inGear(gear, function* (session: ClientSession): EitherBody<void> {
      const first = yield* on(session.get(`${server.url}/a`));
      yield* on(first.text());
      const stuck = yield* on(session.get(`${server.url}/silent`));
      yield* on(stuck.text());
    });
    const cassette = new Cassette(file, { mode: 'record' });
    const session = new ClientSession({ connector: cassette });
    const main = coroutine(async () => {
      const task = createTask(coroutine<void, [ClientSession], void>(use)(session));
      while (server.requests < 2) await sleep(1);
      await sleep(5);
      task.cancel();
      await failure(() => task);
      await session.close();
      await cassette.close();
    });
    await run(main());
    const { exchanges } = JSON.parse(readFileSync(file, 'utf8'));
    expect(exchanges.map(({ end }: { end: unknown }) => end)).toEqual([
      'whole',
      expect.objectContaining({ cut: expect.any(String) }),
    ]);
    new Cassette(file);
    await server.waitForConnections(0);
  });

  test('one that comes while the file is written leaves it whole', async () => {
    const file = newFile();
    await using server = await startServer(handler);
    const close = inGear(gear, function* (cassette: Cassette): EitherBody<void> {
      yield* on(cassette.close());
    });
    const main = coroutine(async () => {
      const cassette = new Cassette(file, { mode: 'record' });
      const session = new ClientSession({ connector: cassette });
      await (await session.get(server.url)).text();
      const task = createTask(coroutine<void, [Cassette], void>(close)(cassette));
      await sleep(0);
      task.cancel();
      await failure(() => task);
      await sleep(20);
    });
    await run(main());
    expect(JSON.parse(readFileSync(file, 'utf8')).exchanges).toHaveLength(1);
  });
});

test('a replay runs on virtual time, and at the recorded pace if that is asked for', async () => {
  const slow: Handler = (_request, response) => void setTimeout(() => response.end('slow'), 60);
  const file = newFile();
  const server = await startServer(slow);
  const ask = async (options: CassetteOptions): Promise<string> => {
    await using session = new ClientSession({ connector: new Cassette(file, options) });
    return await (await session.get(server.url)).text();
  };
  await using cassette = new Cassette(file, { mode: 'record' });
  await using session = new ClientSession({ connector: cassette });
  await (await session.get(server.url)).text();
  await cassette.close();
  await server.close();
  const took = async (options: CassetteOptions): Promise<number> => {
    const host = new VirtualHost();
    expect(await run(coroutine(async () => await ask(options))(), { host })).toBe('slow');
    return host.now();
  };
  expect(await took({})).toBe(0);
  expect(await took({ timed: true })).toBeGreaterThan(50);
});

test('a body beyond maxBodySize is left out, and its replay says so', async () => {
  const file = newFile();
  await using server = await startServer((_request, response) => void response.end('x'.repeat(101)));
  const ask = async (mode: 'record' | 'replay'): Promise<string> => {
    await using cassette = new Cassette(file, { mode, maxBodySize: 100 });
    await using session = new ClientSession({ connector: cassette });
    return await (await session.get(server.url)).text();
  };
  expect(await ask('record')).toHaveLength(101);
  expect(String(await failure(() => ask('replay')))).toContain('101 bytes, more than maxBodySize (100)');
});

describe('a file', () => {
  const good = (): string => {
    const exchange = {
      request: { method: 'GET', url: 'http://a.test/', headers: [], body: null },
      response: { status: 200, reason: 'OK', headers: ['a: b'], body: { text: ['x'] } },
      end: 'whole',
      timings: { dns: null, connect: null, tls: null, firstByte: 1, body: 0 },
    };
    return JSON.stringify({ format: 'cotask-http-cassette', version: 1, exchanges: [exchange, exchange] }, null, 2);
  };

  test.each<[string, (text: string) => string, RegExp]>([
    ['no JSON', (text) => text.replace('"version": 1,', '"version" 1,'), /json:3: it is no JSON: /],
    ['cut short', (text) => text.slice(0, 200), /json:\d+: it is no JSON: /],
    ['empty', () => '', /json:1: it is no JSON: /],
    ['another JSON', () => '{"a":1}', /json:1: it is no cassette: "format" is not "cotask-http-cassette"/],
    ['newer', (text) => text.replace('"version": 1', '"version": 2'), /json:3: it has version 2, written by a newer/],
    ['without a version', (text) => text.replace('"version": 1', '"v": 1'), /it has version none/],
    ['without exchanges', (text) => text.replace('"exchanges"', '"exchangs"'), /"exchanges" must be a list/],
    [
      'with a bad exchange',
      (text) => text.slice(0, 400) + text.slice(400).replace('"status": 200', '"status": "200"'),
      /json:33: exchange 2: response\.status is missing or not what it must be/,
    ],
    ['with a bad URL', (text) => text.replace('http://a.test/', 'a.test'), /json:5: exchange 1: request\.url/],
    ['with a bad body', (text) => text.replace('"text"', '"txt"'), /json:5: exchange 1: response\.body/],
    ['with a bad end', (text) => text.replace('"whole"', '"half"'), /json:5: exchange 1: end is missing/],
  ])('that is %s is refused, the line named', (_, spoil, words) => {
    const file = newFile();
    writeFileSync(file, good());
    new Cassette(file);
    writeFileSync(file, spoil(good()));
    expect(() => new Cassette(file)).toThrow(CassetteError);
    expect(() => new Cassette(file)).toThrow(words);
  });

  test('that is missing is refused by a replay, and made by a recording that recorded something', async () => {
    const file = join(folder, 'a', 'b', 'new.json');
    expect(() => new Cassette(file)).toThrow("there is no such file; mode: 'record' makes it");
    await new Cassette(file, { mode: 'record' }).close();
    expect(() => new Cassette(file)).toThrow(CassetteError);
    await using server = await startServer(handler);
    const cassette = new Cassette(file, { mode: 'record' });
    await using session = new ClientSession({ connector: cassette });
    await (await session.get(server.url)).text();
    await cassette.close();
    await cassette.close();
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['new.json']);
  });

  test('is recorded by one cassette at a time', async () => {
    const file = newFile();
    const first = new Cassette(file, { mode: 'record' });
    expect(() => new Cassette(file, { mode: 'recordMissing' })).toThrow('it is being recorded already');
    await first.close();
    await new Cassette(file, { mode: 'record' }).close();
  });

  test('that cannot be written is told of by close(), and nothing is left beside it', async () => {
    const file = newFile();
    await using server = await startServer(handler);
    const cassette = new Cassette(join(file, 'below-a-file.json'), { mode: 'record' });
    writeFileSync(file, '');
    await using session = new ClientSession({ connector: cassette });
    await (await session.get(server.url)).text();
    await expect(cassette.close()).rejects.toMatchObject({ code: 'COTASK_HTTP_CASSETTE' });
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});

test('WebSockets and options that do not exist are refused', async () => {
  await using cassette = new Cassette(newFile(), { mode: 'record' });
  await using session = new ClientSession({ connector: cassette });
  await expect(session.ws('ws://127.0.0.1:8080/')).rejects.toThrow('a Cassette records no WebSocket');
  const options: object = { mod: 'record' };
  expect(() => new Cassette(newFile(), options)).toThrow('is mode meant?');
  const mode: object = { mode: 'once' };
  expect(() => new Cassette(newFile(), mode)).toThrow("mode must be 'record', 'replay' or 'recordMissing'");
});

test('a timeout scope around a replay ends it', async () => {
  const { file, url } = await twice(async (session, url) => {
    await failure(() => session.get(`${url}/never`, { timeout: 20 }));
  });
  await using session = new ClientSession({ connector: new Cassette(file), timeout: null });
  const main = coroutine(() => timeout(30, async () => await session.get(`${url}/never`)));
  await expect(run(main(), { host: new VirtualHost() })).rejects.toMatchObject({ code: 'COTASK_TIMEOUT' });
});
