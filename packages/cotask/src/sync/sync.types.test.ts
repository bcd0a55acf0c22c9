import { expectTypeOf, test } from 'vitest';

import { Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore, coroutine, rateLimiter } from '../index.ts';
import type { Coroutine, Guard, RateLimiter, Wait } from '../index.ts';

test('what waits gives its value under await and under yield*', () => {
  void (async () => {
    expectTypeOf(await new Lock().acquire()).toEqualTypeOf<true>();
    expectTypeOf(await new Semaphore(2).acquire()).toEqualTypeOf<true>();
    expectTypeOf(await new Event().wait()).toEqualTypeOf<true>();
    expectTypeOf(await new Barrier(2).wait()).toEqualTypeOf<number>();
    expectTypeOf(await new Condition().wait()).toEqualTypeOf<true>();
  });
  void function* (): Generator<Wait, void, unknown> {
    expectTypeOf(yield* new Lock().acquire()).toEqualTypeOf<true>();
    expectTypeOf(yield* new BoundedSemaphore(2).acquire()).toEqualTypeOf<true>();
    expectTypeOf(yield* new Event().wait()).toEqualTypeOf<true>();
    expectTypeOf(yield* new Barrier(2).wait()).toEqualTypeOf<number>();
    expectTypeOf(yield* new Condition().waitFor(() => 'a value' as string | null)).toExtend<string | null>();
  };
});

test('what is held for a block is released by using', () => {
  void (async () => {
    using guard = await new Lock().hold();
    expectTypeOf(guard).toEqualTypeOf<Guard>();
    expectTypeOf(guard).toExtend<Disposable>();
  });
  void function* (): Generator<Wait, void, unknown> {
    using guard = yield* new Semaphore().hold();
    expectTypeOf(guard.release()).toEqualTypeOf<void>();
  };
  // @ts-expect-error a lock itself is not held
  void (() => using(new Lock()));
});

test('a rate limiter keeps the types of what it wraps', () => {
  const limiter = rateLimiter({ rate: 1 });
  expectTypeOf(limiter).toEqualTypeOf<RateLimiter>();
  const work = coroutine(async (n: number, word: string) => `${n}${word}`);
  void (async () => {
    expectTypeOf(await limiter.acquire(2)).toEqualTypeOf<void>();
    expectTypeOf(limiter.tryAcquire()).toEqualTypeOf<boolean>();
    expectTypeOf(limiter.wrap(work)).toEqualTypeOf<(n: number, word: string) => Coroutine<string>>();
    expectTypeOf(limiter.wrap(() => 1)).toEqualTypeOf<() => Coroutine<number>>();
    // @ts-expect-error how many?
    rateLimiter({ per: 100 });
    // @ts-expect-error a typo
    rateLimiter({ rate: 1, brust: 2 });
  });
  void function* (): Generator<Wait, void, unknown> {
    expectTypeOf(yield* limiter.acquire()).toEqualTypeOf<void>();
    expectTypeOf(yield* limiter.wrap(work)(1, 'a')).toEqualTypeOf<string>();
  };
});

test('a name is the only option', () => {
  void (() => {
    expectTypeOf(new Lock({ name: 'db' }).acquire()).toEqualTypeOf<Coroutine<true>>();
    // @ts-expect-error a typo
    void new Lock({ nmae: 'db' });
    // @ts-expect-error a lock has no number of permits
    void new Lock(1);
    // @ts-expect-error the number of parties is missing
    void new Barrier();
  });
});

declare function using(thing: Disposable): void;
