import { describe, expectTypeOf, test } from 'vitest';

import { any, coroutine, forEach, map, race, sleep } from '../index.ts';
import type { Coroutine, ItemSource, Mapping, Returned, Task, Wait } from '../index.ts';

declare const task: Task<string>;
const one = { concurrency: 1 };
const work = coroutine(async (n: number) => `${n}`);

describe('map', () => {
  test('infers the item and the result, whatever kind the function is of', () => {
    void (() => {
      expectTypeOf(map([1], work, one)).toEqualTypeOf<Mapping<string>>();
      expectTypeOf(map([1], async (n) => n > 0, one)).toEqualTypeOf<Mapping<boolean>>();
      expectTypeOf(map([1], (n) => sleep(n, n), one)).toEqualTypeOf<Mapping<number>>();
      expectTypeOf(map(new Set(['a']), (word) => word.length, one)).toEqualTypeOf<Mapping<number>>();
      expectTypeOf(map(['a'], (word) => [word], one)).toEqualTypeOf<Mapping<string[]>>();
      const generated = map(
        ['a'],
        function* (word, index) {
          yield* sleep(index);
          return word;
        },
        one,
      );
      expectTypeOf(generated).toEqualTypeOf<Mapping<string>>();
    });
  });

  test('reads lists, iterables, async iterables and streams', () => {
    void ((pages: AsyncIterable<Date>, stream: ReadableStream<Uint8Array>, map2: Map<string, number>) => {
      expectTypeOf(map(pages, (page) => page.getTime(), one)).toEqualTypeOf<Mapping<number>>();
      expectTypeOf(map(stream, (chunk) => chunk.byteLength, one)).toEqualTypeOf<Mapping<number>>();
      expectTypeOf(map(map2, ([word, n]) => [n, word] as const, one)).toEqualTypeOf<
        Mapping<readonly [number, string]>
      >();
    });
  });

  test('has names for its source and for what its function gives in the end', () => {
    expectTypeOf<number[] | Set<number> | AsyncIterable<number>>().toExtend<ItemSource<number>>();
    expectTypeOf<Returned<Coroutine<string>>>().toEqualTypeOf<string>();
    expectTypeOf<Returned<Promise<string>>>().toEqualTypeOf<string>();
    expectTypeOf<Returned<string>>().toEqualTypeOf<string>();
  });

  test('gives a list under await and under yield*, and one result after the other', () => {
    void (async () => {
      expectTypeOf(await map([1], work, one)).toEqualTypeOf<string[]>();
      for await (const word of map([1], work, one)) expectTypeOf(word).toEqualTypeOf<string>();
      await using mapping = map([1], work, one);
      expectTypeOf(await mapping.pull()).toEqualTypeOf<IteratorResult<string, undefined>>();
    });
    void function* (): Generator<Wait, void, unknown> {
      expectTypeOf(yield* map([1], work, one)).toEqualTypeOf<string[]>();
      const mapping = map([1], work, one);
      const step = yield* mapping.pull();
      if (step.done !== true) expectTypeOf(step.value).toEqualTypeOf<string>();
      expectTypeOf(yield* mapping.close()).toEqualTypeOf<void>();
    };
  });

  test('gives outcomes where it is told to settle', () => {
    void (async () => {
      const [outcome] = await map([1], work, { concurrency: 1, settle: true });
      expectTypeOf(outcome).toEqualTypeOf<PromiseSettledResult<string> | undefined>();
    });
  });

  test('refuses what cannot be meant', () => {
    void (() => {
      // @ts-expect-error how many at once?
      void map([1], work);
      // @ts-expect-error how many at once?
      void map([1], work, {});
      // @ts-expect-error not a source
      void map(1, work, one);
      // @ts-expect-error the function takes numbers
      void map(['a'], work, one);
      // @ts-expect-error called already
      void map([1], work(1), one);
      // @ts-expect-error a typo
      void map([1], work, { concurency: 1 });
    });
  });
});

test('forEach gives nothing, and its onError is told of the item', () => {
  void (async () => {
    expectTypeOf(await forEach([1], work, one)).toEqualTypeOf<void>();
    await forEach(['a'], async () => {}, {
      concurrency: Infinity,
      onError: (error, item, index) =>
        expectTypeOf([error, item, index] as const).toExtend<readonly [unknown, string, number]>(),
    });
  });
  void function* (): Generator<Wait, void, unknown> {
    expectTypeOf(yield* forEach([1], work, one)).toEqualTypeOf<void>();
    // @ts-expect-error results are map's
    yield* forEach([1], work, { concurrency: 1, ordered: true });
  };
});

describe.each([
  ['race', race],
  ['any', any],
])('%s', (_name, first) => {
  test('gives the result of one of its arguments, or of its list', () => {
    void (() => {
      expectTypeOf(first(task, sleep(1, 5), Promise.resolve(true))).toEqualTypeOf<
        Coroutine<string | number | boolean>
      >();
      expectTypeOf(first([task, work(1)])).toEqualTypeOf<Coroutine<string>>();
      expectTypeOf(first(new Set([task]))).toEqualTypeOf<Coroutine<string>>();
    });
    void (async () => expectTypeOf(await first(task, sleep(1, 5))).toEqualTypeOf<string | number>());
    void function* (): Generator<Wait, void, unknown> {
      expectTypeOf(yield* first(task, sleep(1, 5))).toEqualTypeOf<string | number>();
    };
  });

  test('refuses what cannot be waited for', () => {
    void (() => {
      // @ts-expect-error a number
      void first(task, 1);
      // @ts-expect-error not called
      void first(work);
      // @ts-expect-error it has no options
      void first([task], { timeout: 5 });
    });
  });
});
