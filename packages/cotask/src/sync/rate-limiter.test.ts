import { AsyncLocalStorage } from 'node:async_hooks';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { coroutine, createTask, gather, getRunningLoop, newEventLoop, rateLimiter, run, sleep } from '../index.ts';
import type { Future, RateLimiterOptions } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

/** A wait for a token at an empty bucket: one comes every 20 ms. */
const acquiring: AwaitableKind = {
  value: 'undefined',
  make({ loop }) {
    const limiter = rateLimiter({ rate: 50, name: 'api' });
    limiter.tryAcquire();
    return {
      wait: () => limiter.acquire(),
      *complete(after) {
        const due = 20 * (1 + Math.floor(loop.time() / 20));
        if (after !== undefined) loop.callAt(due, after);
        yield* on(sleep(due - loop.time() + 1));
      },
      left: () => (limiter.tryAcquire() && limiter.tryAcquire() ? ['a token too many'] : []),
    };
  },
};

describe.each(gears)('acquire() of a rate limiter, in the %s gear', (gear) => {
  test.each(contractOf(acquiring, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

/** When each of so many tasks that come at once gets its token. */
async function timesOf(count: number, options: RateLimiterOptions): Promise<number[]> {
  const times: number[] = [];
  const host = new VirtualHost();
  const main = coroutine(function* () {
    const limiter = rateLimiter(options);
    const one = limiter.wrap(() => times.push(host.now()));
    yield* gather(Array.from({ length: count }, () => one()));
  });
  await run(main(), { host });
  return times;
}

describe('a rate limiter', () => {
  test('gives its burst at once, then one token after the other at an even pace', async () => {
    expect(await timesOf(5, { rate: 10 })).toEqual([0, 100, 200, 300, 400]);
    expect(await timesOf(6, { rate: 2, per: 100, burst: 3 })).toEqual([0, 0, 0, 50, 100, 150]);
  });

  test('does not drift, however many it gives', async () => {
    const times = await timesOf(3_001, { rate: 3, per: 1_000 });
    expect(times.at(-1)).toBeCloseTo(1_000_000, 3);
  });

  test('goes on in a later run with what is still to be waited for, whatever the clock of that says', async () => {
    const limiter = rateLimiter({ rate: 10 });
    const times: number[] = [];
    const main = coroutine(function* (late: number) {
      yield* sleep(late);
      for (let i = 0; i < 2; i++) {
        yield* limiter.acquire();
        times.push(getRunningLoop().time());
      }
    });
    await run(main(10_000), { host: new VirtualHost() });
    await run(main(0), { host: new VirtualHost() });
    await run(main(30), { host: new VirtualHost() });
    expect(times).toEqual([10_000, 10_100, 100, 200, 130, 230]);
  });

  test('leaves out those whose loop was closed while they waited', async () => {
    const limiter = rateLimiter({ rate: 10 });
    const times: number[] = [];
    const closed = newEventLoop({ host: new VirtualHost() });
    closed.setExceptionHandler(() => {});
    const behind: Future<void>[] = [];
    await closed.runUntilComplete(
      coroutine(function* () {
        limiter.tryAcquire();
        for (let i = 0; i < 3; i++) behind.push(createTask(limiter.acquire()));
        yield* sleep(0);
      })(),
    );
    closed.close();
    const main = coroutine(function* () {
      for (let i = 0; i < 2; i++) {
        yield* limiter.acquire();
        times.push(getRunningLoop().time());
      }
      times.push(Number(limiter.tryAcquire()));
    });
    await run(main(), { host: new VirtualHost() });
    expect(times).toEqual([100, 200, 0]);
  });

  test('saves up its burst and no more', async () => {
    const lines = await play('generator', function* ({ log, loop }) {
      const limiter = rateLimiter({ rate: 1, per: 10, burst: 2 });
      yield* on(sleep(1_000));
      for (let i = 0; i < 4; i++) {
        yield* on(limiter.acquire());
        log(loop.time());
      }
      yield* on(sleep(15));
      log(limiter.tryAcquire(), limiter.tryAcquire());
    });
    expect(lines).toEqual(['1000', '1000', '1010', '1020', 'true false']);
  });

  test('never gives more than its rate and its burst in any stretch of its time', async () => {
    const shapes = fc.record({
      rate: fc.integer({ min: 1, max: 8 }),
      per: fc.integer({ min: 1, max: 300 }),
      burst: fc.integer({ min: 1, max: 6 }),
      /** Each comes so much later than the one before, wants so many, and gives up after so long. */
      callers: fc.array(
        fc.record({
          pause: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 100 }) }),
          tokens: fc.integer({ min: 1, max: 6 }),
          patience: fc.oneof(
            { weight: 3, arbitrary: fc.constant(null) },
            { weight: 1, arbitrary: fc.nat({ max: 300 }) },
          ),
        }),
        { maxLength: 40 },
      ),
      /** Somebody else holds the loop then, for so long: timers are late. */
      holds: fc.array(fc.record({ at: fc.nat({ max: 2_000 }), ms: fc.nat({ max: 400 }) }), { maxLength: 6 }),
    });
    const property = fc.asyncProperty(shapes, async ({ rate, per, burst, callers, holds }) => {
      const given: { at: number; tokens: number }[] = [];
      const host = new VirtualHost();
      const limiter = rateLimiter({ rate, per, burst });
      const call = coroutine(function* (tokens: number) {
        yield* limiter.acquire(tokens);
        given.push({ at: host.now(), tokens });
      });
      const main = coroutine(function* () {
        const loop = getRunningLoop();
        for (const { at, ms } of holds) loop.callAt(at, () => host.advance(ms));
        for (const { pause, tokens, patience } of callers) {
          yield* sleep(pause);
          const task = createTask(call(Math.min(tokens, burst)));
          if (patience !== null) loop.callLater(patience, () => task.cancel());
        }
        yield* sleep(1e7);
      });
      await run(main(), { host });
      for (const { at: from } of given) {
        const inStretch = given.filter(({ at }) => at >= from && at <= from + per);
        expect(inStretch.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(rate + burst);
      }
    });
    await fc.assert(property, { numRuns: 500, seed: 1 });
  });

  test('reaches its rate although timers are late', async () => {
    const host = new VirtualHost();
    const main = coroutine(function* () {
      const limiter = rateLimiter({ rate: 100 });
      for (let i = 0; i <= 100; i++) {
        // Somebody else holds the loop for a millisecond just before the next token is due.
        getRunningLoop().callLater(9.99, () => host.advance(1));
        yield* limiter.acquire();
      }
      return host.now();
    });
    expect(await run(main(), { host })).toBeLessThan(1_002);
  });
});

describe.each(gears)('a rate limiter, in the %s gear', (gear) => {
  test('serves in the order in which they came, also one who wants many', async () => {
    const lines = await play(gear, function* (stage) {
      const limiter = rateLimiter({ rate: 10, burst: 3 });
      const tasks = [1, 3, 1, 2].map((tokens, who) =>
        stage.spawn(function* () {
          yield* on(limiter.acquire(tokens));
          stage.log(who, tokens, stage.loop.time());
        }),
      );
      for (const task of tasks) yield* on(task);
    });
    expect(lines).toEqual(['0 1 0', '1 3 100', '2 1 200', '3 2 400']);
  });

  test('takes no token for a waiter that is cancelled, who leaves at once', async () => {
    const lines = await play(gear, function* (stage) {
      const limiter = rateLimiter({ rate: 10 });
      const tasks = [0, 1, 2, 3, 4].map((who) =>
        stage.spawn(function* () {
          yield* on(limiter.acquire());
          stage.log(who, stage.loop.time());
        }),
      );
      yield* on(sleep(150));
      for (const who of [2, 3]) {
        tasks[who]?.cancel('x');
        stage.log(yield* attempt(tasks[who] ?? sleep(0)), stage.loop.time());
      }
      yield* on(tasks[4] ?? sleep(0));
    });
    expect(lines).toEqual(['0 0', '1 100', 'C(x) 150', 'C(x) 150', '4 200']);
  });

  test('lets nobody pass by those who wait', async () => {
    const lines = await play(gear, function* (stage) {
      const limiter = rateLimiter({ rate: 10 });
      stage.log(limiter.tryAcquire(), limiter.tryAcquire());
      const task = stage.spawn(() => on(limiter.acquire()));
      stage.loop.callAt(100, () => stage.log(limiter.tryAcquire()));
      yield* on(task);
      stage.log(limiter.tryAcquire(), stage.loop.time());
      yield* on(sleep(100));
      stage.log(limiter.tryAcquire());
    });
    expect(lines).toEqual(['true false', 'false', 'false 100', 'true']);
  });

  test('wraps functions of every kind', async () => {
    const lines = await play(gear, function* (stage) {
      const limiter = rateLimiter({ rate: 10 });
      const work = stage.coroutineOf(function* (a: number, b: number) {
        yield* on(sleep(1));
        return a + b;
      });
      const fails = limiter.wrap(() => {
        throw new Error('broken');
      });
      stage.log(yield* on(limiter.wrap(work)(1, 2)), stage.loop.time());
      stage.log(yield* on(limiter.wrap((word: string) => word.length)('abc')), stage.loop.time());
      stage.log(yield* on(limiter.wrap(async () => 'async')()), stage.loop.time());
      stage.log(yield* attempt(fails()), stage.loop.time());
    });
    expect(lines).toEqual(['3 1', '3 100', 'async 200', 'broken 300']);
  });

  test('calls what it wraps in the context of its caller', async () => {
    const store = new AsyncLocalStorage<number>();
    const lines = await play(gear, function* (stage) {
      const ask = rateLimiter({ rate: 10 }).wrap(async () => store.getStore());
      const caller = stage.coroutineOf(() => on(ask()));
      const tasks = Array.from({ length: 20 }, (_, n) => store.run(n, () => createTask(caller())));
      stage.log(yield* on(gather(tasks)));
    });
    expect(lines).toEqual([`[${Array.from({ length: 20 }, (_, n) => n).join(', ')}]`]);
  });

  test('says what its waiters wait for', async () => {
    const lines = await play(gear, function* (stage) {
      const limiter = rateLimiter({ rate: 10, name: 'api' });
      limiter.tryAcquire();
      const tasks = [1, 2].map(() => stage.spawn(() => on(limiter.acquire())));
      yield* on(sleep(1));
      for (const task of tasks) stage.log(task.scope.waits().at(-1)?.label);
      for (const task of tasks) yield* on(task);
    });
    expect(lines).toEqual(['rate limiter "api"', 'rate limiter "api"']);
  });
});

const option = 'COTASK_BAD_OPTION';
const limiter = rateLimiter({ rate: 1, burst: 2, name: 'api' });
test.each([
  { call: 'rateLimiter({})', make: () => rateLimiter(wrong({})), code: option, says: /"rate".*got undefined/ },
  { call: 'rate: 0', make: () => rateLimiter({ rate: 0 }), code: option, says: /above 0.*got 0/ },
  { call: 'rate: Infinity', make: () => rateLimiter({ rate: Infinity }), code: option, says: /got Infinity/ },
  { call: 'burst: 0', make: () => rateLimiter({ rate: 1, burst: 0 }), code: option, says: /"burst"/ },
  { call: 'per: 0', make: () => rateLimiter({ rate: 1, per: 0 }), code: 'COTASK_BAD_TIME', says: /"per", got 0/ },
  { call: 'interval: 1', make: () => rateLimiter(wrong({ rate: 1, interval: 1 })), code: option, says: /"interval"/ },
  { call: 'acquire(3) of 2', make: () => limiter.acquire(3), code: option, says: /limiter "api".*burst of 2.*got 3/ },
  { call: 'acquire(0)', make: () => limiter.acquire(0), code: option, says: /got 0/ },
  { call: 'tryAcquire(NaN)', make: () => limiter.tryAcquire(Number.NaN), code: option, says: /got NaN/ },
  { call: 'wrap(1)', make: () => limiter.wrap(wrong(1)), code: option, says: /takes a function, got number/ },
])('$call is refused', async (call) => {
  const { error, left } = await refusalOf(call);
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
});
