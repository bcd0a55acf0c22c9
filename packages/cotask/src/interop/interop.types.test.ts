import { describe, expectTypeOf, test } from 'vitest';

import {
  Channel,
  events,
  fromCallback,
  fromEvent,
  pipe,
  pull,
  Queue,
  toReadableStream,
  toWritableStream,
} from '../index.ts';
import type {
  Awaitable,
  ChunkSink,
  ChunkSource,
  Coroutine,
  Done,
  EmitterLike,
  EventsOptions,
  EventStream,
  EventTargetLike,
  FromCallbackOptions,
  FromEventOptions,
  ItemSink,
  Puller,
  Wait,
} from '../index.ts';

declare const target: EventTargetLike;
declare const emitter: EmitterLike;
declare const lookup: (host: string, done: (error: Error | null, address: string, family: number) => void) => void;

describe('fromCallback', () => {
  test('gives the result, or all of them', () => {
    void (async () => {
      expectTypeOf(fromCallback<string>((done) => lookup('a', done))).toEqualTypeOf<Awaitable<string>>();
      expectTypeOf(await fromCallback((done: Done<[number]>) => done(null, 1))).toEqualTypeOf<number>();
      const all = fromCallback<[string, number]>((done) => lookup('a', done), { multiple: true });
      expectTypeOf(await all).toEqualTypeOf<[string, number]>();
    });
    void function* (): Generator<Wait, void, unknown> {
      expectTypeOf(yield* fromCallback<string>((done) => lookup('a', done))).toEqualTypeOf<string>();
    };
  });

  test('takes a function that begins the work', () => {
    expectTypeOf<keyof FromCallbackOptions>().toEqualTypeOf<'multiple'>();
    void (() => {
      // @ts-expect-error a typo
      void fromCallback(() => {}, { multi: true });
      // @ts-expect-error begun already
      void fromCallback(Promise.resolve(1));
    });
  });
});

describe('events', () => {
  test('are the events of a target, the arguments of an emitter', () => {
    void (async () => {
      expectTypeOf(await fromEvent(target, 'open')).toEqualTypeOf<Event>();
      expectTypeOf(await fromEvent<MessageEvent>(target, 'message')).toEqualTypeOf<MessageEvent>();
      expectTypeOf(await fromEvent(emitter, 'data')).toEqualTypeOf<unknown[]>();
      expectTypeOf(await fromEvent<[code: number]>(emitter, 'exit')).toEqualTypeOf<[code: number]>();
      for await (const [code] of events<[number]>(emitter, 'exit')) expectTypeOf(code).toEqualTypeOf<number>();
      expectTypeOf(events(target, 'open')).toEqualTypeOf<EventStream<Event>>();
    });
    void function* (): Generator<Wait, void, unknown> {
      expectTypeOf(yield* fromEvent<[string]>(emitter, 'data')).toEqualTypeOf<[string]>();
      const step = yield* events<[string]>(emitter, 'data').next();
      if (step.done !== true) expectTypeOf(step.value).toEqualTypeOf<[string]>();
    };
  });

  test('have options by name, and a filter of their own type', () => {
    expectTypeOf<keyof FromEventOptions<unknown>>().toEqualTypeOf<'signal' | 'filter' | 'error'>();
    expectTypeOf<keyof EventsOptions<unknown>>().toEqualTypeOf<
      'signal' | 'filter' | 'error' | 'buffer' | 'overflow' | 'end'
    >();
    void (() => {
      void fromEvent<[number]>(emitter, 'exit', { filter: ([code]) => code === 0 });
      // @ts-expect-error no such way
      void events(emitter, 'data', { overflow: 'drop' });
      // @ts-expect-error buffer is one of events()
      void fromEvent(emitter, 'data', { buffer: 5 });
      // @ts-expect-error nothing that can be listened to
      void fromEvent({}, 'data');
    });
  });
});

describe('sources and sinks', () => {
  test('pull gives the items of any source one by one', () => {
    void (async (stream: ReadableStream<Uint8Array>) => {
      expectTypeOf(pull(stream)).toEqualTypeOf<Puller<Uint8Array>>();
      for await (const item of pull(['a'])) expectTypeOf(item).toEqualTypeOf<string>();
    });
    void function* (pages: AsyncIterable<Date>): Generator<Wait, void, unknown> {
      const step = yield* pull(pages).next();
      if (step.done !== true) expectTypeOf(step.value).toEqualTypeOf<Date>();
    };
  });

  test('pipe joins those of one type', () => {
    const queue = new Queue<number>();
    expectTypeOf(queue).toExtend<ItemSink<number>>();
    expectTypeOf(new Channel<number>().sender).toExtend<ItemSink<number>>();
    void (() => {
      expectTypeOf(pipe([1], queue)).toEqualTypeOf<Coroutine<void>>();
      // @ts-expect-error strings into a queue of numbers
      void pipe(['a'], queue);
      // @ts-expect-error nowhere to
      void pipe([1]);
    });
  });

  test('streams are made of bodies, in both gears', () => {
    void (() => {
      const readable = toReadableStream<string>(async (sink) => {
        expectTypeOf(sink).toEqualTypeOf<ChunkSink<string>>();
        await sink.put('a');
        // @ts-expect-error of the wrong type
        await sink.put(1);
      });
      expectTypeOf(readable).toEqualTypeOf<ReadableStream<string>>();
      const writable = toWritableStream<number>(function* (source) {
        expectTypeOf(source).toEqualTypeOf<ChunkSource<number>>();
        const step = yield* source.next();
        if (step.done !== true) expectTypeOf(step.value).toEqualTypeOf<number>();
      });
      expectTypeOf(writable).toEqualTypeOf<WritableStream<number>>();
      // @ts-expect-error the body is a function
      void toReadableStream('a');
    });
  });
});
