/**
 * Cast: thousands of requests in both gears, over a plain session, one with middlewares, one with few connections, one that
 * speaks HTTP/2; servers that keep them waiting at every place. Plot: each is ended at a random moment: by a cancel, a `timeout()` scope, a signal or a
 * deadline; or the session is closed in the middle. What must hold: each ends in the way that was chosen or well, no socket,
 * timer, listener, file or task is left, every upload's source is closed, and the session serves the next request.
 *
 * `npm test` takes a sample with a fixed seed, `npm run soak` 10,000 requests with a new one.
 */
import { allTasks, coroutine, createTask, getEventLoop, run, sleep, timeout, type Task } from 'cotask';
import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ClientSession,
  circuitBreaker,
  retryRequests,
  type ClientResponse,
  type ClientSessionOptions,
  type ClientTimeout,
  type RequestOptions,
} from '../index.ts';
import { Random } from './random.ts';
import { allPaths, openResources, pathsThatEnd, SlowPlaces, slowLookup } from './slow-places.ts';

const requests = Number(process.env.COTASK_HTTP_REQUESTS ?? 600);
const seed = Number(process.env.COTASK_HTTP_SEED ?? 1);
const inFlight = 50;

let places: SlowPlaces;

beforeAll(async () => {
  places = await SlowPlaces.open();
});

afterAll(async () => {
  await places[Symbol.asyncDispose]();
});

const shared: ClientSessionOptions = { lookup: slowLookup, tls: { rejectUnauthorized: false }, limit: 30 };
interface Kind {
  open(): ClientSession;
  /** How many of the requests are its. */
  readonly share: number;
  /** Whom it asks; all of them where nothing is said. */
  readonly origins?: () => readonly string[];
}
const third = Math.ceil(requests / 3);
const kinds: { [name: string]: Kind } = {
  plain: { open: () => new ClientSession(shared), share: third },
  'with middlewares': {
    open: () => {
      const retries = retryRequests({ backoff: () => 2, budget: null });
      return new ClientSession({ ...shared, middlewares: [retries, circuitBreaker({ minRequests: 1_000_000 })] });
    },
    share: third,
  },
  'with few connections': {
    open: () => new ClientSession({ ...shared, limitPerHost: 12, maxConnections: 20 }),
    share: third,
  },
  'over HTTP/2': {
    open: () => new ClientSession({ ...shared, allowH2: true }),
    share: requests,
    origins: () => places.secure,
  },
};

/** How a body is read. */
const reads = ['nothing', 'bytes', 'chunks', 'body', 'consume', 'release'] as const;
type Read = (typeof reads)[number];

const uploads = { begun: 0, ended: 0 };

async function* endlessUpload(): AsyncGenerator<Uint8Array> {
  uploads.begun += 1;
  try {
    for (let i = 0; i < 1000; i++) {
      yield new Uint8Array(10_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    uploads.ended += 1;
  }
}

interface Plan {
  readonly url: string;
  readonly method: string;
  readonly options: RequestOptions;
  readonly read: Read;
}

function makePlan(random: Random, origins: readonly string[]): Plan {
  const path = random.pick(allPaths);
  const upload = path === '/upload' || path === '/deaf';
  const options: RequestOptions = upload ? { data: endlessUpload() } : {};
  return {
    url: random.pick(origins) + path,
    method: upload ? 'POST' : 'GET',
    options,
    read: random.pick(reads),
  };
}

const work = {
  async: coroutine(async (session: ClientSession, { method, url, options, read }: Plan) => {
    const response = await session.request(method, url, options);
    if (read === 'bytes') await response.bytes();
    if (read === 'chunks') while ((await response.readChunk()) !== null);
    if (read === 'body') for await (const chunk of response.body) void chunk;
    if (read === 'consume') await response.consume(() => undefined);
    if (read === 'release') response.release();
    else response.close();
    return response;
  }),
  generator: coroutine(function* (session: ClientSession, { method, url, options, read }: Plan) {
    const response = yield* session.request(method, url, options);
    if (read === 'bytes') yield* response.bytes();
    if (read === 'chunks' || read === 'body') while ((yield* response.readChunk()) !== null);
    if (read === 'consume') yield* response.consume(() => undefined);
    if (read === 'release') response.release();
    else response.close();
    return response;
  }),
};
type Gear = keyof typeof work;

/** Waits for a random while, down to a single turn. */
async function aWhile(random: Random): Promise<void> {
  const turns = random.below(6);
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
  if (random.next() < 0.6) await sleep(random.below(15));
}

/** The end as a word: the code of its error, its status, or what a signal said. */
async function endOf(task: Task<ClientResponse>): Promise<string> {
  try {
    return String((await task).status);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'code' in error ? String(error.code) : error.message;
  }
}

const deadlines = ['total', 'connect', 'sockConnect', 'tlsHandshake', 'firstByte', 'sockRead'] as const;

function randomTimeout(random: Random): ClientTimeout {
  if (random.next() < 0.15) return { total: 60, minThroughput: 1_000_000, throughputWindow: 1 + random.below(15) };
  const deadline = random.pick(deadlines);
  return { total: 60, [deadline]: 1 + random.below(20) };
}

/** Ways in which a request is ended; each gives what it may end with, besides an answer. */
const ways = {
  async cancel(random: Random, session: ClientSession, gear: Gear, plan: Plan): Promise<string> {
    const task = createTask(work[gear](session, plan));
    await aWhile(random);
    task.cancel();
    return await endOf(task);
  },
  async scope(random: Random, session: ClientSession, gear: Gear, plan: Plan): Promise<string> {
    const bounded = coroutine(() => timeout(random.below(20), async () => await work[gear](session, plan)));
    return await endOf(createTask(bounded()));
  },
  async signal(random: Random, session: ClientSession, gear: Gear, plan: Plan): Promise<string> {
    const controller = new AbortController();
    const { signal } = controller;
    const task = createTask(work[gear](session, { ...plan, options: { ...plan.options, signal } }));
    await aWhile(random);
    controller.abort(new Error('aborted'));
    const end = await endOf(task);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    return end;
  },
  async deadline(random: Random, session: ClientSession, gear: Gear, plan: Plan): Promise<string> {
    const options = { ...plan.options, timeout: randomTimeout(random) };
    return await endOf(createTask(work[gear](session, { ...plan, options })));
  },
};
type Way = keyof typeof ways;

/** What each way may end with. 503 and 200 are answers; a coded body that is cut is the server's. */
const allowed: { [W in Way]: RegExp } = {
  cancel: /^(200|503|COTASK_CANCELLED)$/u,
  scope: /^(200|503|COTASK_TIMEOUT)$/u,
  signal: /^(200|503|aborted)$/u,
  deadline: /^(200|503|COTASK_HTTP_(CONNECT_TIMEOUT|SOCKET_TIMEOUT|TOTAL_TIMEOUT|TOO_SLOW))$/u,
};

/** Runs `count` bodies, so many at once. */
async function together(count: number, body: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = coroutine(async () => {
    while (left-- > 0) await body();
  });
  const lanes = Array.from({ length: Math.min(inFlight, count) }, () => createTask(lane()));
  for (const one of lanes) await one;
}

async function serves(session: ClientSession): Promise<void> {
  for (const origin of places.answering)
    for (const path of pathsThatEnd)
      expect([path, (await (await session.get(origin + path)).bytes()).length > 0]).toEqual([path, path !== '/cookie']);
}

/** Nothing is left of what a test began; what comes and goes with the sockets' closing is waited for. */
async function expectNothingLeft(before: Record<string, number>): Promise<void> {
  await places.untilAllClosed();
  const leftOver = (): string[] => {
    const now = openResources();
    return Object.keys(now).filter((kind) => kind !== 'Immediate' && (now[kind] ?? 0) > (before[kind] ?? 0));
  };
  for (let i = 0; i < 200 && leftOver().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(leftOver()).toEqual([]);
  expect(uploads.ended).toBe(uploads.begun);
}

describe.each(Object.entries(kinds))('a session, %s,', (_name, { open, share, origins = () => places.origins }) => {
  test(`survives ${share} requests that are ended at random moments`, { timeout: 20_000 + requests * 50 }, async () => {
    const random = new Random(seed);
    const before = openResources();
    const ends: Record<string, number> = {};
    const main = coroutine(async () => {
      await using session = open();
      await together(share, async () => {
        const way = random.pick(['cancel', 'cancel', 'scope', 'signal', 'deadline', 'deadline'] as const);
        const plan = makePlan(random, origins());
        const end = await ways[way](random, session, random.pick(['async', 'generator'] as const), plan);
        expect(`${way}, ${plan.url}: ${end}`).toMatch(new RegExp(`^${way}, ${RegExp.escape(plan.url)}: `, 'u'));
        expect(end).toMatch(allowed[way]);
        const key = `${way} ${end}`;
        ends[key] = (ends[key] ?? 0) + 1;
      });
      await serves(session);
      // The test's own task and nothing else.
      expect(allTasks()).toHaveLength(1);
    });
    await run(main());
    await expectNothingLeft(before);
    expect(getEventLoop().hasWork).toBe(false);
    // The story took place. Which deadline passes first is the clock's: that of connecting is certain at full size only.
    const told = share >= 1_000 ? 'deadline COTASK_HTTP_CONNECT_TIMEOUT' : 'deadline COTASK_HTTP_';
    for (const way of ['cancel COTASK_CANCELLED', 'scope COTASK_TIMEOUT', 'signal aborted', told]) {
      const count = Object.entries(ends).reduce((sum, [end, times]) => sum + (end.startsWith(way) ? times : 0), 0);
      expect(count, `ends of the kind "${way}"`).toBeGreaterThan(0);
    }
  });

  test(`may be closed in the middle of ${share} requests`, { timeout: 20_000 + requests * 50 }, async () => {
    const random = new Random(seed + 1);
    const before = openResources();
    const rounds = Math.ceil(share / inFlight);
    for (let round = 0; round < rounds; round++) {
      const main = coroutine(async () => {
        const session = open();
        const gear = random.pick(['async', 'generator'] as const);
        const tasks = Array.from({ length: inFlight }, () =>
          createTask(work[gear](session, makePlan(random, origins()))),
        );
        const ends = tasks.map((task) => createTask(coroutine(() => endOf(task))()));
        await aWhile(random);
        await session.close();
        for (const end of ends) expect(await end).toMatch(/^(200|503|COTASK_HTTP_SESSION_CLOSED)$/u);
      });
      await run(main());
    }
    await expectNothingLeft(before);
  });
});
