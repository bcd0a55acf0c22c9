/**
 * What `sockRead` cannot see: a server that answers a byte at a time, or promises an answer for ever. `firstByte` bounds
 * the head, `minThroughput` the bodies.
 */
import { coroutine, run } from 'cotask';
import { startHostileOrigin, startServer, type HostileOrigin } from '@cotask/test-servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, type ClientTimeout, type RequestOptions } from './index.ts';

let origin: HostileOrigin;

beforeAll(async () => {
  origin = await startHostileOrigin();
});

afterAll(async () => {
  await origin.waitForConnections(0);
  await origin.close();
});

async function failure(url: string, timeout: ClientTimeout, options: RequestOptions = {}): Promise<unknown> {
  await using session = new ClientSession({ timeout });
  const method = options.data === undefined ? 'GET' : 'POST';
  try {
    await (await session.request(method, url, options)).bytes();
    return 'no error';
  } catch (error) {
    return error;
  }
}

describe('firstByte', () => {
  test.each(['no-answer', 'header-trickle', 'interim-trickle'])('ends %s', async (name) => {
    const url = origin.urlOf(name, { key: 'first-byte' });
    expect(await failure(url, { firstByte: 150 })).toMatchObject({
      name: 'SocketTimeoutError',
      deadline: 'firstByte',
      limit: 150,
      stage: 'head',
      url,
    });
  });

  test('leaves a slow upload and a slow body alone', async () => {
    await using server = await startServer(async (request, response) => {
      for await (const chunk of request) void chunk;
      response.write('x');
      setTimeout(() => response.end('y'), 300);
    });
    await using session = new ClientSession({ timeout: { firstByte: 200 } });
    const slow = async function* (): AsyncGenerator<string> {
      for (let i = 0; i < 3; i++) {
        yield 'x';
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
    };
    expect(await (await session.post(server.url, { data: slow() })).text()).toBe('xy');
  });
});

describe('minThroughput', () => {
  test('ends a body that trickles, and says what was reached', async () => {
    const error = await failure(origin.urlOf('body-trickle'), { minThroughput: 10_000, throughputWindow: 200 });
    expect(error).toMatchObject({
      name: 'SlowTransferError',
      code: 'COTASK_HTTP_TOO_SLOW',
      deadline: 'minThroughput',
      limit: 200,
      stage: 'body',
      wanted: 10_000,
      message: expect.stringMatching(/\d+ bytes in 200 ms are fewer than minThroughput \(10000 a second\)/u),
    });
    expect(error).toHaveProperty('reached', expect.any(Number));
  });

  test('ends an upload that the server does not take', async () => {
    await using server = await startServer((request) => void request.pause());
    const data = Buffer.alloc(64 * 1024 * 1024);
    const pieces = function* (): Generator<Uint8Array> {
      for (let at = 0; at < data.length; at += 65_536) yield data.subarray(at, at + 65_536);
    };
    const timeout = { minThroughput: 1, throughputWindow: 100 };
    expect(await failure(server.url, timeout, { data: pieces() })).toMatchObject({
      deadline: 'minThroughput',
      stage: 'sending',
    });
  });

  test('lets a body pass that is fast enough in every window, and a server think before it answers', async () => {
    await using server = await startServer((_request, response) => {
      setTimeout(() => {
        let left = 10;
        const timer = setInterval(() => {
          response.write('x'.repeat(1000));
          if (--left > 0) return;
          clearInterval(timer);
          response.end();
        }, 20);
      }, 250);
    });
    await using session = new ClientSession({ timeout: { minThroughput: 100, throughputWindow: 100 } });
    expect(await (await session.get(server.url)).bytes()).toHaveLength(10_000);
  });

  test('does not run while the reader holds the body back', async () => {
    await using server = await startServer((_request, response) => void response.end(Buffer.alloc(4_000_000)));
    await using session = new ClientSession({ timeout: { minThroughput: 1000, throughputWindow: 50 } });
    const response = await session.get(server.url);
    let held = false;
    const bytes = await response.consume((_chunk, flow) => {
      if (held) return;
      held = true;
      setTimeout(() => flow.resume(), 200);
      return false;
    });
    expect(bytes).toBe(4_000_000);
  });
});

test('read is another name of sockRead, and both at once are refused', async () => {
  expect(await failure(origin.urlOf('no-answer', { key: 'read' }), { read: 50 })).toMatchObject({
    deadline: 'sockRead',
    limit: 50,
  });
  expect(() => new ClientSession({ timeout: { read: 1, sockRead: 1 } })).toThrow(/read is another name of sockRead/u);
  expect(() => new ClientSession({ timeout: { minThroughput: 0 } })).toThrow(/bytes a second above 0/u);
});

describe('the option signal', () => {
  test('ends the wait for the head with the signal’s reason, the connection too', async () => {
    await using session = new ClientSession();
    const controller = new AbortController();
    const reason = new Error('the user has left');
    setTimeout(() => controller.abort(reason), 30);
    const asked = session.get(origin.urlOf('no-answer', { key: 'signal' }), { signal: controller.signal });
    await expect(asked).rejects.toBe(reason);
    await origin.waitForConnections(0);
  });

  test('ends the body', async () => {
    await using session = new ClientSession();
    const controller = new AbortController();
    const main = coroutine(function* () {
      const url = origin.urlOf('body-stall', { key: 'signal' });
      const response = yield* session.get(url, { signal: controller.signal });
      controller.abort();
      return yield* response.bytes();
    });
    await expect(run(main())).rejects.toHaveProperty('name', 'AbortError');
  });

  test('ends the wait for a slot', async () => {
    await using session = new ClientSession({ limit: 1 });
    await using holder = await session.get(origin.urlOf('body-stall', { key: 'slot' }));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('no longer wanted')), 20);
    const waiting = session.get(origin.url, { signal: controller.signal });
    await expect(waiting).rejects.toThrow('no longer wanted');
    holder.close();
  });

  test('sends nothing when it is aborted already', async () => {
    await using session = new ClientSession();
    const before = origin.requests().length;
    await expect(session.get(origin.url, { signal: AbortSignal.abort('why') })).rejects.toMatchObject({
      code: 'COTASK_ABORTED',
      cause: 'why',
    });
    expect(origin.requests()).toHaveLength(before);
  });

  test('is left alone once the body was read: no listener stays', async () => {
    await using server = await startServer((_request, response) => void response.end('all'));
    await using session = new ClientSession();
    let listeners = 0;
    const { signal } = new AbortController();
    const watched = new Proxy(signal, {
      get(target, key) {
        if (key === 'addEventListener') listeners += 1;
        if (key === 'removeEventListener') listeners -= 1;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    for (let i = 0; i < 3; i++) {
      const response = await session.get(server.url, { signal: watched });
      expect(listeners).toBeLessThanOrEqual(1);
      await response.text();
      expect(listeners).toBe(0);
    }
  });
});
