import { EventEmitter } from 'node:events';
import { describe, expect, expectTypeOf, test } from 'vitest';

import { QueueFull, coroutine, createTask, events, run, sleep, timeout } from '../index.ts';
import type { EventStream, EventsOptions } from '../index.ts';
import { contractOf } from '../testing/awaitable-contract.ts';
import type { AwaitableKind } from '../testing/awaitable-contract.ts';
import { attempt, gears, inGear, on } from '../testing/both-gears.ts';
import type { EitherBody } from '../testing/both-gears.ts';
import { play } from '../testing/stage.ts';

const listenersOf = (emitter: EventEmitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

const nextOfStream: AwaitableKind = {
  value: '{done: false, value: [value]}',
  make({ loop }) {
    const emitter = new EventEmitter();
    const stream = events(emitter, 'data');
    return {
      wait: () => stream.next(),
      *complete(after) {
        emitter.emit('data', 'value');
        after?.();
      },
      end: () => stream.close(),
      left: () => [
        ...(loop.foreignWaits === 0 ? [] : [`${loop.foreignWaits} foreign waits`]),
        ...(listenersOf(emitter) === 0 ? [] : [`${listenersOf(emitter)} listeners`]),
      ],
    };
  },
};

/** Takes events until the stream ends or fails. */
function* taken<T>(stream: EventStream<T>): EitherBody<string> {
  const values: unknown[] = [];
  try {
    for (let step = yield* on(stream.next()); step.done !== true; step = yield* on(stream.next()))
      values.push(step.value);
  } catch (error) {
    values.push(error instanceof Error ? error.message : error);
  }
  return values.join(' ');
}

describe.each(gears)('events(), in the %s gear', (gear) => {
  test.each(contractOf(nextOfStream, gear))('$name', async ({ transcript, right }) => {
    expect(await transcript()).toEqual(right);
  });

  const streamOf = (options?: EventsOptions<[number]>): [EventEmitter, EventStream<[number]>] => {
    const emitter = new EventEmitter();
    return [emitter, events<[number]>(emitter, 'data', options)];
  };
  const emit = (emitter: EventEmitter, ...values: readonly number[]): void => {
    for (const value of values) emitter.emit('data', value);
  };

  test('keeps what comes before it is taken, in order, and ends with its end', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const [emitter, stream] = streamOf({ end: 'close' });
      emit(emitter, 1, 2);
      loop.callLater(1, () => emit(emitter, 3));
      loop.callLater(2, () => emitter.emit('close'));
      log(yield* taken(stream), listenersOf(emitter));
      log(yield* on(stream.next()));
    });
    expect(lines).toEqual(['1 2 3 0', '{done: true, value: undefined}']);
  });

  test('fails with an error event once all that came before has been taken', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const [emitter, stream] = streamOf();
      emit(emitter, 1);
      emitter.emit('error', new Error('broken'));
      emit(emitter, 2);
      log(yield* taken(stream), listenersOf(emitter));
      const [other, waiting] = streamOf();
      loop.callLater(1, () => other.emit('error', new Error('broken')));
      log(yield* taken(waiting));
    });
    expect(lines).toEqual(['1 broken 0', 'broken']);
  });

  test('fails when its buffer is full, by default', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [emitter, stream] = streamOf({ buffer: 2 });
      emit(emitter, 1, 2, 3, 4);
      log(yield* taken(stream), listenersOf(emitter));
      try {
        yield* on(stream.next());
      } catch (error) {
        log(error instanceof QueueFull);
      }
    });
    expect(lines).toEqual([
      '1 2 nobody took event "data" in time: its buffer of 2 is full; make it larger, or choose an overflow 0',
      'true',
    ]);
  });

  test('drops the oldest or the newest where it is told so, and counts them', async () => {
    const lines = await play(gear, function* ({ log }) {
      for (const overflow of ['drop-oldest', 'drop-newest'] as const) {
        const [emitter, stream] = streamOf({ buffer: 2, overflow, end: 'close' });
        emit(emitter, 1, 2, 3, 4);
        emitter.emit('close');
        log(yield* taken(stream), stream.dropped);
      }
    });
    expect(lines).toEqual(['3 4 2', '1 2 2']);
  });

  test('gives each event to one of those who wait, first come, first served', async () => {
    const lines = await play(gear, function* (stage) {
      const [emitter, stream] = streamOf();
      const takers = ['a', 'b'].map((name) =>
        stage.spawn(function* () {
          stage.log(name, yield* on(stream.next()));
        }),
      );
      yield* on(sleep(1));
      emit(emitter, 1, 2);
      for (const taker of takers) yield* on(taker);
      stream.close();
    });
    expect(lines).toEqual(['a {done: false, value: [1]}', 'b {done: false, value: [2]}']);
  });

  test('goes on after a wait that was cancelled, and loses nothing', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const [emitter, stream] = streamOf();
      log(
        yield* attempt(
          timeout(
            1,
            inGear(gear, () => on(stream.next())),
          ),
        ),
      );
      emit(emitter, 1);
      log(yield* on(stream.next()), loop.foreignWaits);
      stream.close();
      log(listenersOf(emitter));
    });
    expect(lines).toEqual(['TO', '{done: false, value: [1]} 0', '0']);
  });

  test('tells those who wait that it was closed, and forgets the rest', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const [, stream] = streamOf();
      loop.callLater(1, () => stream.close());
      log(yield* on(stream.next()));
      const [emitter, full] = streamOf();
      emit(emitter, 1, 2);
      full.close();
      full.close();
      emit(emitter, 3);
      log(yield* on(full.next()));
    });
    expect(lines).toEqual(Array(2).fill('{done: true, value: undefined}'));
  });

  test('lets pass what is not meant; a filter that throws fails it', async () => {
    const lines = await play(gear, function* ({ log }) {
      const [emitter, stream] = streamOf({ filter: ([n]) => n % 2 === 0, end: 'close' });
      emit(emitter, 1, 2, 3, 4);
      emitter.emit('close');
      log(yield* taken(stream));
      const [other, failing] = streamOf({
        filter: () => {
          throw new Error('broken');
        },
      });
      emit(other, 1);
      log(yield* taken(failing), listenersOf(other));
    });
    expect(lines).toEqual(['2 4', 'broken 0']);
  });

  test('is ended by a signal', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const controller = new AbortController();
      const [emitter, stream] = streamOf({ signal: controller.signal });
      loop.callLater(1, () => controller.abort(new Error('left')));
      emit(emitter, 1);
      log(yield* taken(stream), listenersOf(emitter));
      expect(() => streamOf({ signal: controller.signal })).toThrow('left');
    });
    expect(lines).toEqual(['1 left 0']);
  });

  test('takes events of targets', async () => {
    const lines = await play(gear, function* ({ log, loop }) {
      const target = new EventTarget();
      const stream = events<CustomEvent<number>>(target, 'tick', { end: 'stop' });
      target.dispatchEvent(new CustomEvent('tick', { detail: 1 }));
      loop.callLater(1, () => target.dispatchEvent(new Event('stop')));
      const first = yield* on(stream.next());
      log(first.value?.detail, yield* on(stream.next()));
    });
    expect(lines).toEqual(['1 {done: true, value: undefined}']);
  });
});

describe('for await over events', () => {
  test('closes them when it is left, by break and by a cancel', async () => {
    const emitter = new EventEmitter();
    const main = coroutine(async () => {
      emitter.once('newListener', () => queueMicrotask(() => emitter.emit('data', 1)));
      for await (const [value] of events<[number]>(emitter, 'data')) {
        expect(value).toBe(1);
        break;
      }
      expect(listenersOf(emitter)).toBe(0);
      const task = createTask(
        coroutine(async () => {
          for await (const event of events(emitter, 'data')) expect.unreachable(String(event));
        })(),
      );
      await sleep(1);
      expect(listenersOf(emitter)).toBe(2);
      task.cancel();
      await task.then(
        () => expect.unreachable(),
        () => {},
      );
      expect(listenersOf(emitter)).toBe(0);
    });
    await run(main());
  });

  test('works outside any task', async () => {
    const emitter = new EventEmitter();
    const stream = events<[number]>(emitter, 'data', { end: 'close' });
    emitter.emit('data', 1);
    setTimeout(() => {
      emitter.emit('data', 2);
      emitter.emit('close');
    }, 1);
    const values: number[] = [];
    for await (const [value] of stream) values.push(value);
    expect(values).toEqual([1, 2]);
  });
});

test('events() is typed, and closes with using', () => {
  const emitter = new EventEmitter();
  {
    using stream = events<[number]>(emitter, 'data');
    expectTypeOf(stream).toEqualTypeOf<EventStream<[number]>>();
    expect(listenersOf(emitter)).toBe(2);
  }
  expect(listenersOf(emitter)).toBe(0);
  expectTypeOf(events(new EventTarget(), 'a')).toEqualTypeOf<EventStream<Event>>();
  // @ts-expect-error no such overflow
  expect(() => events(emitter, 'a', { overflow: 'drop' })).toThrow(/drop-oldest/);
  expect(() => events(emitter, 'a', { buffer: 0 })).toThrow(/buffer/);
  expect(() => events(emitter, 'a', { size: 1 } as never)).toThrow(/size/);
});
