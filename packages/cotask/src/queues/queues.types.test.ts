import { expectTypeOf, test } from 'vitest';

import { LifoQueue, PriorityQueue, Queue, createTask, sleep } from '../index.ts';
import type { Coroutine, Task, Wait } from '../index.ts';

test('a queue gives what was put into it', () => {
  const queue = new Queue<string>(2);
  expectTypeOf(queue.get()).toEqualTypeOf<Coroutine<string>>();
  expectTypeOf(queue.put).parameters.toEqualTypeOf<[item: string]>();
  void (async () => {
    expectTypeOf(queue.getNowait()).toEqualTypeOf<string>();
    for await (const item of queue) expectTypeOf(item).toEqualTypeOf<string>();
    expectTypeOf(await queue.get()).toEqualTypeOf<string>();
    expectTypeOf(await queue.join()).toEqualTypeOf<void>();
  });
  void (() => {
    // @ts-expect-error of the wrong type
    queue.putNowait(1);
    // @ts-expect-error a typo
    queue.shutdown({ imediate: true });
  });
});

test('a queue of tasks gives a task under yield*, and its result under await', () => {
  const tasks = new Queue<Task<number>>();
  void (async () => {
    expectTypeOf(await tasks.get()).toEqualTypeOf<number>();
  });
  void function* (): Generator<Wait, void, unknown> {
    tasks.putNowait(createTask(sleep(1, 2)));
    expectTypeOf(yield* tasks.get()).toEqualTypeOf<Task<number>>();
  };
});

test('the other queues are queues', () => {
  expectTypeOf(new LifoQueue<number>()).toExtend<Queue<number>>();
  expectTypeOf(new PriorityQueue<number>()).toExtend<Queue<number>>();
  const byLength = new PriorityQueue<string>(0, { name: 'words', compare: (a, b) => a.length - b.length });
  expectTypeOf(byLength.get()).toEqualTypeOf<Coroutine<string>>();
  void (() => {
    // @ts-expect-error compares what is not in it
    void new PriorityQueue<string>(0, { compare: (a: number, b: number) => a - b });
  });
});
