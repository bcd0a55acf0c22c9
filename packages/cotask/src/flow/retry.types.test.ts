import { expectTypeOf, test } from 'vitest';

import { coroutine, exponentialBackoff, retry, sleep } from '../index.ts';
import type { Backoff, Coroutine, Wait } from '../index.ts';

const work = coroutine(async (attempt: number) => `${attempt}`);

test('retry gives what its function gives, whatever kind that is of', () => {
  void (() => {
    expectTypeOf(retry(work)).toEqualTypeOf<Coroutine<string>>();
    expectTypeOf(retry(async () => 1)).toEqualTypeOf<Coroutine<number>>();
    expectTypeOf(retry((attempt) => sleep(1, attempt))).toEqualTypeOf<Coroutine<number>>();
    expectTypeOf(retry(() => [1])).toEqualTypeOf<Coroutine<number[]>>();
    const generated = retry(function* (attempt) {
      yield* sleep(attempt);
      return true;
    });
    expectTypeOf(generated).toEqualTypeOf<Coroutine<boolean>>();
  });
  void (async () => expectTypeOf(await retry(work, { delay: 5 })).toEqualTypeOf<string>());
  void function* (): Generator<Wait, void, unknown> {
    expectTypeOf(yield* retry(work, { delay: exponentialBackoff(), deadline: null })).toEqualTypeOf<string>();
  };
});

test('a policy is a function of the attempt and its error', () => {
  expectTypeOf(exponentialBackoff({ jitter: 'equal' })).toEqualTypeOf<Backoff>();
  void (() => {
    void retry(work, { delay: (attempt, error) => (error instanceof Error ? attempt : 0) });
    // @ts-expect-error milliseconds
    void retry(work, { delay: '5s' });
    // @ts-expect-error no such jitter
    void exponentialBackoff({ jitter: 'half' });
    // @ts-expect-error a typo
    void retry(work, { attemps: 3 });
    // @ts-expect-error called already
    void retry(work(1));
    // @ts-expect-error its function is given a number
    void retry(async (url: string) => url);
  });
});
