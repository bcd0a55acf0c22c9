import { describe, expect, test } from 'vitest';

import { Queue, QueueEmpty, QueueFull, QueueShutDown, coroutine, run, sleep } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import { attempt, gears, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';
import { VirtualHost } from '../testing/virtual-host.ts';
import { getting, joining, putting } from '../testing/queue-kinds.ts';

describe.each(gears)('Queue.get(), in the %s gear', (gear) => {
  test.each(contractOf(getting(Queue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('Queue.put(), in the %s gear', (gear) => {
  test.each(contractOf(putting(Queue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('Queue.join(), in the %s gear', (gear) => {
  test.each(contractOf(joining(Queue), gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });
});

describe.each(gears)('a queue, in the %s gear', (gear) => {
  test('gives items in the order in which they came, and waits for nothing that is there', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<number>();
      stage.log(queue.empty(), queue.qsize(), queue.full(), queue.maxsize);
      for (const item of [1, 3, 2]) yield* on(queue.put(item));
      stage.log(
        queue.qsize(),
        yield* on(queue.get()),
        yield* on(queue.get()),
        queue.getNowait(),
        queue.empty(),
        stage.tick,
      );
    });
    expect(lines).toEqual(['true 0 false 0', '3 1 3 2 true 0']);
  });

  test('serves those who wait for items in the order in which they came', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<string>();
      const getter = (name: string) =>
        stage.spawn(function* () {
          stage.log(name, yield* on(queue.get()), stage.tick);
        });
      const getters = ['a', 'b', 'c'].map(getter);
      yield* on(sleep(0));
      for (const item of ['x', 'y', 'z']) queue.putNowait(item);
      for (const each of getters) yield* on(each);
    });
    expect(lines).toEqual(['a x 2', 'b y 2', 'c z 2']);
  });

  test('lets those who wait for room in, in the order in which they came, one for each item taken', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<string>(1);
      const putter = (item: string) =>
        stage.spawn(function* () {
          yield* on(queue.put(item));
          stage.log('put', item, stage.tick);
        });
      const putters = ['a', 'b', 'c'].map(putter);
      yield* on(sleep(0));
      for (let i = 0; i < 3; i++) {
        stage.log('get', yield* on(queue.get()), stage.tick);
        yield* on(sleep(0));
      }
      for (const each of putters) yield* on(each);
    });
    expect(lines).toEqual(['put a 1', 'get a 1', 'put b 2', 'get b 2', 'put c 3', 'get c 3']);
  });

  test('does not let anybody else in between puts and gets that need not wait', async () => {
    const lines = await play(gear, function* (stage) {
      for (const queue of [new Queue<number>(), new Queue<number>(1)]) {
        const getting = stage.spawn(function* () {
          for (let i = 0; i < 3; i++) stage.log('got', yield* on(queue.get()));
        });
        for (const item of [0, 1, 2]) {
          yield* on(queue.put(item));
          stage.log('put', item);
        }
        yield* on(getting);
      }
    });
    const unbounded = ['put 0', 'put 1', 'put 2', 'got 0', 'got 1', 'got 2'];
    // An item that is handed over takes no room, so the last put need not wait.
    expect(lines).toEqual([...unbounded, 'put 0', 'got 0', 'put 1', 'put 2', 'got 1', 'got 2']);
  });

  test('is joined when the work on every item that was put is done', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<number>();
      yield* on(queue.join());
      for (const item of [1, 2]) queue.putNowait(item);
      const joining = stage.spawn(() => on(queue.join()));
      for (const _ of [1, 2]) {
        queue.getNowait();
        yield* on(sleep(1));
        stage.log(joining.done());
        queue.taskDone();
      }
      queue.putNowait(3);
      yield* on(joining);
      stage.log('joined with', queue.qsize(), 'item unfinished');
    });
    expect(lines).toEqual(['false', 'false', 'joined with 1 item unfinished']);
  });

  test('that was shut down gives what is left, then says so, as it does to every put', async () => {
    const lines = await play(gear, function* ({ log }) {
      const queue = new Queue<number>(0, { name: 'jobs' });
      for (const item of [1, 2]) queue.putNowait(item);
      queue.shutdown();
      log(yield* attempt(queue.put(3)));
      log(yield* attempt(queue.get()), yield* attempt(queue.get()));
      log(yield* attempt(queue.get()));
      queue.taskDone();
      queue.taskDone();
      log(yield* attempt(queue.join()));
    });
    expect(lines).toEqual([
      'queue "jobs" was shut down; it takes no more items',
      '1 2',
      'queue "jobs" was shut down and is empty',
      'undefined',
    ]);
  });

  test('that is shut down sends away those who wait for items or for room', async () => {
    const lines = await play(gear, function* (stage) {
      const empty = new Queue<number>();
      const getting = stage.spawn(() => on(empty.get()));
      const full = new Queue<number>(1);
      full.putNowait(1);
      const putting = stage.spawn(() => on(full.put(2)));
      yield* on(sleep(1));
      empty.shutdown();
      full.shutdown();
      stage.log(yield* attempt(getting));
      stage.log(yield* attempt(putting));
      stage.log(
        full.qsize(),
        getting.exception() instanceof QueueShutDown,
        putting.exception() instanceof QueueShutDown,
      );
    });
    expect(lines).toEqual([
      'a queue was shut down and is empty',
      'a queue was shut down while this task waited for room',
      '1 true true',
    ]);
  });

  test('that is shut down at once drops what is in it, and whoever joins it goes on', async () => {
    const lines = await play(gear, function* (stage) {
      const queue = new Queue<number>();
      for (const item of [1, 2]) queue.putNowait(item);
      const joining = stage.spawn(() => on(queue.join()));
      yield* on(sleep(1));
      queue.shutdown({ immediate: true });
      stage.log(queue.qsize(), yield* attempt(joining), yield* attempt(queue.get()));
    });
    expect(lines).toEqual(['0 undefined a queue was shut down and is empty']);
  });
});

test('a queue is iterated until it was shut down and is empty', async () => {
  const seen: unknown[] = [];
  const main = coroutine(async () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    const feeding = coroutine(async () => {
      for (const item of [2, 3]) {
        await sleep(1);
        await queue.put(item);
      }
      queue.shutdown();
    })();
    const reading = coroutine(async () => {
      for await (const item of queue) seen.push(item);
    })();
    await Promise.all([feeding, reading]);
    seen.push('end');
  });
  await run(main(), { host: new VirtualHost() });
  expect(seen).toEqual([1, 2, 3, 'end']);
});

test('an item that is undefined or null is an item', async () => {
  const lines = await play('generator', function* (stage) {
    const queue = new Queue<null | undefined>();
    queue.putNowait(undefined);
    queue.putNowait(null);
    const getting = stage.spawn(() => on(queue.get()));
    stage.log(yield* on(getting), queue.getNowait(), queue.qsize());
  });
  expect(lines).toEqual(['undefined null 0']);
});

test('getNowait and putNowait say by name what stands against them', () => {
  const queue = new Queue<number>(1, { name: 'jobs' });
  expect(() => queue.getNowait()).toThrow(QueueEmpty);
  queue.putNowait(1);
  expect(() => queue.putNowait(2)).toThrow(QueueFull);
  expect(() => queue.putNowait(2)).toThrow(
    expect.objectContaining({ code: 'COTASK_QUEUE_FULL', message: expect.stringContaining('"jobs" is full (1)') }),
  );
  expect(queue.qsize()).toBe(1);
  queue.shutdown();
  expect(() => queue.putNowait(2)).toThrow(QueueShutDown);
  expect(queue.getNowait()).toBe(1);
  expect(() => queue.getNowait()).toThrow(QueueShutDown);
});

test('taskDone is refused when nothing is unfinished', () => {
  const queue = new Queue<number>();
  queue.putNowait(1);
  queue.taskDone();
  expect(() => queue.taskDone()).toThrow(expect.objectContaining({ code: 'COTASK_TASK_DONE_TOO_OFTEN' }));
});
