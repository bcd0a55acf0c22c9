/** Retries on virtual time: what is sent when, and what comes out. A request takes 10 ms. */
import { coroutine, createTask, run, sleep, timeout, type Awaitable } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { startServer } from '@cotask/test-servers';
import { describe, expect, test } from 'vitest';
import {
  ClientSession,
  RetryBudget,
  retryRequests,
  type ClientMiddleware,
  type ClientSessionOptions,
  type RequestOptions,
  type RetryRequestsOptions,
} from '../index.ts';
import { ScriptedClient, type Script, type ScriptedAnswer } from '../probes/scripted-client.ts';

const url = 'http://origin.test/';

interface Asked {
  method?: string;
  retry?: RetryRequestsOptions;
  session?: ClientSessionOptions;
  request?: RequestOptions;
}

/** What came of a request whose answers are `answers`, the last one again and again. */
interface Seen {
  end: number | string;
  /** When each request was sent. */
  times: number[];
}

async function ask(answers: ScriptedAnswer[] | Script, asked: Asked = {}): Promise<Seen> {
  const script: Script =
    typeof answers === 'function' ? answers : ({ count }) => answers[Math.min(count, answers.length) - 1] ?? null;
  const retry = retryRequests({ backoff: (attempt) => attempt * 100, ...asked.retry });
  const client = new ScriptedClient(script, { middlewares: [retry], ...asked.session });
  const main = coroutine(async () => {
    const response = await client.request(asked.method ?? 'GET', url, asked.request);
    response.close();
    return response.status;
  });
  const end = await run(main(), { host: new VirtualHost() }).catch((error: unknown) => codeOf(error));
  return { end, times: client.times };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

const busy = (after: string, more: Record<string, string> = {}): ScriptedAnswer => ({
  status: 503,
  headers: { 'retry-after': after, ...more },
});

describe('a status', () => {
  test('that says “later” is asked again after the pause of the backoff', async () => {
    expect(await ask([503, 502, 200])).toEqual({ end: 200, times: [0, 110, 320] });
  });

  test('is asked again after as many milliseconds, where the backoff is a number', async () => {
    expect(await ask([503, 502, 200], { retry: { backoff: 50 } })).toEqual({ end: 200, times: [0, 60, 120] });
  });

  test('of the last attempt is the answer', async () => {
    expect(await ask([503])).toEqual({ end: 503, times: [0, 110, 320, 630, 1040] });
    expect(await ask([500], { retry: { attempts: 2 } })).toEqual({ end: 500, times: [0, 110] });
    expect(await ask([500], { retry: { attempts: 1 } })).toEqual({ end: 500, times: [0] });
  });

  test.each([408, 425, 429, 500, 502, 503, 504, 520, 524])('%d is tried again', async (status) => {
    expect(await ask([status, 200])).toMatchObject({ end: 200 });
  });

  test.each([200, 304, 400, 401, 403, 404, 409, 410, 501, 505])('%d is final', async (status) => {
    expect(await ask([status, 200])).toEqual({ end: status, times: [0] });
  });

  test('may be another, by statuses or retryIf', async () => {
    expect(await ask([404, 200], { retry: { statuses: [404] } })).toMatchObject({ end: 200 });
    expect(await ask([503, 200], { retry: { statuses: [404] } })).toMatchObject({ end: 503 });
    const retryIf = ({ response }: { response: { status: number } | null }): boolean => response?.status === 418;
    expect(await ask([418, 200], { retry: { retryIf } })).toMatchObject({ end: 200 });
  });
});

describe('an error', () => {
  test.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ECONNRESET', 'ETIMEDOUT'])('%s is tried again', async (code) => {
    expect(await ask([code, code, 200])).toMatchObject({ end: 200 });
  });

  test('of the last attempt comes out as it is', async () => {
    expect(await ask(['ECONNREFUSED'], { retry: { attempts: 3 } })).toEqual({
      end: 'COTASK_HTTP_CONNECT',
      times: [0, 110, 320],
    });
  });

  test.each(['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    '%s is final',
    async (code) => expect(await ask([code, 200])).toMatchObject({ times: [0] }),
  );

  test('a deadline is tried again, but total is the end of it all', async () => {
    expect(await ask(({ count }) => (count < 3 ? null : 200), { session: { timeout: { connect: 50 } } })).toEqual({
      end: 200,
      times: [0, 150, 400],
    });
    expect(await ask([503], { session: { timeout: 400 } })).toEqual({
      end: 'COTASK_HTTP_TOTAL_TIMEOUT',
      times: [0, 110, 320],
    });
  });

  test('a bad option is thrown at once', async () => {
    expect(await ask([200], { request: { headers: { te: 'x' } } })).toEqual({ end: 'COTASK_HTTP_OPTION', times: [] });
  });
});

describe('what may be sent twice', () => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('%s', async (method) => {
    expect(await ask([503, 200], { method })).toMatchObject({ end: 200 });
  });

  test.each(['POST', 'PATCH'])('%s not', async (method) => {
    expect(await ask([503, 200], { method, request: { json: 1 } })).toEqual({ end: 503, times: [0] });
  });

  test('a POST that was never sent, that says twice is once, or whose method is listed', async () => {
    const method = 'POST';
    expect(await ask(['ECONNREFUSED', 200], { method, request: { json: 1 } })).toMatchObject({ end: 200 });
    const session = { timeout: { connect: 50 } };
    expect(await ask([null, 200], { method, session })).toMatchObject({ end: 200 });
    expect(await ask([503, 200], { method, request: { headers: { 'idempotency-key': 'k' } } })).toMatchObject({
      end: 200,
    });
    expect(await ask([503, 200], { method, retry: { methods: ['post'] } })).toMatchObject({ end: 200 });
  });

  test('a body that can be sent once is sent once', async () => {
    const data = async function* (): AsyncGenerator<string> {
      yield 'x';
    };
    expect(await ask([503, 200], { method: 'PUT', request: { data: data() } })).toEqual({ end: 503, times: [0] });
  });
});

describe('Retry-After', () => {
  const random = (): number => 0.5;

  test('in seconds is waited for, stretched a little', async () => {
    expect(await ask([busy('2'), 200], { retry: { random } })).toEqual({ end: 200, times: [0, 2110] });
  });

  test('as a date is measured by the server’s clock', async () => {
    const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const answer = busy('Sun, 06 Nov 1994 08:49:40 GMT', { date });
    expect(await ask([answer, 200], { retry: { random: () => 0 } })).toEqual({ end: 200, times: [0, 3010] });
  });

  test.each(['0', 'Sun, 06 Nov 1994 08:49:37 GMT', '-5', 'soon', '1.5', ''])(
    'of %o leaves the pause to the backoff',
    async (after) => expect(await ask([busy(after), 200])).toEqual({ end: 200, times: [0, 110] }),
  );

  test('shorter than the backoff does not shorten it', async () => {
    expect(await ask([busy('1'), 200], { retry: { backoff: () => 5000 } })).toEqual({ end: 200, times: [0, 5010] });
  });

  test('beyond maxRetryAfter is not waited for: the response is the answer', async () => {
    expect(await ask([busy('61')])).toEqual({ end: 503, times: [0] });
    expect(await ask([busy('999999999')])).toEqual({ end: 503, times: [0] });
    expect(await ask([busy('61'), 200], { retry: { maxRetryAfter: 100_000, random } })).toMatchObject({ end: 200 });
  });
});

describe('the budget', () => {
  test('bounds the retries of all requests together, so that a failing server is not stormed', async () => {
    const retry = retryRequests({
      backoff: () => 10,
      budget: new RetryBudget({ capacity: 5, ratio: 0.1, perSecond: 0 }),
    });
    const client = new ScriptedClient(() => 503, { middlewares: [retry] });
    const main = coroutine(async () => {
      for (let i = 0; i < 100; i++) (await client.request('GET', url)).close();
    });
    await run(main(), { host: new VirtualHost() });
    // 100 requests, the 5 retries of the start, and one for ten requests; without it there were 500.
    expect(client.requests.length).toBeGreaterThanOrEqual(110);
    expect(client.requests.length).toBeLessThanOrEqual(115);
  });

  test('fills again with time, up to its capacity', async () => {
    const main = coroutine(async () => {
      const budget = new RetryBudget({ capacity: 3, ratio: 0, perSecond: 1 });
      const taken = [budget.withdraw(), budget.withdraw(), budget.withdraw(), budget.withdraw()];
      await sleep(1500);
      const after = budget.available;
      await sleep(60_000);
      return { taken, after, full: budget.available };
    });
    expect(await run(main(), { host: new VirtualHost() })).toEqual({
      taken: [true, true, true, false],
      after: 1,
      full: 3,
    });
  });

  test('null is none', async () => {
    expect(await ask([503], { retry: { budget: null, attempts: 100, backoff: () => 0 } })).toMatchObject({
      times: { length: 100 },
    });
  });
});

test('the default backoff has full jitter: no two clients come back together', async () => {
  const times = new Set<number>();
  for (let i = 0; i < 20; i++) times.add((await ask([503, 200], { retry: { backoff: undefined } })).times[1] ?? 0);
  expect(times.size).toBeGreaterThan(10);
  expect(Math.max(...times)).toBeLessThanOrEqual(510);
});

test('onRetry hears of each attempt that another one follows', async () => {
  const told: unknown[] = [];
  const onRetry: RetryRequestsOptions['onRetry'] = ({ attempt, response, error, request }, pause) =>
    void told.push([attempt, response?.status ?? error?.code, request.method, pause]);
  await ask([503, 'ECONNREFUSED', 200], { retry: { onRetry } });
  expect(told).toEqual([
    [1, 503, 'GET', 100],
    [2, 'COTASK_HTTP_CONNECT', 'GET', 200],
  ]);
});

test('inner middlewares see each attempt afresh', async () => {
  const seen: (string | null)[] = [];
  const inner: ClientMiddleware = (request, next) => {
    seen.push(request.headers.get('x-trace'));
    request.headers.append('x-trace', '1');
    return next(request);
  };
  const middlewares = [retryRequests({ backoff: () => 1 }), inner];
  expect(await ask([503, 503, 200], { session: { middlewares } })).toMatchObject({ end: 200 });
  expect(seen).toEqual([null, null, null]);
});

test('the pause holds no slot: another request goes on meanwhile', async () => {
  // The scripted client has one slot.
  const client = new ScriptedClient(({ path, count }) => (path === '/busy' && count === 1 ? 503 : 200), {
    middlewares: [retryRequests({ backoff: () => 1000 })],
  });
  const main = coroutine(async () => {
    const waiting = createTask(client.request('GET', `${url}busy`));
    await sleep(50);
    (await client.request('GET', `${url}other`)).close();
    (await waiting).close();
  });
  await run(main(), { host: new VirtualHost() });
  expect(client.requests.map(({ path, at }) => [path, at])).toEqual([
    ['/busy', 0],
    ['/other', 50],
    ['/busy', 1010],
  ]);
});

describe.each(['in an attempt', 'in a pause'])('%s', (where) => {
  const at = where === 'in an attempt' ? 5 : 50;
  const outcome = async (begin: (client: ScriptedClient) => Awaitable<unknown>): Promise<unknown[]> => {
    const client = new ScriptedClient(() => 503, { middlewares: [retryRequests({ backoff: () => 1000 })] });
    const end = await run(begin(client), { host: new VirtualHost() }).then(() => 'no error', codeOf);
    return [end, client.requests.length];
  };

  test('a cancel ends it', async () => {
    const cancelled = coroutine(async (client: ScriptedClient) => {
      const task = createTask(client.request('GET', url));
      await sleep(at);
      task.cancel();
      await task;
    });
    expect(await outcome(cancelled)).toEqual(['COTASK_CANCELLED', 1]);
  });

  test('a timeout scope ends it', async () => {
    const bounded = coroutine((client: ScriptedClient) => timeout(at, async () => await client.request('GET', url)));
    expect(await outcome(bounded)).toEqual(['COTASK_TIMEOUT', 1]);
  });

  test('the caller’s signal ends it', async () => {
    const signalled = coroutine(async (client: ScriptedClient) => {
      const controller = new AbortController();
      const task = createTask(client.request('GET', url, { signal: controller.signal }));
      await sleep(at);
      controller.abort();
      await task;
    });
    expect(await outcome(signalled)).toEqual(['20', 1]);
  });
});

test.each([
  [{ attempts: 0 }, 'attempts must be a whole number of at least 1'],
  [{ tries: 3 }, 'knows no option "tries"'],
  [{ backoff: -1 }, 'backoff must be milliseconds from 0 up or a function'],
  [{ backoff: '100' }, 'as exponentialBackoff() makes one'],
  [{ delay: 100 }, 'knows no option "delay"; is backoff meant?'],
  [{ budget: 5 }, 'budget must be a RetryBudget'],
  [{ statuses: 503 }, 'statuses must be a list'],
  [{ methods: ['a b'] }, 'is no HTTP method'],
])('%o is refused', (options, words) => {
  expect(() => Reflect.apply(retryRequests, null, [options])).toThrow(words);
});

test('over real sockets: three failures, then the page', async () => {
  let asked = 0;
  await using server = await startServer((_request, response) => {
    asked += 1;
    if (asked === 1) response.destroy();
    else response.writeHead(asked < 4 ? 503 : 200).end('a page');
  });
  await using session = new ClientSession({ limit: 1, middlewares: [retryRequests({ backoff: () => 1 })] });
  expect(await (await session.get(server.url)).text()).toBe('a page');
  expect(asked).toBe(4);
});
