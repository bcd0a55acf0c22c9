import { describe, expect, test } from 'vitest';

import { Channel, Queue, pipe, sleep, timeout } from '../index.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** Numbers from 1, and whether they were closed. */
class Numbers implements AsyncIterable<number> {
  closed = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    try {
      for (let n = 1; ; n++) yield n;
    } finally {
      this.closed = true;
    }
  }
}

describe.each(gears)('pipe(), in the %s gear', (gear) => {
  test('waits for room in a queue, and leaves it open', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const queue = new Queue<number>(2);
      const task = stage.spawn(() => on(pipe([1, 2, 3], queue)));
      yield* on(sleep(1));
      log(queue.qsize(), task.done());
      log(queue.getNowait(), queue.getNowait());
      yield* on(task);
      log(queue.getNowait());
      queue.putNowait(4);
    });
    expect(lines).toEqual(['2 false', '1 2', '3']);
  });

  test('sends to a channel, and fails when nobody receives any more', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const { sender, receiver } = new Channel<number>(1);
      const endless = new Numbers();
      const task = stage.spawn(() => on(pipe(endless, sender)));
      log(yield* on(receiver.receive()), yield* on(receiver.receive()));
      receiver.close();
      log(yield* attempt(task), endless.closed);
    });
    expect(lines[0]).toBe('1 2');
    expect(lines[1]).toMatch(/every receiver of a channel was closed.* true/);
  });

  test('writes to a web stream and closes it at the end', async () => {
    const lines = await play(gear, function* ({ log }) {
      const written: unknown[] = [];
      const stream = new WritableStream<Uint8Array>({
        write: (chunk) => void written.push(...chunk),
        close: () => void written.push('closed'),
      });
      yield* on(pipe(new Response('ab').body ?? [], stream));
      log(written, stream.locked);
    });
    expect(lines).toEqual(['[97, 98, closed] false']);
  });

  test('waits for a slow web stream', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const writes: PromiseWithResolvers<void>[] = [];
      const stream = new WritableStream<number>({
        write: () => {
          const write = Promise.withResolvers<void>();
          writes.push(write);
          return write.promise;
        },
      });
      let taken = 0;
      function* counted(): Generator<number> {
        for (const n of [1, 2, 3]) {
          taken += 1;
          yield n;
        }
      }
      const task = stage.spawn(() => on(pipe(counted(), stream)));
      yield* on(sleep(1));
      log(writes.length, taken);
      while (!task.done()) {
        writes.at(-1)?.resolve();
        yield* on(sleep(1));
      }
      log(writes.length, taken);
    });
    expect(lines).toEqual(['1 2', '3 3']);
  });

  test('fails with a web stream that fails, and closes the source', async () => {
    const lines = await play(gear, function* ({ log }) {
      const endless = new Numbers();
      const stream = new WritableStream<number>({
        write: () => {
          throw new Error('disk full');
        },
      });
      log(yield* attempt(pipe(endless, stream)), endless.closed, stream.locked);
    });
    expect(lines).toEqual(['disk full true false']);
  });

  test('cancelled while a write never settles, waits for it no longer than a second cancel; a write that hears of the abort needs none', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      for (const hears of [false, true]) {
        const stream = new WritableStream<number>({
          write: (_, { signal }) =>
            new Promise((resolve) => {
              if (hears) signal.addEventListener('abort', () => resolve());
            }),
        });
        const task = stage.spawn(() => on(pipe([1, 2], stream)));
        yield* on(sleep(1));
        task.cancel('first');
        yield* on(sleep(1));
        log(task.done());
        task.cancel('second');
        log(yield* attempt(task), stream.locked);
      }
    });
    expect(lines).toEqual(['false', 'C(second) false', 'true', 'C(first) false']);
  });

  test('aborts the web stream when the source fails, with its error', async () => {
    const lines = await play(gear, function* ({ log }) {
      async function* failing(): AsyncGenerator<number> {
        yield 1;
        throw new Error('broken');
      }
      const stream = new WritableStream<number>({ abort: (reason: Error) => log('aborted', reason.message) });
      log(yield* attempt(pipe(failing(), stream)), stream.locked);
    });
    expect(lines).toEqual(['aborted broken', 'broken false']);
  });

  test('gives the web stream back where the source cannot be opened', async () => {
    const lines = await play(gear, function* ({ log }) {
      const taken = new ReadableStream<number>();
      taken.getReader();
      const stream = new WritableStream<number>();
      log((yield* attempt(pipe(taken, stream))).includes('locked'), stream.locked);
    });
    expect(lines).toEqual(['true false']);
  });

  test('cancelled while it waits for the source or for the sink, closes the source and aborts the stream', async () => {
    const lines = await play(gear, function* ({ log }) {
      const endless = new Numbers();
      const full = new Queue<number>(1);
      log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(pipe(endless, full))),
          ),
        ),
        endless.closed,
        full.qsize(),
      );
      const empty = new Queue<number>();
      const stream = new WritableStream<number>({ abort: (reason: { code: string }) => log('aborted', reason.code) });
      log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(pipe(empty, stream))),
          ),
        ),
        stream.locked,
      );
    });
    expect(lines).toEqual(['TO true 1', 'aborted COTASK_CANCELLED', 'TO false']);
  });
});

test('pipe() refuses what is no source and no sink', () => {
  const refused = expect.objectContaining({ code: 'COTASK_BAD_OPTION' });
  expect(() => pipe(5 as never, new Queue())).toThrow(refused);
  expect(() => pipe([1], {} as never)).toThrow(refused);
  // @ts-expect-error numbers into a queue of words
  void (() => pipe([1], new Queue<string>()));
});
