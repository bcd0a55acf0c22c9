import { describe, expect, expectTypeOf, test } from 'vitest';

import { Queue, coroutine, fromPromise, pipe, pull, run, sleep, toReadableStream, toWritableStream } from '../index.ts';
import type { Awaitable, ChunkSink, ChunkSource, Coroutine } from '../index.ts';
import { foreignTurn } from '../probes/vocabulary.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

/** Streams of the platform take a few of its microtasks to begin. */
const platform = (): Awaitable<unknown> => fromPromise(foreignTurn());

describe.each(gears)('toReadableStream(), in the %s gear', (gear) => {
  const streamOf = <T>(body: (sink: ChunkSink<T>) => EitherBody<unknown>, strategy?: QueuingStrategy<T>) =>
    toReadableStream(inGear(gear, body), strategy);
  const read = <T>(reader: ReadableStreamDefaultReader<T>): EitherBody<{ done: boolean; value: T | undefined }> =>
    on(fromPromise(reader.read()));

  test('makes each chunk when it is asked for, and ends with its body', async () => {
    const lines = await play(gear, function* ({ log }) {
      const stream = streamOf<number>(function* (sink) {
        log('begun');
        for (const n of [1, 2]) {
          yield* on(sink.put(n));
          log('put', n);
        }
      });
      yield* on(sleep(1));
      const reader = stream.getReader();
      log((yield* read(reader)).value);
      yield* on(sleep(1));
      log((yield* read(reader)).value);
      log((yield* read(reader)).done);
    });
    expect(lines).toEqual(['begun', 'put 1', '1', 'put 2', '2', 'true']);
  });

  test('keeps as much ready as the strategy says', async () => {
    const lines = await play(gear, function* ({ log }) {
      let made = 0;
      const stream = streamOf<number>(
        function* (sink) {
          for (;;) {
            yield* on(sink.put(++made));
          }
        },
        { highWaterMark: 3 },
      );
      yield* on(platform());
      log(made);
      yield* on(fromPromise(stream.cancel()));
    });
    expect(lines).toEqual(['4']);
  });

  test('answers several reads at once, and takes chunks of several tasks', async () => {
    const lines = await play(gear, function* (stage) {
      const stream = streamOf<string>(function* (sink) {
        const tasks = ['a', 'b'].map((chunk) => stage.spawn(() => on(sink.put(chunk))));
        for (const task of tasks) yield* on(task);
      });
      const reader = stream.getReader();
      const all = Promise.all([reader.read(), reader.read(), reader.read()]);
      const steps = yield* on(fromPromise(all));
      stage.log(steps.map(({ done, value }) => (done ? 'done' : value)));
    });
    expect(lines).toEqual(['[a, b, done]']);
  });

  test('fails with its body', async () => {
    const lines = await play(gear, function* ({ log }) {
      const stream = streamOf<number>(function* (sink) {
        yield* on(sink.put(1));
        throw new Error('broken');
      });
      const source = pull(stream);
      log((yield* on(source.next())).value, yield* attempt(source.next()));
    });
    expect(lines).toEqual(['1 broken']);
  });

  test('cancels its body when the reader cancels, which hears when that has cleaned up, and what it failed with', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const body = (fails: boolean) =>
        streamOf<number>(function* (sink) {
          try {
            for (;;) yield* on(sink.put(1));
          } finally {
            yield* on(sleep(5));
            log('cleaned up', loop.time());
            // eslint-disable-next-line no-unsafe-finally
            if (fails) throw new Error('broken');
          }
        });
      for (const fails of [false, true]) {
        const reader = body(fails).getReader();
        yield* read(reader);
        log(yield* attempt(fromPromise(reader.cancel('enough'))), loop.time());
      }
      const never = body(false);
      log(yield* attempt(fromPromise(never.cancel())));
    });
    expect(lines).toEqual(['cleaned up 5', 'undefined 5', 'cleaned up 10', 'broken 10', 'undefined']);
  });

  test('refuses chunks once the reader has cancelled it, also of tasks that wait to put one', async () => {
    const lines = await play(gear, function* (stage) {
      let sink: ChunkSink<number> | null = null;
      const stream = streamOf<number>(function* (given) {
        sink = given;
        yield* on(given.put(1));
        yield* on(sleep(10));
      });
      const reader = stream.getReader();
      yield* read(reader);
      const put = (): Awaitable<void> => sink?.put(2) ?? sleep(0);
      const waits = stage.spawn(() => on(put()));
      yield* on(sleep(1));
      yield* on(fromPromise(reader.cancel()));
      stage.log(yield* attempt(waits));
      stage.log(yield* attempt(put()));
    });
    const refused = 'the reader has cancelled this stream: nobody takes what is put';
    expect(lines).toEqual([refused, refused]);
  });

  test('fails when the run ends that its body belongs to', async () => {
    let stream: ReadableStream<number> | undefined;
    const main = coroutine(async () => {
      stream = toReadableStream<number>(async (sink) => {
        await sink.put(1);
        await sleep(60_000);
      });
      const reader = stream.getReader();
      await reader.read();
      reader.releaseLock();
    });
    await run(main());
    await expect(stream?.getReader().read()).rejects.toMatchObject({ code: 'COTASK_CANCELLED', source: 'shutdown' });
  });
});

describe.each(gears)('toWritableStream(), in the %s gear', (gear) => {
  const streamOf = <T>(body: (source: ChunkSource<T>) => EitherBody<unknown>, strategy?: QueuingStrategy<T>) =>
    toWritableStream(inGear(gear, body), strategy);
  const wait = <T>(promise: PromiseLike<T>): Coroutine<T> => coroutine(() => promise)();

  function* taken<T>(source: ChunkSource<T>): EitherBody<T[]> {
    const chunks: T[] = [];
    for (let step = yield* on(source.next()); step.done !== true; step = yield* on(source.next()))
      chunks.push(step.value);
    return chunks;
  }

  test('hands its chunks to its body; close() waits for that', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const stream = streamOf<number>(function* (source) {
        log(yield* taken(source));
        yield* on(sleep(5));
      });
      yield* on(pipe([1, 2, 3], stream));
      log(loop.time());
    });
    expect(lines).toEqual(['[1, 2, 3]', '5']);
  });

  test('ends a write when its chunk was taken', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const stream = streamOf<number>(function* (source) {
        yield* on(sleep(5));
        log(yield* on(source.next()), yield* on(source.next()), yield* on(source.next()));
      });
      const writer = stream.getWriter();
      yield* on(fromPromise(writer.write(1)));
      log(loop.time());
      yield* on(fromPromise(writer.write(2)));
      yield* on(fromPromise(writer.close()));
    });
    expect(lines).toEqual(['5', '{done: false, value: 1} {done: false, value: 2} {done: true, value: undefined}']);
  });

  test('fails with its body: the write under way, and those that come later', async () => {
    const lines = await play(gear, function* ({ log }) {
      for (const takes of [false, true]) {
        const stream = streamOf<number>(function* (source) {
          if (takes) yield* on(source.next());
          yield* on(sleep(5));
          throw new Error('disk full');
        });
        const writer = stream.getWriter();
        writer.closed.catch(() => {});
        log(yield* attempt(wait(writer.write(1))));
        yield* on(sleep(10));
        log(yield* attempt(wait(writer.write(2))), yield* attempt(wait(writer.close())));
      }
    });
    expect(lines[0]).toBe('disk full');
    expect(lines[1]).toMatch(/^disk full/);
    expect(lines[2]).toBe('undefined');
    expect(lines[3]).toMatch(/^disk full/);
  });

  test('fails when its body fails after it was closed', async () => {
    const lines = await play(gear, function* ({ log }) {
      const stream = streamOf<number>(function* (source) {
        yield* taken(source);
        throw new Error('disk full');
      });
      const writer = stream.getWriter();
      writer.closed.catch(() => {});
      log(yield* attempt(wait(writer.close())));
    });
    expect(lines).toEqual(['disk full']);
  });

  test('is broken when its body ends before it is closed', async () => {
    const lines = await play(gear, function* ({ log }) {
      const stream = streamOf<number>(function* (source) {
        yield* on(source.next());
      });
      const writer = stream.getWriter();
      writer.closed.catch(() => {});
      yield* on(fromPromise(writer.write(1)));
      yield* on(sleep(1));
      try {
        yield* on(fromPromise(writer.write(2)));
      } catch (error) {
        log((error as { code: string }).code);
      }
    });
    expect(lines).toEqual(['COTASK_CHANNEL_BROKEN']);
  });

  test('cancels its body when it is aborted, also during a write, and waits for its clean-up', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const stream = streamOf<number>(function* () {
        try {
          yield* on(sleep(100));
        } catch (error) {
          yield* on(sleep(5));
          log(error, loop.time());
          throw error;
        }
      });
      const writer = stream.getWriter();
      writer.closed.catch(() => {});
      const write = writer.write(1);
      write.catch(() => {});
      yield* on(platform());
      yield* on(sleep(1));
      log(yield* attempt(wait(writer.abort('enough'))), loop.time());
      log(yield* attempt(wait(write)));
      const unused = streamOf<number>(taken);
      log(yield* attempt(wait(unused.abort('enough'))));
    });
    expect(lines).toEqual(['C(enough) 6', 'undefined 6', 'enough', 'undefined']);
  });

  test('feeds a queue that is read elsewhere, with its backpressure', async () => {
    const lines = await play(gear, function* (stage) {
      const { log } = stage;
      const queue = new Queue<number>(1);
      const stream = streamOf<number>(function* (source) {
        yield* on(pipe(source, queue));
        queue.shutdown();
      });
      const writing = stage.spawn(() => on(pipe([1, 2, 3, 4], stream)));
      const items: number[] = [];
      const source = pull(queue);
      for (let step = yield* on(source.next()); step.done !== true; step = yield* on(source.next())) {
        items.push(step.value);
        yield* on(sleep(1));
      }
      yield* on(writing);
      log(items);
    });
    expect(lines).toEqual(['[1, 2, 3, 4]']);
  });
});

test('a body makes a response of the platform', async () => {
  const main = coroutine(async () => {
    const stream = toReadableStream<string>(async (sink) => {
      for (const word of ['one ', 'two ', 'three']) {
        await sleep(1);
        await sink.put(word);
      }
    });
    return new Response(stream.pipeThrough(new TextEncoderStream())).text();
  });
  expect(await run(main())).toBe('one two three');
});

test('streams work outside any task', async () => {
  const readable = toReadableStream<number>(async (sink) => {
    for (const n of [1, 2, 3]) await sink.put(n);
  });
  const seen: number[] = [];
  const writable = toWritableStream<number>(async (source) => {
    for await (const n of source) seen.push(n);
  });
  await readable.pipeTo(writable);
  expect(seen).toEqual([1, 2, 3]);
});

test('streams are typed, and refuse what is no body', () => {
  expectTypeOf(toReadableStream(async (sink: ChunkSink<string>) => sink.put('a'))).toEqualTypeOf<
    ReadableStream<string>
  >();
  expectTypeOf(toWritableStream(async (source: ChunkSource<string>) => source.next())).toEqualTypeOf<
    WritableStream<string>
  >();
  const refused = expect.objectContaining({ code: 'COTASK_BAD_OPTION' });
  expect(() => toReadableStream(5 as never)).toThrow(refused);
  expect(() => toWritableStream(5 as never)).toThrow(refused);
});
