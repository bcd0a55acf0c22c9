import { describe, expect, test } from 'vitest';

import {
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  MisuseError,
  exponentialBackoff,
  retry,
  sleep,
  timeout,
} from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import { gated } from '../testing/gated-kind.ts';
import { play } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';
import { refusalOf, wrong } from '../testing/wrong-call.ts';

/** Fails the first `failures` times, 1 ms each; says when each attempt begins. */
const flaky = (stage: Stage, failures: number) =>
  stage.coroutineOf(function* (attempt: number) {
    stage.log('attempt', attempt, 'at', stage.loop.time());
    yield* on(sleep(1));
    if (attempt <= failures) throw new Error(`failure ${attempt}`);
    return `value ${attempt}`;
  });

describe.each(gears)('an attempt, in the %s gear', (gear) => {
  const kind = gated((_, gate) => () => retry(() => gate(), { attempts: 1 }));
  test.each(contractOf(kind, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('retry(), in the %s gear', (gear) => {
  test('gives the value of the first attempt that succeeds, after the pauses in between', async () => {
    const lines = await play(gear, function* (stage) {
      const told = (error: unknown, n: number, delay: number): void => stage.log('told', error, n, delay);
      stage.log(yield* on(retry(flaky(stage, 2), { delay: 10, onRetry: told })), stage.loop.time());
    });
    expect(lines).toEqual([
      'attempt 1 at 0',
      'told failure 1 1 10',
      'attempt 2 at 11',
      'told failure 2 2 10',
      'attempt 3 at 22',
      'value 3 23',
    ]);
  });

  test('throws the error of the last attempt as it is', async () => {
    const lines = await play(gear, function* (stage) {
      const errors: unknown[] = [];
      const fails = stage.coroutineOf(function* () {
        const error = new Error('broken');
        errors.push(error);
        throw error;
      });
      try {
        yield* on(retry(fails, { attempts: 4, delay: 0 }));
      } catch (error) {
        stage.log(errors.length, errors.indexOf(error));
      }
    });
    expect(lines).toEqual(['4 3']);
  });

  test('takes functions of every kind', async () => {
    const lines = await play(gear, function* ({ log }) {
      log(yield* on(retry(coroutine(async (n: number) => n))));
      log(yield* on(retry(async (n) => n)));
      log(yield* on(retry((n) => Promise.resolve(n))));
      log(yield* on(retry((n) => n)));
      const generated = retry(function* (n) {
        yield* sleep(1);
        if (n === 1) throw new Error('once');
        return n;
      });
      log(yield* on(generated));
      log(
        yield* on(
          retry((n) => {
            if (n === 1) throw new Error('once');
            return n;
          }),
        ),
      );
    });
    expect(lines).toEqual(['1', '1', '1', '1', '2', '2']);
  });

  test('does not retry what is not worth it', async () => {
    const lines = await play(gear, function* (stage) {
      const retryIf = (error: unknown, n: number): boolean => {
        stage.log('asked', error, n);
        return n < 2;
      };
      stage.log(yield* attempt(retry(flaky(stage, 9), { attempts: 9, delay: 0, retryIf })));
    });
    expect(lines).toEqual(['attempt 1 at 0', 'asked failure 1 1', 'attempt 2 at 1', 'asked failure 2 2', 'failure 2']);
  });

  test('does not repeat a mistake of the program, unless it is told to', async () => {
    const lines = await play(gear, function* (stage) {
      let calls = 0;
      const work = stage.coroutineOf(function* () {
        calls += 1;
        throw new MisuseError('COTASK_BAD_OPTION', 'wrong');
      });
      stage.log(yield* attempt(retry(work, { delay: 0 })), calls);
      stage.log(yield* attempt(retry(work, { delay: 0, retryIf: () => true })), calls);
    });
    expect(lines).toEqual(['wrong 1', 'wrong 4']);
  });

  test('asks the policy for each pause', async () => {
    const lines = await play(gear, function* (stage) {
      const delay = (n: number, error: unknown): number => (error instanceof Error ? n * 100 : -1);
      stage.log(yield* on(retry(flaky(stage, 2), { delay })));
    });
    expect(lines).toEqual(['attempt 1 at 0', 'attempt 2 at 101', 'attempt 3 at 302', 'value 3']);
  });

  test('retries a timeout of an attempt', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* (n: number) {
        const body = inGear(gear, () => on(sleep(n === 1 ? 100 : 1, 'done')));
        return yield* on(timeout(10, body));
      });
      stage.log(yield* on(retry(work, { delay: 5 })), stage.loop.time());
    });
    expect(lines).toEqual(['done 16']);
  });

  test('ends with its deadline, in an attempt', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(() => on(sleep(100)));
      stage.log(yield* attempt(retry(work, { deadline: 10 })), stage.loop.time());
    });
    expect(lines).toEqual(['TO 10']);
  });

  test('does not begin a pause that would last beyond its deadline', async () => {
    const lines = await play(gear, function* (stage) {
      const told = (error: unknown): void => stage.log('told', error);
      const options = { attempts: Infinity, delay: 4, deadline: 10, onRetry: told };
      stage.log(yield* attempt(retry(flaky(stage, 9), options)), stage.loop.time());
    });
    expect(lines).toEqual(['attempt 1 at 0', 'told failure 1', 'attempt 2 at 5', 'failure 2 6']);
  });

  test('is ended by a timeout around it, in a pause too', async () => {
    const lines = await play(gear, function* (stage) {
      const body = inGear(gear, () => on(retry(flaky(stage, 9), { attempts: 9, delay: 100 })));
      stage.log(yield* attempt(timeout(50, body)), stage.loop.time());
    });
    expect(lines).toEqual(['attempt 1 at 0', 'TO 50']);
  });

  test('begins nothing more when it is cancelled in a pause', async () => {
    const lines = await play(gear, function* (stage) {
      const task = createTask(retry(flaky(stage, 9), { delay: 10 }));
      yield* on(sleep(5));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time());
    });
    expect(lines).toEqual(['attempt 1 at 0', 'C(x) 5']);
  });

  test('begins nothing more when it is cancelled in an attempt, whatever that makes of it', async () => {
    const lines = await play(gear, function* (stage) {
      const work = stage.coroutineOf(function* () {
        stage.log('attempt');
        try {
          yield* on(sleep(100));
        } catch (error) {
          throw new Error('translated', { cause: error });
        }
      });
      const task = createTask(retry(work, { delay: 1 }));
      yield* on(sleep(5));
      task.cancel('x');
      stage.log(yield* attempt(task), stage.loop.time());
    });
    expect(lines).toEqual(['attempt', 'translated 5']);
  });

  test('does not retry a cancel that comes from elsewhere', async () => {
    const lines = await play(gear, function* (stage) {
      const gone = createTask(sleep(1));
      gone.cancel('x');
      yield* attempt(gone);
      const work = stage.coroutineOf(function* () {
        stage.log('attempt');
        yield* on(gone);
      });
      stage.log(yield* attempt(retry(work, { delay: 0 })), currentTask()?.cancelling());
    });
    expect(lines).toEqual(['attempt', 'C(x) 0']);
  });

  test('lets what its callbacks throw out', async () => {
    const lines = await play(gear, function* (stage) {
      const fails = (): never => {
        throw new Error('of the callback');
      };
      for (const options of [{ retryIf: fails }, { onRetry: fails }, { delay: fails }]) {
        stage.log(yield* attempt(retry(flaky(stage, 1), options)));
      }
      stage.log(yield* attempt(retry(flaky(stage, 1), { delay: () => Number.NaN })));
    });
    expect(lines.filter((line) => !line.startsWith('attempt'))).toEqual([
      'of the callback',
      'of the callback',
      'of the callback',
      'the "delay" of retry() gives milliseconds, after attempt 1 it gave NaN',
    ]);
  });

  test('does not retry an abort that answers the cancel', async () => {
    const lines = await play('async', function* ({ log }) {
      let attempts = 0;
      const foreign = async (): Promise<void> => {
        attempts += 1;
        await new Promise((_, reject) => {
          const signal = currentTask()?.signal;
          signal?.addEventListener('abort', () => reject(signal.reason instanceof CancelledError ? signal.reason : 0));
        });
      };
      const task = createTask(retry(foreign, { delay: 0 }));
      yield* on(sleep(1));
      task.cancel('x');
      log(yield* attempt(task), attempts, task.cancelled());
    });
    expect(lines).toEqual(['C(x) 1 true']);
  });
});

describe('exponentialBackoff()', () => {
  const pauses = (options: Parameters<typeof exponentialBackoff>[0]): number[] => {
    const backoff = exponentialBackoff(options);
    return [1, 2, 3, 4, 5].map((n) => backoff(n, null));
  };

  test('doubles from 100 ms up to half a minute', () => {
    expect(pauses({ jitter: 'none' })).toEqual([100, 200, 400, 800, 1600]);
    expect(exponentialBackoff({ jitter: 'none' })(2000, null)).toBe(30_000);
  });

  test('grows by a factor, up to a bound', () => {
    expect(pauses({ initial: 1, factor: 3, max: 20, jitter: 'none' })).toEqual([1, 3, 9, 20, 20]);
    expect(pauses({ initial: 5, factor: 1, jitter: 'none' })).toEqual([5, 5, 5, 5, 5]);
    expect(pauses({ initial: 0, jitter: 'none' })).toEqual([0, 0, 0, 0, 0]);
  });

  test('takes a random part of each pause', () => {
    expect(pauses({ initial: 8, random: () => 0.25 })).toEqual([2, 4, 8, 16, 32]);
    expect(pauses({ initial: 8, jitter: 'equal', random: () => 0.25 })).toEqual([5, 10, 20, 40, 80]);
    const drawn = Array.from({ length: 1_000 }, () => exponentialBackoff({ initial: 100 })(1, null));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(100);
    expect(new Set(drawn).size).toBeGreaterThan(900);
  });
});

const option = 'COTASK_BAD_OPTION';
const time = 'COTASK_BAD_TIME';
const one = (): number => 1;
test.each([
  { call: 'retry(1)', make: () => retry(wrong(1)), code: option, says: /function as "fn", got number/ },
  { call: 'attempts: 0', make: () => retry(one, { attempts: 0 }), code: option, says: /"attempts".*got 0/ },
  { call: 'attempts: 1.5', make: () => retry(one, { attempts: 1.5 }), code: option, says: /got 1\.5/ },
  { call: 'retryIf: 1', make: () => retry(one, { retryIf: wrong(1) }), code: option, says: /function as "retryIf"/ },
  { call: 'onRetry: 1', make: () => retry(one, { onRetry: wrong(1) }), code: option, says: /function as "onRetry"/ },
  { call: 'delay: -1', make: () => retry(one, { delay: -1 }), code: time, says: /"delay", got -1/ },
  { call: 'delay: "1"', make: () => retry(one, { delay: wrong('1') }), code: time, says: /"delay", got "1"/ },
  { call: 'deadline: NaN', make: () => retry(one, { deadline: Number.NaN }), code: time, says: /"deadline", got NaN/ },
  { call: 'retries: 3', make: () => retry(one, wrong({ retries: 3 })), code: option, says: /"retries".*attempts/ },
  {
    call: 'factor: 0.5',
    make: () => exponentialBackoff({ factor: 0.5 }),
    code: option,
    says: /"factor" of 1 and more/,
  },
  { call: 'initial: NaN', make: () => exponentialBackoff({ initial: Number.NaN }), code: option, says: /got NaN/ },
  {
    call: 'jitter: half',
    make: () => exponentialBackoff({ jitter: wrong('half') }),
    code: option,
    says: /"jitter".*half/,
  },
  { call: 'random: 1', make: () => exponentialBackoff({ random: wrong(1) }), code: option, says: /"random"/ },
  { call: 'min: 1', make: () => exponentialBackoff(wrong({ min: 1 })), code: option, says: /"min"/ },
])('$call is refused', async (call) => {
  const { error, left } = await refusalOf(call);
  expect(left).toEqual([]);
  expect(error).toMatchObject({ code: call.code, message: expect.stringMatching(call.says) });
});
