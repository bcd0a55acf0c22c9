import { expectTypeOf, test } from 'vitest';

import { Channel, LifoQueue, PriorityQueue, Queue, createTask, sleep } from '../index.ts';
import type { Coroutine, Received, Receiver, Sender, Task, Wait } from '../index.ts';

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

test('a channel gives what was sent, and tells its end by pull()', () => {
  const { sender, receiver } = new Channel<string>(2, { name: 'pages' });
  expectTypeOf(sender.clone()).toEqualTypeOf<Sender<string>>();
  expectTypeOf(receiver.clone()).toEqualTypeOf<Receiver<string>>();
  expectTypeOf(receiver.tryReceive()).toEqualTypeOf<Received<string> | null>();
  void (async () => {
    expectTypeOf(await sender.send('a')).toEqualTypeOf<void>();
    expectTypeOf(await receiver.receive()).toEqualTypeOf<string>();
    for await (const item of receiver) expectTypeOf(item).toEqualTypeOf<string>();
    using mine = sender;
    expectTypeOf(mine.trySend('b')).toEqualTypeOf<boolean>();
  });
  void function* (): Generator<Wait, void, unknown> {
    expectTypeOf(yield* receiver.receive()).toEqualTypeOf<string>();
    const step = yield* receiver.pull();
    if (step.done !== true) expectTypeOf(step.value).toEqualTypeOf<string>();
    // @ts-expect-error of the wrong type
    yield* sender.send(1);
  };
  void (() => {
    // @ts-expect-error a receiver does not send
    receiver.send('a');
    // @ts-expect-error a capacity is a number
    void new Channel({ capacity: 2 });
  });
});
