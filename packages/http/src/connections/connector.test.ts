import { coroutine, createTask, fromPromise, gather, run, sleep } from 'cotask';
import { startServer } from '@cotask/test-servers';
import type { LookupFunction } from 'node:net';
import { describe, expect, test } from 'vitest';
import { LookupCache } from './cached-lookup.ts';
import { ClientSession, Connector, InvalidOptionError, type ClientSessionOptions } from '../index.ts';

describe('a connector of several sessions', () => {
  test('shares its connections and bounds, and outlives the sessions', async () => {
    await using server = await startServer((_request, response) => void setTimeout(() => response.end('x'), 5));
    await using connector = new Connector({ limit: 2 });
    for (let round = 0; round < 3; round += 1) {
      await using first = new ClientSession({ connector });
      await using second = new ClientSession({ connector, baseUrl: `${server.url}/` });
      const ask = coroutine(async (at: number) => (await (at % 2 ? first : second).get(`${server.url}/${at}`)).text());
      await run(coroutine(async () => await gather(Array.from({ length: 10 }, (_, at) => ask(at))))());
    }
    expect(server.peakConcurrentRequests).toBe(2);
    expect(server.totalConnections).toBe(2);
    expect(server.connections).toBe(2);
    await connector.close();
    expect(connector.closed).toBe(true);
    await server.waitForConnections(0);
  });

  test('a session that closes ends its own requests only, queued, waiting and in the body', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/body') response.write('a piece');
    });
    await using connector = new Connector({ limit: 3 });
    const closing = new ClientSession({ connector });
    await using staying = new ClientSession({ connector });
    const main = coroutine(async () => {
      const stays = createTask(staying.get(`${server.url}/stays`));
      await server.waitForRequests(1);
      const response = await closing.get(`${server.url}/body`);
      const waits = createTask(closing.get(`${server.url}/waits`));
      await server.waitForRequests(3);
      const queued = createTask(closing.get(`${server.url}/queued`));
      await sleep(5);
      await closing.close();
      const closed = { code: 'COTASK_HTTP_SESSION_CLOSED' };
      await expect(waits).rejects.toMatchObject(closed);
      await expect(queued).rejects.toMatchObject(closed);
      await expect(response.text()).rejects.toMatchObject(closed);
      await expect(closing.get(server.url)).rejects.toMatchObject(closed);
      await server.waitForConnections(1);
      expect(stays.done()).toBe(false);
      await (await staying.get(`${server.url}/body`)).readChunk();
      stays.cancel();
    });
    await run(main());
    expect(server.requests).toBe(4);
  });

  test('a connector that closes ends the requests of all', async () => {
    await using server = await startServer(() => undefined);
    const connector = new Connector();
    await using session = new ClientSession({ connector });
    const main = coroutine(async () => {
      const task = createTask(session.get(server.url));
      await server.waitForRequests(1);
      await connector.close();
      await expect(task).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
      await expect(session.get(server.url)).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
    });
    await run(main());
    expect(session.closed).toBe(false);
  });

  test.each<ClientSessionOptions>([
    { limit: 5 },
    { limitPerHost: 1 },
    { tls: {} },
    { dnsCacheTtl: 0 },
    { keepAlive: true },
  ])('is refused together with %o', (options) => {
    const connector = new Connector();
    expect(() => new ClientSession({ connector, ...options })).toThrow(InvalidOptionError);
    expect(() => new ClientSession({ connector, ...options })).toThrow('both connector and');
  });

  test('nothing is left of many requests on it', async () => {
    await using server = await startServer((_request, response) => void response.end('x'));
    await using connector = new Connector({ limit: 4 });
    await using session = new ClientSession({ connector, timeout: null });
    for (let at = 0; at < 50; at += 1) await (await session.get(server.url)).text();
    expect(server.totalConnections).toBe(1);
  });
});

test.each([
  [{ limits: 1 }, 'Connector knows no option "limits"; is limit meant?'],
  [{ family: 5 }, 'family must be 4 or 6'],
  [{ dnsCacheTtl: -1 }, 'dnsCacheTtl must be'],
  [{ autoSelectFamilyAttemptTimeout: 5 }, 'autoSelectFamilyAttemptTimeout must be'],
  [{ keepAlive: 1 }, 'keepAlive must be true or false'],
  [{ tls: { caa: '' } }, 'tls knows no option "caa"'],
  [{ publicAddressesOnly: true, socketPath: '/x' }, 'exclude each other'],
])('refuses %o', (given, words) => {
  const options = Object.assign<object, object>(given, {});
  expect(() => new Connector(options)).toThrow(words);
  expect(() => new ClientSession(options)).toThrow(words.replace('Connector', 'ClientSession').replace(/;.*/u, ''));
});

describe('who closes a connector', () => {
  test('connectorOwner makes it the session', async () => {
    await using server = await startServer((_request, response) => void response.end('x'));
    const connector = new Connector();
    const session = new ClientSession({ connector, connectorOwner: true });
    await (await session.get(server.url)).text();
    expect(session.connector).toBe(connector);
    await session.close();
    expect(connector.closed).toBe(true);
    await server.waitForConnections(0);
    expect(() => new ClientSession({ connectorOwner: true })).toThrow('given without a connector');
  });

  test('detach() closes the session alone, and what is under way goes on, redirects too', async () => {
    await using server = await startServer((request, response) => {
      if (request.url === '/end') response.end('the end');
      else setTimeout(() => response.writeHead(302, { location: '/end' }).end(), 30);
    });
    const session = new ClientSession();
    const main = coroutine(async () => {
      const task = createTask(session.get(server.url));
      await fromPromise(server.waitForRequests(1));
      await using connector = session.detach();
      expect(session.closed).toBe(true);
      await expect(session.get(server.url)).rejects.toMatchObject({ code: 'COTASK_HTTP_SESSION_CLOSED' });
      expect(() => session.detach()).toThrow(expect.objectContaining({ code: 'COTASK_HTTP_SESSION_CLOSED' }));
      await session.close();
      expect(connector.closed).toBe(false);
      expect(await (await task).text()).toBe('the end');
      await using other = new ClientSession({ connector });
      expect(await (await other.get(`${server.url}/end`)).text()).toBe('the end');
      expect(server.totalConnections).toBe(1);
    });
    await run(main());
    await server.waitForConnections(0);
  });

  test('a session shows its jar and what it was given', async () => {
    const given = { headers: { a: 'b' }, limit: 3 };
    await using session = new ClientSession(given);
    expect(session.defaults).toEqual(given);
    expect(Object.isFrozen(session.defaults)).toBe(true);
    expect(session.cookieJar?.size).toBe(0);
    await using bare = new ClientSession({ cookieJar: null });
    expect(bare.cookieJar).toBe(null);
  });
});

test('keepAlive: false ends each connection after its response', async () => {
  const seen: (string | undefined)[] = [];
  await using server = await startServer((request, response) => {
    seen.push(request.headers.connection);
    response.end('x');
  });
  await using session = new ClientSession({ keepAlive: false });
  for (let at = 0; at < 3; at += 1) await (await session.get(server.url)).text();
  expect(seen).toEqual(['close', 'close', 'close']);
  expect(server.totalConnections).toBe(3);
  await server.waitForConnections(0);
});

test('family asks for addresses of that family', async () => {
  await using server = await startServer((_request, response) => void response.end('x'));
  const asked: unknown[] = [];
  const lookup: LookupFunction = (_name, options, callback) => {
    asked.push(options.family);
    callback(null, options.all === true ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4);
  };
  await using session = new ClientSession({ lookup, family: 4, autoSelectFamilyAttemptTimeout: 20 });
  await (await session.get(server.url.replace('127.0.0.1', 'a.test'))).text();
  expect(asked).toEqual([4]);
});

test.each(['::1', '127.0.0.3'])('a dead address of a name, %s, does not stop the others', async (dead) => {
  await using server = await startServer((_request, response) => void response.end('alive'));
  const lookup: LookupFunction = (_name, _options, callback) => {
    const alive = { address: '127.0.0.1', family: 4 };
    callback(null, [{ address: dead, family: dead.includes(':') ? 6 : 4 }, alive]);
  };
  await using session = new ClientSession({ lookup });
  expect(await (await session.get(`http://two.test:${server.port}/`)).text()).toBe('alive');
});

describe('the cache of look-ups', () => {
  /** A look-up that counts, and answers when told. */
  function counting(): { lookup: LookupFunction; asked: string[]; answer: (error?: Error) => void } {
    const asked: string[] = [];
    let open: (() => void)[] = [];
    let failure: NodeJS.ErrnoException | null = null;
    return {
      asked,
      lookup(name, options, callback) {
        asked.push(name);
        open.push(() => callback(failure, options.all === true ? [{ address: '10.0.0.1', family: 4 }] : '10.0.0.1', 4));
      },
      answer(error) {
        failure = error ?? null;
        for (const one of open) one();
        open = [];
      },
    };
  }
  const ask = (lookup: LookupFunction, name: string, options = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lookup(name, options, (error, address) => (error === null ? resolve(address) : reject(error)));
    });

  test('asks once for a name while it is asked, and keeps the answer', async () => {
    const { lookup, asked, answer } = counting();
    const cached = new LookupCache(lookup, 60_000, 1000).lookup;
    const all = [ask(cached, 'a'), ask(cached, 'a'), ask(cached, 'b'), ask(cached, 'a', { all: true })];
    expect(asked).toEqual(['a', 'b', 'a']);
    answer();
    expect(await Promise.all(all)).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.1', [{ address: '10.0.0.1', family: 4 }]]);
    expect(await ask(cached, 'a')).toBe('10.0.0.1');
    expect(asked).toHaveLength(3);
  });

  test('an answer ends, and a list that was given away may be changed', async () => {
    const { lookup, asked, answer } = counting();
    const cached = new LookupCache(lookup, 20, 1000).lookup;
    const first = ask(cached, 'a', { all: true });
    answer();
    const list = await first;
    if (Array.isArray(list)) list.length = 0;
    expect(await ask(cached, 'a', { all: true })).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const later = ask(cached, 'a', { all: true });
    answer();
    await later;
    expect(asked).toHaveLength(2);
  });

  test('a failure goes to all who wait, and is not kept', async () => {
    const { lookup, asked, answer } = counting();
    const cached = new LookupCache(lookup, 60_000, 1000).lookup;
    const both = Promise.allSettled([ask(cached, 'a'), ask(cached, 'a')]);
    answer(new Error('no such name'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = ask(cached, 'a');
    answer();
    expect(await again).toBe('10.0.0.1');
    expect(asked).toHaveLength(2);
  });

  test('forgets a name, or all, when it is told to', async () => {
    const asked: string[] = [];
    const lookup: LookupFunction = (name, options, callback) => {
      asked.push(name);
      callback(null, options.all === true ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4);
    };
    await using server = await startServer((_request, response) => void response.end('x'));
    await using session = new ClientSession({ lookup, dnsCacheTtl: 60_000, maxDnsEntries: 2, keepAlive: false });
    const ask = async (host: string): Promise<string> =>
      await (await session.get(`http://${host}.test:${server.port}/`)).text();
    for (const host of ['a', 'b', 'a']) await ask(host);
    expect(asked).toEqual(['a.test', 'b.test']);
    session.connector.clearDnsCache('a.test');
    for (const host of ['a', 'b']) await ask(host);
    expect(asked).toEqual(['a.test', 'b.test', 'a.test']);
    session.connector.clearDnsCache();
    for (const host of ['a', 'b', 'c', 'b', 'a']) await ask(host);
    expect(asked.slice(3)).toEqual(['a.test', 'b.test', 'c.test', 'a.test']);
  });

  test('keeps a thousand names', async () => {
    const { lookup, asked, answer } = counting();
    const cached = new LookupCache(lookup, 60_000, 1000).lookup;
    for (let at = 0; at < 1001; at += 1) void ask(cached, `n${at}`);
    answer();
    await ask(cached, 'n1');
    expect(asked).toHaveLength(1001);
    void ask(cached, 'n0');
    expect(asked).toHaveLength(1002);
    answer();
  });
});
