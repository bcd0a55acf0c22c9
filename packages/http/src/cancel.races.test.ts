/**
 * Cast: a task that waits for something of a request; a server that keeps it waiting there; `task.cancel()`.
 * Plot: the cancel comes while the task waits for its slot, for the name, for TLS, for the head, for a redirect's body, or
 * for the body in each of the ways in which it can be read; or, in the last acts, at a random moment. What must hold: the
 * task ends with CancelledError, its socket is closed at once, its slot serves the next request, no timer is left.
 */
import {
  coroutine,
  createTask,
  gather,
  getEventLoop,
  run,
  sleep,
  type Awaitable,
  type Coroutine,
  type Task,
} from 'cotask';
import { describeWaits } from 'cotask/lowlevel';
import { VirtualHost } from 'cotask/testing';
import { startServer, type TestServer } from '@cotask/test-servers';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSession, type ClientResponse, type ClientSessionOptions } from './index.ts';

let server: TestServer;
let silent: Server;
let silentPort = 0;
let silentSockets = 0;

beforeAll(async () => {
  server = await startServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/quick')) response.end('quick');
    else if (path.startsWith('/body')) response.writeHead(200).write('the first piece');
    else if (path.startsWith('/redirect'))
      response.writeHead(302, { location: '/quick' }).write('a body that never ends');
    else if (path.startsWith('/large')) response.end(Buffer.alloc(300_000));
  });
  silent = createServer((socket) => {
    silentSockets += 1;
    socket.resume().on('close', () => void (silentSockets -= 1));
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  silentPort = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(async () => {
  await server.close();
  await new Promise((resolve) => silent.close(resolve));
});

/** What a task does, in each gear: gets a response, and reads it in one way. */
type Read = 'nothing' | 'bytes' | 'text' | 'readChunk' | 'body' | 'consume';

const work = {
  async: coroutine(async (session: ClientSession, url: string, read: Read) => {
    const response = await session.get(url);
    if (read === 'bytes') await response.bytes();
    if (read === 'text') await response.text();
    if (read === 'readChunk') while ((await response.readChunk()) !== null);
    if (read === 'body') for await (const chunk of response.body) void chunk;
    if (read === 'consume') await response.consume(() => undefined);
    return response;
  }),
  generator: coroutine(function* (session: ClientSession, url: string, read: Read) {
    const response = yield* session.get(url);
    if (read === 'bytes') yield* response.bytes();
    if (read === 'text') yield* response.text();
    if (read === 'readChunk' || read === 'body') while ((yield* response.readChunk()) !== null);
    if (read === 'consume') yield* response.consume(() => undefined);
    return response;
  }),
};
type Gear = keyof typeof work;

const timed = {
  async: coroutine(
    async (session: ClientSession, url: string) => await session.get(url, { timeout: { connect: 1000 } }),
  ),
  generator: coroutine(function* (session: ClientSession, url: string) {
    return yield* session.get(url, { timeout: { connect: 1000 } });
  }),
};

/** Lets the loop and the sockets go on until the task waits for what its label says. */
async function untilItWaitsFor(task: Task<unknown>, label: string): Promise<void> {
  while (!describeWaits(task).startsWith(label)) {
    if (task.done())
      throw new Error(`the task has ended: ${String(task.cancelled() ? 'cancelled' : task.exception())}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const noAddress: ClientSessionOptions['lookup'] = () => undefined;

interface Scene {
  name: string;
  url: () => string;
  read: Read;
  label: string;
  options?: ClientSessionOptions;
  /** Resolves when the request has come as far as it will. */
  ready?: () => Promise<unknown> | undefined;
}

const toServer = (path: string) => (): string => server.url + path;
const scenes: Scene[] = [
  {
    name: 'the name is looked up',
    url: () => 'http://nowhere.test/',
    read: 'nothing',
    label: 'the response',
    options: { lookup: noAddress },
  },
  {
    name: 'TLS is negotiated',
    url: () => `https://127.0.0.1:${silentPort}/`,
    read: 'nothing',
    label: 'the response',
    ready: () => once(silent, 'connection'),
  },
  {
    name: 'the head is awaited',
    url: toServer('/head'),
    read: 'nothing',
    label: 'the response',
    ready: () => server.waitForRequests(server.requests + 1),
  },
  {
    name: 'a redirect’s body is read away',
    url: toServer('/redirect'),
    read: 'nothing',
    label: 'the rest of the redirect',
  },
  { name: 'bytes() reads', url: toServer('/body'), read: 'bytes', label: 'the body' },
  { name: 'text() reads', url: toServer('/body'), read: 'text', label: 'the body' },
  { name: 'readChunk() reads', url: toServer('/body'), read: 'readChunk', label: 'the next piece' },
  { name: 'the body is iterated', url: toServer('/body'), read: 'body', label: 'the next piece' },
  { name: 'consume() reads', url: toServer('/body'), read: 'consume', label: 'the body' },
];

describe.each(['async', 'generator'] as const)('a cancel in the %s gear', (gear: Gear) => {
  test.each(scenes)('while $name', async ({ url, read, label, options, ready }) => {
    await using session = new ClientSession({ limit: 1, ...options });
    const main = coroutine(async () => {
      const there = ready?.();
      const task = createTask(work[gear](session, url(), read));
      await there;
      await untilItWaitsFor(task, label);
      expect(task.cancel('enough')).toBe(true);
      await expect(outcome(task)).resolves.toMatchObject({ code: 'COTASK_CANCELLED', reason: 'enough' });
      await server.waitForConnections(0);
      while (silentSockets > 0) await new Promise((resolve) => setImmediate(resolve));
      // The one slot is free again.
      if (options === undefined) expect(await (await session.get(`${server.url}/quick`)).text()).toBe('quick');
    });
    await run(main());
    await session.close();
    await server.waitForConnections(0);
  });

  test('while it waits for a slot', async () => {
    await using session = new ClientSession({ limit: 1 });
    const main = coroutine(async () => {
      const holder = await session.get(`${server.url}/body`);
      const tasks = ['/quick1', '/quick2', '/quick3'].map((path) =>
        createTask(work[gear](session, server.url + path, 'text')),
      );
      for (const task of tasks) await untilItWaitsFor(task, 'a slot');
      tasks[1]?.cancel();
      holder.close();
      const ended = await Promise.all(tasks.map((task) => outcome(task)));
      expect(ended.map((one) => (one instanceof Error ? 'cancelled' : one.status))).toEqual([200, 'cancelled', 200]);
    });
    await run(main());
  });

  test('in the moment in which the slot is handed over: the slot is not lost', async () => {
    await using session = new ClientSession({ limit: 1 });
    const main = coroutine(async () => {
      const holder = await session.get(`${server.url}/body`);
      const [first, second] = ['/quick1', '/quick2'].map((path) =>
        createTask(work[gear](session, server.url + path, 'text')),
      );
      if (first === undefined || second === undefined) throw new Error('two tasks');
      await untilItWaitsFor(second, 'a slot');
      holder.close();
      first.cancel();
      await expect(outcome(first)).resolves.toMatchObject({ code: 'COTASK_CANCELLED' });
      await expect(outcome(second)).resolves.toMatchObject({ status: 200 });
    });
    await run(main());
    await session.close();
  });

  test('in the very moment of the deadline of its queue: it is a cancel, not a timeout', async () => {
    const main = coroutine(async () => {
      await using session = new ClientSession({ limit: 1, lookup: noAddress, timeout: null });
      const holder = createTask(session.get('http://nowhere.test/'));
      await sleep(0);
      const late = createTask(timed[gear](session, 'http://nowhere.test/'));
      const cancelled = createTask(timed[gear](session, 'http://nowhere.test/'));
      await sleep(0);
      getEventLoop().callLater(1000, () => cancelled.cancel());
      const ends = [await outcome(late), await outcome(cancelled)];
      holder.cancel();
      await outcome(holder);
      return ends;
    });
    const ends = await run(main(), { host: new VirtualHost() });
    expect(ends).toMatchObject([{ deadline: 'connect', stage: 'queued' }, { code: 'COTASK_CANCELLED' }]);
  });

  test('400 requests at random moments', async () => {
    const random = mulberry(gear === 'async' ? 1 : 2);
    const reads: Read[] = ['nothing', 'bytes', 'text', 'readChunk', 'body', 'consume'];
    const paths = ['/quick', '/body', '/large', '/redirect', '/head'];
    await using session = new ClientSession({ limit: 20, limitPerHost: 15 });
    const seen = { cancelled: 0, finished: 0 };
    const one = coroutine(async () => {
      const path = paths[Math.floor(random() * paths.length)] ?? '/quick';
      const url = random() < 0.1 ? `https://127.0.0.1:${silentPort}/` : server.url + path;
      const task = createTask(work[gear](session, url, reads[Math.floor(random() * reads.length)] ?? 'bytes'));
      const turns = Math.floor(random() * 12);
      for (let i = 0; i < turns; i++) await pause(random);
      task.cancel();
      const end = await outcome(task);
      if (!(end instanceof Error)) end.close();
      seen[end instanceof Error ? 'cancelled' : 'finished'] += 1;
    });
    const main = coroutine(async () => {
      await gather(Array.from({ length: 400 }, () => one()));
      // A request to /head or /body ends on the server only when its connection does.
      await server.idle();
      const again = await gather(Array.from({ length: 20 }, () => work[gear](session, `${server.url}/quick`, 'text')));
      expect(again.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    });
    await run(main());
    expect(seen.cancelled + seen.finished).toBe(400);
    expect(seen.cancelled).toBeGreaterThan(100);
    await session.close();
    await server.waitForConnections(0);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPConnectWrap')).toEqual([]);
  });
});

test('close() at a random moment among 300 requests fails or finishes each and leaves no socket', async () => {
  const random = mulberry(3);
  for (let round = 0; round < 6; round++) {
    const session = new ClientSession({ limit: 30 });
    const main = coroutine(async () => {
      const tasks = Array.from({ length: 50 }, (_, i) => {
        const path = ['/quick', '/body', '/large', '/redirect', '/head'][i % 5] ?? '';
        return createTask(work[i % 2 === 0 ? 'async' : 'generator'](session, server.url + path, 'bytes'));
      });
      const turns = Math.floor(random() * 10);
      for (let i = 0; i < turns; i++) await pause(random);
      await session.close();
      for (const task of tasks) {
        const end = await outcome(task);
        if (end instanceof Error) expect(end).toHaveProperty('code', 'COTASK_HTTP_SESSION_CLOSED');
        else expect(end.status).toBe(200);
      }
    });
    await run(main());
    await server.waitForConnections(0);
  }
});

test('a cancel of plain promise code’s own task, by the end of its loop, is none of the session’s business', async () => {
  await using session = new ClientSession();
  const controller = new AbortController();
  const body = coroutine(async () => {
    const response = await session.get(`${server.url}/body`);
    controller.abort();
    await response.text();
  });
  const ended = run(
    coroutine(async () => {
      createTask(body());
      while (!controller.signal.aborted) await new Promise((resolve) => setImmediate(resolve));
    })(),
  );
  await ended;
  await server.waitForConnections(0);
  expect(await (await session.get(`${server.url}/quick`)).text()).toBe('quick');
});

function outcome(task: Task<ClientResponse>): Promise<ClientResponse | Error> {
  return Promise.resolve(
    task.then(null, (error: unknown) => {
      if (error instanceof Error) return error;
      throw error;
    }),
  );
}

function pause(random: () => number): Awaitable<void> | Coroutine<void> | Promise<void> {
  if (random() < 0.5) return new Promise((resolve) => setImmediate(resolve));
  return random() < 0.7 ? sleep(0) : sleep(1);
}

/** A small generator of numbers from 0 to 1, so that a failure can be run again. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
