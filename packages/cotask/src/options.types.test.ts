// The names of all options: one that is misspelt does not compile, and one that is new is seen here.
import { expectTypeOf, test } from 'vitest';

import {
  Barrier,
  BoundedSemaphore,
  Channel,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from './index.ts';
import type {
  AsCompletedOptions,
  BarrierOptions,
  ChannelOptions,
  Compare,
  ConditionOptions,
  EventOptions,
  ExponentialBackoffOptions,
  ForEachOptions,
  GatherOptions,
  LockOptions,
  MapOptions,
  PriorityQueueOptions,
  QueueOptions,
  RateLimiterOptions,
  RetryOptions,
  ScopeOptions,
  SemaphoreOptions,
  ShieldedOptions,
  TaskGroupOptions,
  TaskLocalOptions,
  WaitOptions,
} from './index.ts';

test('options of scopes', () => {
  expectTypeOf<keyof ScopeOptions>().toEqualTypeOf<'graceMs'>();
  expectTypeOf<keyof TaskGroupOptions>().toEqualTypeOf<'name' | 'graceMs'>();
  expectTypeOf<keyof ShieldedOptions>().toEqualTypeOf<'limit'>();
  expectTypeOf<keyof TaskLocalOptions<number>>().toEqualTypeOf<'name' | 'default'>();
});

test('options of what waits for several', () => {
  expectTypeOf<keyof GatherOptions>().toEqualTypeOf<'returnExceptions'>();
  expectTypeOf<keyof WaitOptions>().toEqualTypeOf<'timeout' | 'returnWhen'>();
  expectTypeOf<keyof AsCompletedOptions>().toEqualTypeOf<'timeout'>();
  expectTypeOf<keyof MapOptions>().toEqualTypeOf<'concurrency' | 'ordered' | 'settle'>();
  expectTypeOf<keyof ForEachOptions<number>>().toEqualTypeOf<'concurrency' | 'onError'>();
});

test('options of what is done again and again', () => {
  expectTypeOf<keyof RetryOptions>().toEqualTypeOf<'attempts' | 'delay' | 'retryIf' | 'deadline' | 'onRetry'>();
  expectTypeOf<keyof ExponentialBackoffOptions>().toEqualTypeOf<'initial' | 'factor' | 'max' | 'jitter' | 'random'>();
  expectTypeOf<keyof RateLimiterOptions>().toEqualTypeOf<'rate' | 'per' | 'burst' | 'name'>();
});

test('options of what tasks share', () => {
  type Named = LockOptions | SemaphoreOptions | EventOptions | ConditionOptions | BarrierOptions;
  expectTypeOf<keyof Named>().toEqualTypeOf<'name'>();
  expectTypeOf<keyof QueueOptions>().toEqualTypeOf<'name'>();
  expectTypeOf<keyof ChannelOptions>().toEqualTypeOf<'name'>();
  expectTypeOf<keyof PriorityQueueOptions<number>>().toEqualTypeOf<'name' | 'compare'>();
  expectTypeOf<Compare<string>>().toEqualTypeOf<(a: string, b: string) => number>();
  void (() => {
    // @ts-expect-error a typo
    void new Semaphore(1, { nmae: 'a' });
    // @ts-expect-error a typo
    void new BoundedSemaphore(1, { nmae: 'a' });
    // @ts-expect-error a typo
    void new Event({ nmae: 'a' });
    // @ts-expect-error a typo
    void new Condition(new Lock(), { nmae: 'a' });
    // @ts-expect-error a typo
    void new Barrier(2, { nmae: 'a' });
    // @ts-expect-error a typo
    void new Queue(2, { nmae: 'a' });
    // @ts-expect-error a typo
    void new LifoQueue(2, { nmae: 'a' });
    // @ts-expect-error a typo
    void new PriorityQueue<number>(2, { comapre: () => 0 });
    // @ts-expect-error a typo
    void new Channel(2, { nmae: 'a' });
    // @ts-expect-error the bound is a number of its own
    void new Queue({ maxsize: 2 });
  });
});
