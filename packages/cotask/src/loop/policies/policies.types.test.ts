import { expectTypeOf, test } from 'vitest';

import { coroutine, createTask, fifo, priority, random, run, weighted } from '../../index.ts';
import type { Arrange, PriorityOptions, SchedulingPolicy, WeightedOptions } from '../../index.ts';
import type { Step } from '../../lowlevel.ts';

const work = coroutine(async () => 1);

test('a policy is a name and a function that orders steps', () => {
  expectTypeOf(fifo()).toEqualTypeOf<SchedulingPolicy>();
  expectTypeOf(priority({ ageing: 2 })).toEqualTypeOf<SchedulingPolicy>();
  expectTypeOf(weighted({ shares: { crawl: 1, ui: 3 }, others: 2 })).toEqualTypeOf<SchedulingPolicy>();
  expectTypeOf(random(1)).toEqualTypeOf<SchedulingPolicy>();
  expectTypeOf<SchedulingPolicy['begin']>().toEqualTypeOf<() => Arrange>();
  expectTypeOf<Arrange>().toEqualTypeOf<(ready: readonly Step[], iteration: number) => readonly Step[]>();
});

test('a policy of one’s own is given to a run', () => {
  const reversed: SchedulingPolicy = { name: 'reversed', begin: () => (ready) => ready.toReversed() };
  void (() => run(work(), { policy: reversed }));
  void (() => {
    // @ts-expect-error it orders, it does not choose one
    const first: SchedulingPolicy = { name: 'first', begin: () => (ready: readonly Step[]) => ready[0] };
    void first;
    // @ts-expect-error the function, not what it gives
    void run(work(), { policy: fifo });
  });
});

test('the policies refuse what they do not know', () => {
  expectTypeOf<keyof PriorityOptions>().toEqualTypeOf<'ageing'>();
  expectTypeOf<keyof WeightedOptions>().toEqualTypeOf<'shares' | 'others'>();
  void (() => {
    // @ts-expect-error the seed is missing
    random();
    // @ts-expect-error a typo
    priority({ aging: 1 });
    // @ts-expect-error weights are numbers
    weighted({ shares: { crawl: 'few' } });
    // @ts-expect-error it has no options
    fifo({ ageing: 1 });
    // @ts-expect-error a level is a number
    createTask(work(), { priority: 'high' });
    createTask(work(), { priority: 1, share: 'crawl' });
    createTask(work(), { share: null });
  });
});
