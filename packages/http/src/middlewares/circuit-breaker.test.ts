/** The circuit breaker on virtual time. A request takes 10 ms. */
import { coroutine, createTask, run, sleep, type Coroutine } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { describe, expect, test } from 'vitest';
import { circuitBreaker, retryRequests, type CircuitBreakerOptions } from '../index.ts';
import { ScriptedClient, type Script } from '../probes/scripted-client.ts';

const url = 'http://origin.test/';

interface Stage {
  client: ScriptedClient;
  /** The status, or the error's code. */
  ask(where?: string): Coroutine<number | string>;
  changes: string[];
}

function stage(script: Script, options: CircuitBreakerOptions = {}): Stage {
  const changes: string[] = [];
  const breaker = circuitBreaker({ ...options, onChange: (origin, state) => void changes.push(`${origin} ${state}`) });
  const client = new ScriptedClient(script, { middlewares: [breaker] });
  const ask = coroutine(async (where: string = url) => {
    try {
      const response = await client.request('GET', where);
      response.close();
      return response.status;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  });
  return { client, ask, changes };
}

function play<T>(body: () => Promise<T>): Promise<T> {
  return run(coroutine(body)(), { host: new VirtualHost() });
}

const openError = 'COTASK_HTTP_CIRCUIT_OPEN';

describe('a circuit', () => {
  test('opens when half of ten requests have failed, and the server is left alone', async () => {
    const { client, ask, changes } = stage(({ count }) => (count % 2 === 0 ? 500 : 200));
    const ends = await play(async () => {
      const seen: (number | string)[] = [];
      for (let i = 0; i < 15; i++) seen.push(await ask());
      return seen;
    });
    expect(ends.slice(0, 10)).toEqual([200, 500, 200, 500, 200, 500, 200, 500, 200, 500]);
    expect(ends.slice(10)).toEqual(Array.from({ length: 5 }, () => openError));
    expect(client.requests).toHaveLength(10);
    expect(changes).toEqual(['http://origin.test open']);
  });

  test('lets one through after openFor, whose success closes it', async () => {
    const { client, ask, changes } = stage(({ at }) => (at < 5000 ? 'ECONNREFUSED' : 200), { minRequests: 3 });
    await play(async () => {
      for (let i = 0; i < 3; i++) await ask();
      await sleep(9_999);
      expect(await ask()).toBe(openError);
      await sleep(1);
      const probe = createTask(ask());
      await sleep(0);
      expect(await ask()).toBe(openError);
      expect(await probe).toBe(200);
      expect(await ask()).toBe(200);
    });
    expect(client.requests).toHaveLength(5);
    expect(changes.map((change) => change.split(' ')[1])).toEqual(['open', 'half-open', 'closed']);
  });

  test('stays open where that one fails too', async () => {
    const { client, ask, changes } = stage(() => 503, { minRequests: 2, openFor: 1000 });
    await play(async () => {
      for (let i = 0; i < 3; i++) await ask();
      await sleep(1000);
      expect([await ask(), await ask()]).toEqual([503, openError]);
      await sleep(1000);
      expect([await ask(), await ask()]).toEqual([503, openError]);
    });
    expect(client.requests).toHaveLength(4);
    expect(changes.map((change) => change.split(' ')[1])).toEqual(['open', 'half-open', 'open', 'half-open', 'open']);
  });

  test('lets another one through where that one is cancelled', async () => {
    const { ask } = stage(({ count }) => (count < 3 ? 500 : count === 3 ? null : 200), {
      minRequests: 2,
      openFor: 1000,
    });
    await play(async () => {
      await ask();
      await ask();
      await sleep(1000);
      const probe = createTask(ask());
      await sleep(5);
      probe.cancel();
      await probe;
      expect(await ask()).toBe(200);
    });
  });

  test('is each origin’s own', async () => {
    const { ask } = stage(({ origin }) => (origin.includes('other') ? 200 : 500), { minRequests: 2 });
    await play(async () => {
      for (let i = 0; i < 3; i++) await ask();
      expect([await ask(), await ask('http://other.test/')]).toEqual([openError, 200]);
      expect(await ask('https://origin.test/')).toBe(500);
    });
  });

  test('counts a window at a time: failures of long ago open nothing', async () => {
    const { ask } = stage(() => 500, { minRequests: 3, window: 1000 });
    await play(async () => {
      for (let i = 0; i < 10; i++) {
        expect(await ask()).toBe(500);
        await sleep(600);
      }
    });
  });

  test('is not opened by what is the caller’s own fault, or an answer', async () => {
    const { ask } = stage(({ count }) => (count % 2 === 0 || count > 6 ? 404 : null), { minRequests: 2 });
    await play(async () => {
      for (let i = 0; i < 6; i++) {
        const task = createTask(ask());
        await sleep(20);
        task.cancel();
        await task;
      }
      expect(await ask()).toBe(404);
    });
  });

  test('says when it lets one through again', async () => {
    const breaker = circuitBreaker({ minRequests: 1, openFor: 4000 });
    const client = new ScriptedClient(() => 500, { middlewares: [breaker] });
    await play(async () => {
      (await client.request('GET', url)).close();
      await sleep(1000);
      await expect(client.request('GET', url)).rejects.toMatchObject({
        code: openError,
        origin: 'http://origin.test',
        retryAfter: 3000,
        message: `GET ${url}: http://origin.test has failed too often of late and is left alone for 3000 ms`,
      });
    });
  });

  test('ends the retries that go through it', async () => {
    const middlewares = [retryRequests({ backoff: () => 1 }), circuitBreaker({ minRequests: 2 })];
    const client = new ScriptedClient(() => 500, { middlewares });
    await play(async () => {
      await expect(client.request('GET', url)).rejects.toHaveProperty('code', openError);
    });
    expect(client.requests).toHaveLength(2);
  });

  test('of the origin asked longest ago is forgotten beyond maxOrigins', async () => {
    const { ask } = stage(() => 500, { minRequests: 1, maxOrigins: 2 });
    await play(async () => {
      await ask('http://a.test/');
      await ask('http://b.test/');
      expect(await ask('http://a.test/')).toBe(openError);
      await ask('http://c.test/');
      expect([await ask('http://b.test/'), await ask('http://c.test/')]).toEqual([500, openError]);
    });
  });
});

test.each([
  [{ failureRatio: 0 }, 'failureRatio must be a number above 0, at most 1'],
  [{ openFor: -1 }, 'openFor must be a number of milliseconds'],
  [{ threshold: 5 }, 'knows no option "threshold"'],
])('%o is refused', (options, words) => {
  expect(() => Reflect.apply(circuitBreaker, null, [options])).toThrow(words);
});
