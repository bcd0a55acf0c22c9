import { describe, expect, test } from 'vitest';
import { coroutine, createTask, run, sleep } from 'cotask';
import type { GeneratorBody, Task } from 'cotask';
import { VirtualHost } from 'cotask/testing';
import { HostQueues } from './host-queues.ts';
import type { HostQueueLimits } from './host-queues.ts';

interface Line {
  readonly host: string;
  readonly href: string;
}

const codec = {
  pack: ({ href }: Line): string => href,
  unpack: (href: string, host: string): Line => ({ host, href }),
};

const line = (host: string, name = host): Line => ({ host, href: name });

/** Runs a body on virtual time with queues whose begun lines are noted. */
async function withQueues(
  limits: Partial<HostQueueLimits>,
  body: (queues: HostQueues<Line>, begun: string[]) => GeneratorBody<void>,
): Promise<void> {
  const main = coroutine(function* main() {
    const begun: string[] = [];
    const all = { limit: 100, limitPerHost: 100, windowLines: 1_000, windowCharacters: 1_000_000, ...limits };
    const queues = new HostQueues<Line>(all, codec, ({ href }) => begun.push(href));
    yield* body(queues, begun);
    queues.close();
  });
  await run(main(), { host: new VirtualHost() });
}

const wait = coroutine(function* wait(queues: HostQueues<Line>, host: string, log: string[], name: string) {
  yield* queues.again(host);
  log.push(name);
});

const spawnWait = (queues: HostQueues<Line>, host: string, log: string[], name: string): Task<void> =>
  createTask(wait(queues, host, log, name));

describe('HostQueues', () => {
  test('keeps both limits', () =>
    withQueues({ limit: 3, limitPerHost: 2 }, function* (queues, begun) {
      for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) queues.add(line(name.charAt(0), name));
      expect(begun).toEqual(['a1', 'a2', 'b1']);
      queues.release('a');
      expect(begun).toEqual(['a1', 'a2', 'b1', 'b2']);
      queues.release('b');
      expect(begun).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
      expect(queues.active).toBe(3);
      yield* sleep(0);
    }));

  test('lets hosts take turns one after the other, and the lines of a host in order', () =>
    withQueues({ limit: 1 }, function* (queues, begun) {
      queues.add(line('z', 'first'));
      for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) queues.add(line(name.charAt(0), name));
      for (const host of ['z', 'a', 'b', 'c', 'a', 'b']) queues.release(host);
      expect(begun).toEqual(['first', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
      yield* sleep(0);
    }));

  test('lets a host that is full hold up its own lines only', () =>
    withQueues({ limit: 10, limitPerHost: 1 }, function* (queues, begun) {
      for (let count = 0; count < 500; count++) queues.add(line('slow', `slow${count}`));
      queues.add(line('fast', 'fast'));
      expect(begun).toEqual(['slow0', 'fast']);
      yield* sleep(0);
    }));

  test('parks a host, and then lets it go on', () =>
    withQueues({ limitPerHost: 1 }, function* (queues, begun) {
      queues.add(line('a', 'a1'));
      queues.park('a', 1_000);
      queues.release('a');
      queues.add(line('a', 'a2'));
      queues.add(line('b', 'b1'));
      yield* sleep(999);
      expect(begun).toEqual(['a1', 'b1']);
      yield* sleep(2);
      expect(begun).toEqual(['a1', 'b1', 'a2']);
    }));

  test('keeps the longer of two parkings', () =>
    withQueues({}, function* (queues, begun) {
      queues.park('a', 1_000);
      queues.park('a', 10);
      queues.add(line('a'));
      yield* sleep(900);
      expect(begun).toEqual([]);
      queues.park('a', 1_000);
      yield* sleep(200);
      expect(begun).toEqual([]);
      yield* sleep(801);
      expect(begun).toEqual(['a']);
    }));

  test('lets lines that try again go before fresh ones of the same host', () =>
    withQueues({ limit: 1 }, function* (queues, begun) {
      queues.add(line('a', 'a1'));
      queues.add(line('a', 'a2'));
      void spawnWait(queues, 'a', begun, 'again');
      yield* sleep(1);
      queues.release('a');
      yield* sleep(1);
      expect(begun).toEqual(['a1', 'again']);
      queues.release('a');
      expect(begun).toEqual(['a1', 'again', 'a2']);
    }));

  test('loses no turn when a waiting line is cancelled', () =>
    // The cast: one turn, held by `first`; `waits` wants it for another try; `fresh` stands behind it.
    // The plot: `waits` is cancelled while it waits, then the turn comes free: it must go to `fresh`.
    withQueues({ limit: 1 }, function* (queues, begun) {
      queues.add(line('a', 'first'));
      const waits = spawnWait(queues, 'a', begun, 'waits');
      queues.add(line('a', 'fresh'));
      yield* sleep(1);
      waits.cancel();
      yield* sleep(1);
      queues.release('a');
      expect(begun).toEqual(['first', 'fresh']);
    }));

  test('hands a turn that came first to a line that is cancelled afterwards, which gives it back', () =>
    // The cast: `waits` waits for the one turn. The plot: the turn is given back and, in the same step, `waits` is
    // cancelled. It has the turn, so it gets that before the cancel, and releases it on its way out.
    withQueues({ limit: 1 }, function* (queues, begun) {
      const carry = coroutine(function* carry() {
        yield* queues.again('a');
        try {
          yield* sleep(1_000);
        } finally {
          queues.release('a');
        }
      });
      queues.add(line('a', 'first'));
      const waits = createTask(carry());
      yield* sleep(1);
      queues.release('a');
      waits.cancel();
      yield* sleep(1);
      expect(queues.active).toBe(0);
      queues.add(line('a', 'next'));
      expect(begun).toEqual(['first', 'next']);
    }));

  test('has room for a window of lines while turns are idle, and for a reserve when none is', () =>
    withQueues({ limit: 2, limitPerHost: 1, windowLines: 5_000 }, function* (queues) {
      let count = 0;
      for (; queues.hasRoom(); count++) queues.add(line('a'));
      expect(count).toBe(5_000);
      queues.settle(line('a'));
      expect(queues.hasRoom()).toBe(true);
      queues.drop();
      queues.settle(line('a'));
      count = 0;
      for (; queues.hasRoom(); count++) queues.add(line(count % 2 === 0 ? 'b' : 'c'));
      expect(count).toBeLessThan(300);
      yield* sleep(0);
    }));

  test('bounds the characters of the lines, and takes one line that is larger than that', () =>
    withQueues({ limit: 1, windowCharacters: 100 }, function* (queues) {
      expect(queues.hasRoom()).toBe(true);
      queues.add(line('a', 'x'.repeat(1_000)));
      expect(queues.hasRoom()).toBe(false);
      queues.settle(line('a', 'x'.repeat(1_000)));
      expect(queues.hasRoom()).toBe(true);
      yield* sleep(0);
    }));

  test('wakes who waits for room, and who waits for the last line', () =>
    withQueues({ limit: 1, windowLines: 3 }, function* (queues) {
      const events: string[] = [];
      const lines = ['a', 'b', 'c'].map((name) => line('h', name));
      for (const one of lines) queues.add(one);
      const feeder = coroutine(function* feeder() {
        while (!queues.hasRoom()) yield* queues.roomFreed();
        events.push('room');
      });
      const watcher = coroutine(function* watcher() {
        while (queues.lines > 0) yield* queues.drained();
        events.push('drained');
      });
      createTask(feeder());
      createTask(watcher());
      yield* sleep(1);
      expect(events).toEqual([]);
      for (const one of lines) {
        queues.release('h');
        queues.settle(one);
      }
      yield* sleep(1);
      expect(events.toSorted()).toEqual(['drained', 'room']);
    }));

  test('drops the lines that were not requested', () =>
    withQueues({ limit: 1 }, function* (queues, begun) {
      for (const name of ['1', '2', '3']) queues.add(line('h', name));
      expect(queues.drop()).toBe(2);
      expect(queues.lines).toBe(1);
      queues.release('h');
      expect(begun).toEqual(['1']);
      yield* sleep(0);
    }));

  test('goes down with the limit, and pauses, when the system has no more handles', () =>
    withQueues({ limit: 8 }, function* (queues, begun) {
      for (let count = 0; count < 20; count++) queues.add(line('h', String(count)));
      queues.lowerLimit();
      queues.lowerLimit();
      expect(queues.limit).toBe(4);
      for (let count = 0; count < 6; count++) queues.release('h');
      expect([queues.active, begun.length]).toEqual([2, 8]);
      yield* sleep(201);
      expect([queues.active, begun.length]).toEqual([4, 10]);
      for (let count = 0; count < 5; count++) {
        queues.lowerLimit();
        yield* sleep(201);
      }
      expect(queues.limit).toBe(1);
    }));

  test('serves 20,000 hosts in time that grows with their number only', () =>
    withQueues({ limit: 1, windowLines: 50_000 }, function* (queues, begun) {
      const began = performance.now();
      for (let count = 0; count < 20_000; count++) queues.add(line(`h${count}`));
      for (let count = 0; count < 20_000; count++) queues.release(`h${count}`);
      expect(begun.length).toBe(20_000);
      expect(performance.now() - began).toBeLessThan(5_000);
      yield* sleep(0);
    }));
});
